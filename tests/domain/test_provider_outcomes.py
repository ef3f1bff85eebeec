"""What providers' answers mean."""

import pytest

from followup.domain.provider_outcomes import SendReason, Verdict, outcome_of


@pytest.mark.parametrize(
    ("code", "status", "verdict"),
    [
        ("20429", 429, Verdict.BACK_OFF),
        ("21611", 429, Verdict.BACK_OFF),
        ("20003", 401, Verdict.STOP_SENDER),
        ("21606", 400, Verdict.STOP_SENDER),
        ("30002", None, Verdict.STOP_SENDER),
        ("30034", None, Verdict.STOP_SENDER),
        ("20500", 500, Verdict.UNKNOWN),
        ("20503", 503, Verdict.UNKNOWN),
        ("21211", 400, Verdict.DEAD),
        ("21614", 400, Verdict.DEAD),
        ("30004", None, Verdict.DEAD),
        ("30006", None, Verdict.DEAD),
        ("21610", 400, Verdict.OPTED_OUT),
        ("21617", 400, Verdict.REFUSED),
        ("30007", None, Verdict.REFUSED),
        ("30036", None, Verdict.REFUSED),
        ("30003", None, Verdict.RETRY),
        ("30005", None, Verdict.RETRY),
        ("30008", None, Verdict.RETRY),
        ("30023", None, Verdict.CAPPED),
        ("30027", None, Verdict.CAPPED),
        ("smtp:421", None, Verdict.BACK_OFF),
        ("smtp:450", None, Verdict.RETRY),
        ("smtp:535", None, Verdict.STOP_SENDER),
        ("smtp:550", None, Verdict.DEAD),
        ("smtp:5.7.1", None, Verdict.REFUSED),
        ("smtp:554", None, Verdict.REFUSED),
    ],
)
def test_a_known_code_has_its_verdict(code: str, status: int | None, verdict: Verdict) -> None:
    assert outcome_of(code, status).verdict is verdict


@pytest.mark.parametrize(
    ("code", "status", "verdict"),
    [
        ("99999", 400, Verdict.REFUSED),
        ("99999", 429, Verdict.BACK_OFF),
        ("99999", 500, Verdict.UNKNOWN),
        ("99999", 599, Verdict.UNKNOWN),
        ("99999", 401, Verdict.STOP_SENDER),
        (None, 408, Verdict.UNKNOWN),
        (None, None, Verdict.REFUSED),
        ("smtp:499", None, Verdict.RETRY),
        ("smtp:599", None, Verdict.REFUSED),
    ],
)
def test_a_code_nobody_knows_is_decided_by_its_status(code: str | None, status: int | None, verdict: Verdict) -> None:
    assert outcome_of(code, status).verdict is verdict


def test_every_retry_ends() -> None:
    for code in range(10000, 70000):
        found = outcome_of(str(code))
        if found.verdict is Verdict.RETRY:
            assert 1 < found.tries <= 5
            assert found.after.total_seconds() >= 60


def test_every_reason_has_words_without_jargon() -> None:
    for reason in SendReason:
        assert len(reason.words) > 10
        assert not any(word in reason.words.lower() for word in ("http", "smtp", "twilio", "api", "error"))
