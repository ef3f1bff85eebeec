"""The door to the protocols that lie as folders of texts on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import yaml

from followup.domain.errors import ConfigurationError, Fault, InvalidInput
from followup.domain.protocol import Protocol as CareProtocol
from followup.domain.protocol_files import MAIN, ProtocolFiles
from followup.domain.protocol_parse import parse_protocol

_REMEMBERED = 256


class ProtocolSource(Protocol):
    """Where the protocols of today are, and how any stored version is read."""

    def current(self) -> Mapping[str, ProtocolFiles]:
        """The protocols of today by slug. Raises ConfigurationError when they cannot be read."""
        ...

    def read(self, files: ProtocolFiles) -> CareProtocol:
        """What a version says. Raises ConfigurationError when it has faults."""
        ...


class FolderProtocols:
    """One folder with a folder for each protocol; changed files are noticed at the next look."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._current: Mapping[str, ProtocolFiles] = {}
        self._read: dict[str, CareProtocol] = {}

    def current(self) -> Mapping[str, ProtocolFiles]:
        """The protocols of today by slug. Raises ConfigurationError when they cannot be read."""
        try:
            paths = sorted(path for path in self.folder.glob("*/*") if path.is_file() and path.name[0] != ".")
            seen = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths)
            if seen != self._seen or not self._current:
                folders: dict[str, dict[str, str]] = {}
                for path in paths:
                    folders.setdefault(path.parent.name, {})[path.name] = path.read_text(encoding="utf-8")
                # Another thread may do the same at the same moment; it finds the same.
                self._current = {slug: ProtocolFiles(slug, files) for slug, files in folders.items() if MAIN in files}
                self._seen = seen
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The protocols in {self.folder} cannot be read: {error}") from error
        return self._current

    def read(self, files: ProtocolFiles) -> CareProtocol:
        """What a version says. Raises ConfigurationError when it has faults."""
        digest = files.digest
        known = self._read.get(digest)
        if known is None:
            known = parse(files)
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[digest] = known
        return known


def parse(files: ProtocolFiles) -> CareProtocol:
    """What a version says. Raises ConfigurationError that names its first faults."""
    try:
        try:
            data = yaml.safe_load(files.files[MAIN])
        except yaml.YAMLError as error:
            raise InvalidInput(Fault(MAIN, f"is not YAML: {' '.join(str(error).split())}")) from error
        return parse_protocol(data, files)
    except InvalidInput as error:
        some = "; ".join(str(fault) for fault in error.faults[:3])
        raise ConfigurationError(
            f"The protocol {files.slug} has faults ({some}); followup protocol check shows them all"
        ) from error
