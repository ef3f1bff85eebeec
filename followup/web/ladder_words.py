"""A ladder in plain words: who is paged, how, and after how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from followup.domain.ladder import REPEAT, REPEAT_URGENT, Ladder, PageChannel, Rung, Who

_BY = {
    PageChannel.SMS: "by text",
    PageChannel.CALL: "by phone call",
    PageChannel.EMAIL: "by email",
    PageChannel.WEBHOOK: "by webhook",
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names that rungs may need."""

    people: Mapping[UUID, str]
    webhooks: Mapping[UUID, str]

    def of(self, rung: Rung) -> str:
        """Whom a rung pages, as part of a sentence."""
        if rung.who is Who.ROLE and rung.role is not None:
            words = {"on_call": "whoever is on call", "backup": "the backup", "manager": "the manager on duty"}
            return words[rung.role.value]
        if rung.who is Who.STAFF and rung.staff_id is not None:
            return self.people.get(rung.staff_id, "somebody who no longer comes in")
        if rung.who is Who.WEBHOOK and rung.webhook_id is not None:
            return f"the webhook {self.webhooks.get(rung.webhook_id, 'that is gone')}"
        return "whoever has the case"


def sentences(ladder: Ladder, names: Names) -> Sequence[str]:
    """The whole ladder, read out."""
    if not ladder.rungs:
        return ("There is no rung: every administrator is paged by email.",)
    said: list[str] = []
    for number, rung in enumerate(ladder.rungs):
        what = f"{names.of(rung)} {_channels(rung)}"
        minutes = int(rung.after.total_seconds() // 60)
        if number == 0:
            said.append(f"An emergency pages {what} at once, day and night.")
        elif number == 1:
            said.append(f"If nobody answers within {_minutes(minutes)}, {what}.")
        else:
            said.append(f"After {_minutes(minutes)}, {what}.")
    said.append(
        f"Then the last of these again every {_minutes(int(REPEAT.total_seconds() // 60))}, until somebody has reached "
        "the patient."
    )
    every = _minutes(int(REPEAT_URGENT.total_seconds() // 60))
    said.append(f"Urgent words go the same way once their time has run out, and repeat every {every}.")
    return tuple(said)


def _channels(rung: Rung) -> str:
    said = [_BY[one] for one in rung.channels]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _minutes(count: int) -> str:
    return "1 minute" if count == 1 else f"{count} minutes"
