"""Whether a routine reply says nothing but what a nurse expects of this patient, so that it need not be queued."""

from collections.abc import Sequence
from typing import Any

from followup.domain.expected import Topic, Word, about
from followup.domain.triage import Assessment, ReplyContext
from followup.services.context import Services
from followup.services.replies.match import Match
from followup.store import expectations
from followup.store.database import Tx
from followup.store.models import Reply

HARMLESS = frozenset(("language",))


def expected_in(
    tx: Tx,
    services: Services,
    reply: Reply,
    found: Match,
    context: ReplyContext,
    assessment: Assessment,
    beware: Sequence[str],
) -> dict[str, Any] | None:
    """What the timeline says of a reply that stays out of the queue: topic, until, who; None for every other.

    Only a lone text of a patient who is known: no burst, no files, no answer to a nurse, no candidates, nothing that
    the patient asked of us besides.
    """
    if found.patient is None or found.procedure is None or found.to_nurse or found.candidates:
        return None
    if context.earlier or context.attachments or reply.opt_out or set(beware) - HARMLESS:
        return None
    marks = expectations.standing(tx, reply.clinic_id, found.procedure.id, reply.received_at)
    if not marks:
        return None
    topics = {Topic(mark.topic): mark for mark in reversed(marks)}
    plain, _, _ = services.reader().plain(context)
    classes = services.reader().classes
    topic = about(tuple(topics), assessment, [Word(token.word, classes.of(token.word)) for token in plain.tokens])
    if topic is None:
        return None
    mark = topics[topic]
    return {"topic": topic.value, "until": mark.until.isoformat(), "by": mark.actor, "mark": str(mark.id)}
