"""What the demo's page looks like: plain HTML, no script; each part refreshes in a frame of its own."""

from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from followup.services.care_clock import NextEvent

_STEP_WORDS = {
    "rest-today": "rest today",
    "activity-48h": "no strenuous activity for 48 hours",
    "day-two-check": "day-two check",
}

_WINDOW = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Followup — a clinic to try</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/static/demo.css"></head>
<body>
<header>
<h1>Followup <small>a clinic to try; everyone in it is invented</small></h1>
<iframe class="clock" src="/demo/clock" title="Care clock"></iframe>
</header>
<aside class="tour" aria-label="What to do here"><details open><summary>What to do here</summary>
<ol>
<li><a href="/procedures/new" target="queue">Record a procedure</a>, with a phone such as 312-555-0177.</li>
<li>Move the care clock to the next event, and watch the text arrive on the phone.</li>
<li>Write back as the patient: <q>the swelling is getting worse</q>.</li>
<li>See the case come into <a href="/queue" target="queue">the queue</a>; acknowledge, answer and resolve it.</li>
</ol>
<p>You are signed in as the nurse ({nurse}). The manager is {admin}; the password of both is <kbd>{password}</kbd>.</p>
</details></aside>
<main>
<iframe class="phone" src="{phone}/" title="A patient's phone and mailbox"></iframe>
<iframe class="queue" name="queue" src="/queue" title="The nurse's queue"></iframe>
</main>
</body></html>""")

_CLOCK = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Care clock</title><link rel="stylesheet" href="/static/demo.css"></head>
<body class="clock"><main>
<h1 class="now"><time datetime="{iso}">{now}</time> <span class="zone">care time, {zone}</span></h1>
<p class="next" role="status">{next}</p>
<form method="post" action="/demo/clock">
<button name="to" value="next"{disabled}>Next event</button>
<button name="to" value="hour" class="quiet">One hour on</button>
</form>
</main></body></html>""")


def not_yet() -> str:
    """What is shown for the second or two before the clinic is there; the browser asks again by itself."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Followup</title>'
        '<link rel="stylesheet" href="/static/demo.css"></head>'
        "<body><main><h1>The clinic is opening its doors ...</h1></main></body></html>"
    )


def shop_window(phone_url: str, nurse: str, admin: str, password: str) -> str:
    """The page around the three frames."""
    return _WINDOW.format(phone=phone_url, nurse=nurse, admin=admin, password=password)


def clock_page(now: datetime, event: NextEvent | None, zone: ZoneInfo, moved: str) -> str:
    """The frame with the clock; `now` is on the clinic's wall clock."""
    if event is None:
        following: str = "Every plan has run out. Record a procedure to go on."
    else:
        there = event.at.astimezone(zone)
        what = _STEP_WORDS.get(event.what, event.what)
        following = f"Next: {there:%a} {clock_words(there)} — {what}, to {event.whom}"
    return _CLOCK.format(
        iso=now.isoformat(),
        now=f"{now:%A} {now.day} {now:%B}, {clock_words(now)}",
        zone=zone.key.replace("_", " "),
        next=escape(following),
        disabled=Markup(" disabled") if event is None else "",
    )


def clock_words(at: datetime) -> str:
    """An hour as people say it: 9:05 am."""
    return f"{at.hour % 12 or 12}:{at:%M} {'am' if at.hour < 12 else 'pm'}"
