"""The services of this worker process: made at first use, and anew after a fork."""

import os
import threading

from followup.bootstrap import services_from_environment
from followup.services.context import Services

_guard = threading.Lock()
_made: dict[int, Services] = {}


def services() -> Services:
    """This process's services. A forked child must not use its parent's connections, so it makes its own."""
    with _guard:
        found = _made.get(os.getpid())
        if found is None:
            _made.clear()
            found = _made[os.getpid()] = services_from_environment()
        return found


def use(given: Services) -> None:
    """Work with these services from now on (a worker inside a process that has them already, and tests)."""
    with _guard:
        _made.clear()
        _made[os.getpid()] = given
