"""Which protocol a procedure follows: by its name, or by the procedure's code."""

from dataclasses import dataclass

from followup.domain.errors import ConfigurationError, Fault, InvalidInput
from followup.domain.protocol import Protocol
from followup.domain.protocol_files import ProtocolFiles
from followup.services.context import Services


@dataclass(frozen=True, slots=True)
class Current:
    """One protocol as it is today, with its files and their digest."""

    protocol: Protocol
    files: ProtocolFiles
    digest: str


class Protocols:
    """Today's protocols, read as they are asked for; made once for a request or a part of an import."""

    def __init__(self, services: Services) -> None:
        self._source = services.protocols
        self._files = services.protocols.current()
        self._read: dict[str, Current] = {}

    def named(self, slug: str) -> Current:
        """The protocol of that name. Raises InvalidInput that lists the known; ConfigurationError for a faulty one."""
        files = self._files.get(slug)
        if files is None:
            known = ", ".join(sorted(self._files)) or "none"
            raise InvalidInput(Fault("protocol", f"{slug!r} is not a protocol of ours; known are: {known}"))
        if slug not in self._read:
            self._read[slug] = Current(self._source.read(files), files, files.digest)
        return self._read[slug]

    def for_code(self, system: str, code: str) -> Current:
        """The protocol that covers a code. Raises InvalidInput that lists the known where none or several do."""
        found: list[Current] = []
        known: list[str] = []
        broken: ConfigurationError | None = None
        for slug in sorted(self._files):
            try:
                current = self.named(slug)
            except ConfigurationError as error:
                broken = error  # the fault of one protocol must not keep the patients of another waiting
                continue
            known += [
                f"{run.system} {run.code}{f'-{run.last}' if run.last else ''} ({slug})"
                for run in current.protocol.codes
            ]
            if current.protocol.covers(system, code):
                found.append(current)
        if len(found) == 1:
            return found[0]
        if found:
            names = " and ".join(current.protocol.slug for current in found)
            raise InvalidInput(Fault("code", f"{system} {code} belongs to {names}; name the protocol as well"))
        if broken is not None:
            raise broken
        raise InvalidInput(
            Fault("code", f"no protocol covers {system} {code}; known are: {', '.join(known) or 'none'}")
        )  # fmt: skip

    def choose(self, slug: str | None, code: tuple[str, str] | None) -> Current:
        """The protocol that a request names, else the one that covers its code."""
        if slug is not None:
            return self.named(slug)
        if code is not None:
            return self.for_code(*code)
        raise InvalidInput(Fault("protocol", "is missing; name a protocol, or give the procedure's code"))


def list_protocols(services: Services) -> list[Current]:
    """Today's protocols, by name. Raises ConfigurationError where one has faults."""
    book = Protocols(services)
    return [book.named(slug) for slug in sorted(services.protocols.current())]
