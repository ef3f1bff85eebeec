"""Reads a patient's reply as a triage nurse would: an acuity, and the words that show why."""

from followup.domain.triage.assessment import NURSE, SECOND_READER, Assessment, Evidence, RedFlag, ReplyContext
from followup.domain.triage.loading import load_reader
from followup.domain.triage.reader import Reader

__all__ = ["NURSE", "SECOND_READER", "Assessment", "Evidence", "Reader", "RedFlag", "ReplyContext", "load_reader"]
