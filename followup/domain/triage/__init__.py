"""Reads a patient's reply as a triage nurse would: an acuity, and the words that show why."""

from typing import TYPE_CHECKING, Any

from followup.domain.triage.assessment import NURSE, SECOND_READER, Assessment, Evidence, RedFlag, ReplyContext

if TYPE_CHECKING:
    from followup.domain.triage.reader import Reader

__all__ = ["NURSE", "SECOND_READER", "Assessment", "Evidence", "Reader", "RedFlag", "ReplyContext", "load_reader"]


def load_reader(*, with_model: bool = True) -> "Reader":
    """A reader made of the data in the package (see `loading`). What it is made with is imported here and now, so that
    a process that only sends never holds it."""
    from followup.domain.triage.loading import load_reader as load

    return load(with_model=with_model)


def __getattr__(name: str) -> Any:
    """The class, for whoever wants it while the program runs; the same goes for it."""
    if name == "Reader":
        from followup.domain.triage.reader import Reader

        return Reader
    raise AttributeError(name)
