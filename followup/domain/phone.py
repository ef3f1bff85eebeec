"""Which telephone numbers can be texted, and their one written form (E.164)."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from followup.domain.errors import Fault, InvalidInput

# North American numbers set aside for fiction: any area code, then 555-0100 to 555-0199. No carrier assigns them, so
# the number plan calls them invalid; invented patients and trial runs need them.
_FICTIONAL = re.compile(r"[2-9]\d{2}55501\d{2}")
_TOLL_FREE_AREAS = frozenset({"800", "833", "844", "855", "866", "877", "888"})

_CANNOT_BE_TEXTED = {
    PhoneNumberType.TOLL_FREE: "is a toll-free number",
    PhoneNumberType.PREMIUM_RATE: "is a premium-rate number",
    PhoneNumberType.SHARED_COST: "is a shared-cost number",
    PhoneNumberType.FIXED_LINE: "is a landline",
    PhoneNumberType.PAGER: "is a pager",
    PhoneNumberType.UAN: "is a company's access number",
    PhoneNumberType.VOICEMAIL: "is a voicemail number",
}
_IMPOSSIBLE = {
    phonenumbers.ValidationResult.TOO_SHORT: "is too short",
    phonenumbers.ValidationResult.TOO_LONG: "is too long",
    phonenumbers.ValidationResult.INVALID_COUNTRY_CODE: "has an unknown country code",
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "has no area code",
    phonenumbers.ValidationResult.INVALID_LENGTH: "has the wrong number of digits",
}
_LETTERS = re.compile(r"[^\W\d_]")


def parse_phone(text: str, region: str = "US", field: str = "phone") -> str:
    """The number in E.164 form ("+13125550123"), read as dialled from `region`.

    Raises InvalidInput where the number cannot be texted: unreadable, too short or long, with an extension, toll-free,
    a landline, or not in use in its country. The fictional range 555-0100..0199 of any area code is accepted.
    """

    def refuse(why: str) -> InvalidInput:
        return InvalidInput(Fault(field, f"{text!r} {why}; give a mobile number with area code, such as 312-555-0123"))

    bare = text.strip().removeprefix("tel:")
    if not bare:
        raise refuse("is empty")
    if _LETTERS.search(bare):
        raise refuse("has letters or an extension, so it cannot be texted")
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException as error:
        raise refuse("is not a telephone number") from error
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise refuse(_IMPOSSIBLE.get(possible, "is not a possible number"))
    if number.extension:
        raise refuse("has an extension, so it cannot be texted")
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 1 and _FICTIONAL.fullmatch(national) and national[:3] not in _TOLL_FREE_AREAS | {"900"}:
        return f"+1{national}"
    kind = phonenumbers.number_type(number)
    if number.country_code == 1 and national[:3] in _TOLL_FREE_AREAS:
        kind = PhoneNumberType.TOLL_FREE
    if kind in _CANNOT_BE_TEXTED:
        raise refuse(f"{_CANNOT_BE_TEXTED[kind]}, which cannot be texted")
    if not phonenumbers.is_valid_number(number):
        raise refuse("is not a number in use")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(e164: str, region: str = "US") -> str:
    """The number as people of `region` write it: "312-555-0123" at home, "+44 20 ..." from abroad."""
    number = phonenumbers.parse(e164, None)
    if number.country_code == 1 and region in {"US", "CA"}:
        national = phonenumbers.national_significant_number(number)
        return f"{national[:3]}-{national[3:6]}-{national[6:]}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
