"""How a protocol is read, and what is refused, all faults at once."""

import copy
from datetime import time, timedelta
from typing import Any

import pytest

from followup.domain.acuity import Acuity
from followup.domain.delivery import Channel
from followup.domain.errors import InvalidInput
from followup.domain.protocol import After, Answer, Delivery, OnDay
from followup.domain.protocol_files import MAIN, ProtocolFiles, files_for
from followup.domain.protocol_parse import parse_protocol
from followup.domain.triage.assessment import RedFlag

SOUND: dict[str, Any] = {
    "name": {"en": "Trial", "es": "Prueba"},
    "languages": ["en", "es"],
    "codes": [{"system": "CPT", "code": "20552", "to": "20553"}],
    "activity_limit": "72h",
    "body_sites": [{"slug": "neck", "name": {"en": "neck", "es": "cuello"}, "over_lung": True}],
    "steps": [
        {
            "slug": "rest",
            "due": {"after": "90m"},
            "useful_until": {"end_of_day": 0},
            "channels": ["sms", "email"],
            "deliver": "all",
            "priority": 1,
        },
        {
            "slug": "check",
            "due": {"day": 2, "at": "10:00"},
            "useful_until": {"after": "96h"},
            "channels": ["sms"],
            "asks": {
                "about": "swelling",
                "answers": {
                    "better": {"en": ["Better", "improved"], "es": ["mejor"]},
                    "same": {"en": ["same"], "es": ["igual"]},
                    "worse": {"en": ["worse"], "es": ["peor"]},
                },
            },
        },
    ],
    "red_flags": [{"words": ["hot to touch", "oozing"], "acuity": "urgent", "lang": "en"}],
}
NAMES = [
    name
    for step, channels in (("rest", (Channel.SMS, Channel.EMAIL)), ("check", (Channel.SMS,)))
    for language in ("en", "es")
    for channel in channels
    for name in files_for(step, language, channel)
]
FILES = {MAIN: "...", **dict.fromkeys(NAMES, "...")}


