"""Knows the errors the carrier answers with: number, HTTP status and wording, as published in Twilio's error pages."""

from typing import Any

# code: (HTTP status, message). Codes that only ever appear on a text that was taken are in OUTCOMES.
REFUSALS: dict[int, tuple[int, str]] = {
    20001: (400, "A parameter is not valid"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal server error"),
    20503: (503, "Service unavailable"),
    21205: (400, "Url parameter is not a valid URL"),
    21210: (400, "The source phone number is not verified or not owned by this account"),
    21211: (400, "The 'To' number is not a valid phone number"),
    21212: (400, "The 'From' number is not a valid phone number, shortcode or sender ID"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' or a 'MessagingServiceSid' is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' number is not an SMS-capable number of this account"),
    21608: (400, "The number is unverified; trial accounts cannot send to unverified numbers"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (429, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The message cannot be sent with this combination of 'To' and 'From'"),
    21614: (400, "The 'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "A 'MediaUrl' is not a valid URL"),
    21623: (400, "The number of media files exceeds the allowed limit of 10"),
    21635: (400, "The 'To' number cannot be a landline"),
    21701: (400, "The Messaging Service does not exist"),
    21703: (400, "The Messaging Service contains no phone numbers"),
    30409: (400, "The message cannot be canceled in its present state"),
    35118: (400, "A MessagingServiceSid is required to schedule a message"),
}
OUTCOMES: dict[int, str] = {
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30017: "Carrier network congestion",
    30022: "Rate limit exceeded on a registered campaign",
    30023: "Daily message cap reached",
    30034: "Message from an unregistered number",
    30036: "Validity period expired",
    30410: "Provider timeout",
    30453: "Message could not be delivered",
}


class Refusal(Exception):
    """The carrier says no; `code` is Twilio's, `detail` replaces the published wording."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.status, wording = REFUSALS.get(code, (400, OUTCOMES.get(code, "The request was refused")))
        self.detail = detail or wording
        super().__init__(f"{code} {self.detail}")

    def as_json(self) -> dict[str, Any]:
        """The error body as the carrier writes it."""
        return {
            "code": self.code,
            "message": self.detail,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
