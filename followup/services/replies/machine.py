"""What a mail is worth whose headers say that a machine wrote it."""

from dataclasses import replace

from followup.domain.acuity import Acuity
from followup.domain.triage import SECOND_READER, Assessment
from followup.store.models import Reply


def of_a_machine(reply: Reply, assessment: Assessment) -> Assessment:
    """A mail whose headers say that a machine wrote it needs nobody, unless its words positively report something.

    Headers can be wrong, and some mail programs set them on what a patient typed: so they never hide words that were
    understood as a concern, only those that a machine's notice cannot help containing. A machine's mail neither stops
    nor starts anything.
    """
    if not reply.automatic:
        return assessment
    by_rule = any(item.rule != SECOND_READER for item in assessment.evidence)
    reports = assessment.understood and by_rule and assessment.acuity is Acuity.ROUTINE
    if reports or assessment.acuity.rank >= Acuity.URGENT.rank:
        return replace(assessment, automatic=True, opt_out=False)
    return replace(
        assessment,
        acuity=Acuity.NONE,
        automatic=True,
        opt_out=False,
        wrong_number=False,
        reasons=("a machine wrote it",),
    )
