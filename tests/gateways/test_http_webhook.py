"""Signed posts go to public addresses alone, and their signature can be checked."""

import hashlib
import hmac
from ipaddress import ip_address

import pytest

from followup.domain.errors import PermanentGatewayError
from followup.gateways.http_webhook import HttpWebhook, is_public, signature
from followup.gateways.webhook import SignedPost


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"],
)
def test_addresses_of_this_machine_or_network_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


def test_a_name_that_leads_inside_is_never_posted_to() -> None:
    door = HttpWebhook(find=lambda host, port: ["10.0.0.7"])
    with pytest.raises(PermanentGatewayError):
        door.post(SignedPost("https://pages.example/in", "s", "e", b"{}"))


def test_only_encrypted_addresses_are_taken() -> None:
    assert HttpWebhook().refusal("http://pages.example/in")
    assert HttpWebhook().refusal("https://localhost/in")
    assert HttpWebhook().refusal("https://pages.example/in") == ""


def test_the_signature_covers_timestamp_and_body() -> None:
    expected = hmac.new(b"secret", b'17.{"a":1}', hashlib.sha256).hexdigest()
    assert signature("secret", "17", b'{"a":1}') == expected
