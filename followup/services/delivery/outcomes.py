"""What a gateway's answer to one message was, whichever way it gave it."""

from dataclasses import dataclass

from followup.domain.errors import FollowupError, PermanentGatewayError, TransientGatewayError
from followup.domain.provider_outcomes import ProviderOutcome, SendReason, Verdict, outcome_of
from followup.services.delivery.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: `accepted`, or with `trouble`; neither when the provider was never called."""

    outgoing: Outgoing
    accepted: bool = False
    provider_id: str | None = None
    segments: int | None = None
    trouble: ProviderOutcome | None = None
    code: str | None = None
    retry_after: float | None = None

    @property
    def stops_sender(self) -> bool:
        """True when nothing more of this sender should be tried now."""
        return self.trouble is not None and self.trouble.verdict in (
            Verdict.BACK_OFF,
            Verdict.CAPPED,
            Verdict.STOP_SENDER,
        )


_IN_DOUBT = ProviderOutcome(Verdict.UNKNOWN, SendReason.IN_DOUBT)
_DOWN = ProviderOutcome(Verdict.BACK_OFF, SendReason.PROVIDER_DOWN)


def of_error(outgoing: Outgoing, error: BaseException) -> Outcome:
    """What a gateway's error means. One that it did not foresee leaves open whether the message was taken."""
    if isinstance(error, TransientGatewayError):
        if error.accepted_unknown:
            return Outcome(outgoing, trouble=_IN_DOUBT, code=error.reason_code or None)
        trouble = outcome_of(error.reason_code, 429) if error.reason_code else _DOWN
        return Outcome(outgoing, trouble=trouble, code=error.reason_code or None, retry_after=error.retry_after)
    if isinstance(error, PermanentGatewayError):
        trouble = outcome_of(error.reason_code)
        if trouble.verdict is Verdict.UNKNOWN:
            trouble = outcome_of(None)  # the gateway knows that it was refused
        return Outcome(outgoing, trouble=trouble, code=error.reason_code or None)
    code = error.code if isinstance(error, FollowupError) else type(error).__name__
    return Outcome(outgoing, trouble=_IN_DOUBT, code=code[:64])
