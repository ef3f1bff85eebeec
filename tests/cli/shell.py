"""What a shell gives a command: an environment without this machine's settings, and a process."""

import os
import subprocess
import sys


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without any setting of the service, and then these."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FOLLOWUP_")} | more


def followup(*words: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `followup` as a process of its own and wait for it."""
    command = [sys.executable, "-m", "followup.cli", *words]
    return subprocess.run(
        command,
        env=clean_environment(**environment),
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def one_line(said: str) -> str:
    """The only line that was said on standard error."""
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert lines[0].startswith("followup: "), said
    assert "Traceback" not in said
    return lines[0]
