"""The data directory: made private, locked against a second service, with secrets that it makes for itself."""

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO

from followup.domain.errors import ConfigurationError

SECRETS_FILE = "secrets.json"
LOCK_FILE = "lock"


def prepare(directory: Path) -> dict[str, str]:
    """Make the directory (for its owner only) and return the secrets of the embedded service, made at first use.

    Raises ConfigurationError in one sentence where it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = directory / f".write-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {directory} cannot be written ({error.strerror}); "
            "set FOLLOWUP_DATA_DIR to a directory that can"
        ) from error
    path = directory / SECRETS_FILE
    if path.exists():
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return {str(name): str(value) for name, value in found.items()}
        except (OSError, ValueError, AttributeError) as error:
            raise ConfigurationError(
                f"{path} cannot be read; without its keys the patients' data stay closed, so restore it from your copy"
            ) from error
    made = {"SECRET_KEY": secrets.token_urlsafe(48), "ENCRYPTION_KEYS": secrets.token_urlsafe(48)}
    # Written beside and moved into place: half a key file would be as bad as none.
    beside = directory / f".{SECRETS_FILE}-{os.getpid()}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    return made


def lock(directory: Path) -> IO[str]:
    """Hold the directory for one service; keep the returned file open. Raises ConfigurationError when it is held."""
    file = (directory / LOCK_FILE).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ConfigurationError(
            f"Another followup already runs on the data directory {directory}; stop it, or set FOLLOWUP_DATA_DIR"
        ) from error
    return file
