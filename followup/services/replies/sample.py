"""The sample of replies that opened no case, for a nurse to look at: the only way to see what the reading misses."""

from datetime import datetime

from followup.domain.steering import chosen, steering
from followup.store import clinics, reviews
from followup.store.database import Tx
from followup.store.models import Reply

KEYWORD = "keyword"


def choose_in(tx: Tx, reply: Reply, now: datetime) -> None:
    """Put a reply that was just read on the review list where the sample takes it.

    One that opened or joined a case is seen there. A bare keyword (STOP, START, HELP) says nothing about the reading.
    """
    if reply.case_id is not None or is_keyword(reply):
        return
    if "expected" in (reply.assessment or {}):
        # Kept from the queue by a nurse's word, not by the reading: each of these is looked at.
        reviews.choose(tx, reply, 100.0, now)
        return
    clinic = clinics.by_id(tx, reply.clinic_id)
    percent = steering(clinic.settings if clinic else {}).sample_percent
    if chosen(reply.id, percent):
        reviews.choose(tx, reply, percent, now)


def is_keyword(reply: Reply) -> bool:
    """True when the whole reply was one of the carrier's words, which are looked up and not read."""
    rules = {item["rule"] for item in (reply.assessment or {}).get("evidence", [])}
    return rules == {KEYWORD}
