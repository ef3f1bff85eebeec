"""The signature, against the vectors that Twilio publishes."""

import pytest

from followup.simulator.carrier.signature import sign

TOKEN, URL = "12345", "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
REPEATED = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]


@pytest.mark.parametrize(
    ("url", "form", "signature"),
    [
        (URL, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com/", ".com:443/"), FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL, REPEATED, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ],
)
def test_a_published_example_is_signed_as_published(url: str, form: list[tuple[str, str]], signature: str) -> None:
    assert sign(TOKEN, url, form) == signature


def test_a_blank_field_is_signed() -> None:
    assert sign(TOKEN, URL, [*FORM, ("FromCity", "")]) != sign(TOKEN, URL, FORM)
