"""Where the trained files go: the reader's data folder in this checkout."""

from pathlib import Path

import followup.domain.triage

_DATA = Path(followup.domain.triage.__file__).parent / "data"


def write(name: str, data: bytes) -> None:
    """Stores one file in the reader's data folder."""
    (_DATA / name).write_bytes(data)