def faults(data: Any, files: dict[str, str] | None = None, slug: str = "trial") -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        parse_protocol(data, ProtocolFiles(slug, files or FILES))
    return [str(fault) for fault in refused.value.faults]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The sound protocol with one value replaced; `path` is names and numbers with dots."""
    data = copy.deepcopy(SOUND)
    at: Any = data
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        at = at[part]
    at[last] = value
    return data


def test_a_sound_protocol_is_read_whole() -> None:
    care = parse_protocol(SOUND, ProtocolFiles("trial", FILES))
    assert (care.slug, care.names["es"], care.languages) == ("trial", "Prueba", ("en", "es"))
    assert care.version == ProtocolFiles("trial", FILES).digest
    assert care.activity_limit == timedelta(hours=72)
    assert care.covers("CPT", "20553")
    assert care.body_sites[0].over_lung
    rest, check = care.steps
    assert (rest.due, rest.useful_until) == (After(timedelta(minutes=90)), OnDay(1, time(0)))
    assert (rest.channels, rest.deliver, rest.priority) == ((Channel.SMS, Channel.EMAIL), Delivery.ALL, 1)
    assert (check.due, check.deliver) == (OnDay(2, time(10)), Delivery.FIRST)
    assert check.asks is not None
    assert [choice.answer for choice in check.asks.choices] == [Answer.BETTER, Answer.SAME, Answer.WORSE]
    assert check.asks.choices[0].words["en"] == ("better", "improved")
    assert care.red_flags == (
        RedFlag("hot to touch", Acuity.URGENT, "en"),
        RedFlag("oozing", Acuity.URGENT, "en"),
    )


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        ("nmae", {}, "protocol.yaml.nmae", "did you mean name?"),
        ("name", {"en": "Trial"}, "protocol.yaml.name.es", "missing"),
        ("languages", ["en", "fr"], "protocol.yaml.languages", "'fr' is not a language"),
        ("languages", ["en"], "protocol.yaml.languages", "es is missing"),
        ("languages", [], "protocol.yaml.languages", "at least one"),
        ("activity_limit", "2 days", "protocol.yaml.activity_limit", "48h or 90m"),
        ("steps", [], "protocol.yaml.steps", "at least one"),
        ("steps", "rest", "protocol.yaml.steps", "a list is expected"),
        ("steps.0", "rest", "protocol.yaml.steps.1", "names with values"),
        ("steps.0.slug", "Rest Today", "protocol.yaml.steps.Rest Today.slug", "small letters"),
        ("steps.1.slug", "rest", "protocol.yaml.steps.rest.slug", "twice"),
        ("steps.0.due", None, "protocol.yaml.steps.rest.due", "missing"),
        ("steps.0.due", {"after": "soon"}, "protocol.yaml.steps.rest.due.after", "such as 48h"),
        ("steps.0.due", {"after": 2}, "protocol.yaml.steps.rest.due.after", "such as 48h"),
        ("steps.0.due", {"day": 1}, "protocol.yaml.steps.rest.due", "exactly one of"),
        ("steps.0.due", {"after": "1h", "day": 1, "at": "10:00"}, "protocol.yaml.steps.rest.due", "exactly one of"),
        ("steps.0.due", {"day": 0, "at": 600}, "protocol.yaml.steps.rest.due.at", "in quotes"),
        ("steps.0.due", {"day": 0, "at": "25:00"}, "protocol.yaml.steps.rest.due.at", "in quotes"),
        ("steps.0.due", {"day": -1, "at": "10:00"}, "protocol.yaml.steps.rest.due.day", "whole number"),
        ("steps.0.useful_until", {"after": "30m"}, "protocol.yaml.steps.rest.useful_until", "not after"),
        ("steps.1.due", {"after": "1h"}, "protocol.yaml.steps.check", "is due before rest"),
        ("steps.0.channels", [], "protocol.yaml.steps.rest.channels", "at least one"),
        ("steps.0.channels", ["sms", "fax"], "protocol.yaml.steps.rest.channels", "'fax' is not a channel"),
        ("steps.0.channels", ["sms", "phone"], "protocol.yaml.steps.rest.channels", "'phone' is not a channel"),
        ("steps.0.channels", ["sms", "sms"], "protocol.yaml.steps.rest.channels", "twice"),
        ("steps.0.deliver", "both", "protocol.yaml.steps.rest.deliver", "first or all"),
        ("steps.0.priority", "high", "protocol.yaml.steps.rest.priority", "whole number"),
        ("steps.0.priority", True, "protocol.yaml.steps.rest.priority", "whole number"),
        ("steps.1.asks.about", "", "protocol.yaml.steps.check.asks.about", "empty"),
        ("steps.1.asks.answers", {"better": {}}, "protocol.yaml.steps.check.asks.answers.worse", "missing"),
        ("steps.1.asks.answers.same.es", [], "protocol.yaml.steps.check.asks.answers.same.es", "at least one"),
        ("steps.1.asks.answers.same.es", 3, "protocol.yaml.steps.check.asks.answers.same.es", "a list is expected"),
        ("steps.1.asks.answers.same.es", [True], "protocol.yaml.steps.check.asks.answers.same.es", "in quotes"),
        ("steps.1.asks.answers.same.en", ["worse"], "protocol.yaml.steps.check.asks.answers.worse.en", "one answer"),
        ("codes.0.code", 20552, "protocol.yaml.codes.1.code", "put it in quotes"),
        ("codes.0.to", "20551", "protocol.yaml.codes.1.to", "does not follow"),
        ("codes.0.to", "205530", "protocol.yaml.codes.1.to", "does not follow"),
        ("body_sites.0.slug", "Neck!", "protocol.yaml.body_sites.1.slug", "small letters"),
        ("body_sites.0.over_lung", "yes", "protocol.yaml.body_sites.1.over_lung", "true or false"),
        ("red_flags.0.acuity", "none", "protocol.yaml.red_flags.1.acuity", "can only raise"),
        ("red_flags.0.acuity", "opt_out", "protocol.yaml.red_flags.1.acuity", "can only raise"),
        ("red_flags.0.lang", "fr", "protocol.yaml.red_flags.1.lang", "en or es"),
        ("red_flags.0.words", [""], "protocol.yaml.red_flags.1.words", "in quotes"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place_its_value_and_what_to_do(
    path: str, value: object, where: str, what: str
) -> None:
    found = faults(changed(path, value))
    assert any(fault.startswith(f"{where}: ") and what in fault for fault in found), found


def test_two_sites_of_one_name_are_refused() -> None:
    site = SOUND["body_sites"][0]
    assert any("twice" in fault for fault in faults(changed("body_sites", [site, site])))


def test_all_faults_are_told_at_once() -> None:
    data = changed("languages", ["en"])
    data["steps"][0]["due"] = {"after": "soon"}
    data["steps"][1]["channels"] = ["fax"]
    data["colour"] = "blue"
    assert len(faults(data)) >= 4


def test_what_is_no_mapping_at_all_is_one_clear_fault_and_no_crash() -> None:
    for data in (None, [], "steps", 3):
        assert any(fault.startswith("protocol.yaml: ") for fault in faults(data))


def test_a_missing_text_of_a_language_is_refused() -> None:
    found = faults(SOUND, {name: text for name, text in FILES.items() if name != "rest.es.sms.txt"})
    assert found == ["rest.es.sms.txt: is missing; each step needs its text in every language and for every channel"]


def test_a_text_that_no_step_sends_is_refused() -> None:
    (fault,) = faults(SOUND, {**FILES, "rset.en.sms.txt": "..."})
    assert fault.startswith("rset.en.sms.txt: belongs to no step")


def test_a_folder_name_that_is_no_slug_is_refused() -> None:
    assert any(fault.startswith("folder: ") for fault in faults(SOUND, slug="My Protocol"))
