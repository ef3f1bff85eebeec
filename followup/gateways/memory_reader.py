"""An outside reader in memory, for tests."""

from dataclasses import dataclass, field

from followup.domain.acuity import Acuity
from followup.gateways.outside_reader import Asked, Opinion


@dataclass(slots=True)
class MemoryReader:
    """Answers with what was set for the words (else `otherwise`), and remembers what it was asked."""

    answers: dict[str, Opinion | Exception] = field(default_factory=dict)
    otherwise: Opinion | Exception = field(default_factory=lambda: Opinion(Acuity.NONE, "Nothing of note."))
    asked: list[Asked] = field(default_factory=list)
    name: str = "in memory"

    def ask(self, asked: Asked) -> Opinion:
        """What was set up."""
        self.asked.append(asked)
        answer = self.answers.get(asked.words, self.otherwise)
        if isinstance(answer, Exception):
            raise answer
        return answer
