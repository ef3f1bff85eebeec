"""Clinics, the staff who sign in, and the keys of machines."""

import json

import click

from followup.cli.context import clinic_id, clinic_option, json_option, opened, settings
from followup.domain.actor import OPERATOR
from followup.domain.paging import ContactKind
from followup.services import api_keys, clinics
from followup.services import staff as staff_service
from followup.services.clinics import NewSender
from followup.services.escalation.contact_points import mobile_number, set_contact_point


@click.group()
def clinic() -> None:
    """Clinics that this service works for."""


@clinic.command("add")
@json_option
@click.argument("slug")
@click.option("--name", required=True, help="The clinic's full name, for staff.")
@click.option("--zone", required=True, help="Its time zone, such as America/Chicago.")
@click.option("--sender-name", help="The name patients see; neutral, and short (default: the name).")
@click.option("--phone", default="", help="The number patients can call.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True)
@click.option("--sms-from", help="The number that texts leave from (default: FOLLOWUP_TWILIO_FROM).")
@click.option(
    "--messaging-service", help="A Twilio messaging service (default: FOLLOWUP_TWILIO_MESSAGING_SERVICE_SID)."
)
@click.option("--pages-from", help="The number that pages staff (default: FOLLOWUP_TWILIO_PAGES_FROM).")
@click.option("--email-from", help="The address that mails leave from (default: FOLLOWUP_EMAIL_FROM).")
@click.option(
    "--pace",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Segments a second that the carrier lets the number send.",
)
@click.option(
    "--carrier-confirms/--we-confirm",
    default=True,
    show_default=True,
    help="Whether the carrier itself answers STOP, START and HELP on the number.",
)
@click.option(
    "--held",
    is_flag=True,
    help='Hold its messages until an administrator says "Go live", which needs somebody on call at every hour.',
)
def add_clinic(
    slug: str,
    name: str,
    zone: str,
    sender_name: str | None,
    phone: str,
    language: str,
    sms_from: str | None,
    messaging_service: str | None,
    pages_from: str | None,
    email_from: str | None,
    carrier_confirms: bool,
    pace: int,
    held: bool,
    as_json: bool,
) -> None:
    """Add the clinic SLUG."""
    found = settings()
    with opened() as services:
        first = not clinics.list_clinics(services)
        given = {
            "sms": sms_from or (found.twilio_from if first else ""),
            "messaging_service": messaging_service or (found.twilio_messaging_service_sid if first else ""),
            "email": email_from or (found.email_from if first else ""),
        }
        pager = pages_from or (found.twilio_pages_from if first else "")
        made = clinics.add_clinic(
            services,
            slug=slug,
            name=name,
            zone=zone,
            sender_name=sender_name,
            phone=phone,
            language=language,
            senders=[
                NewSender(kind, address, carrier_confirms=carrier_confirms, pace_per_second=pace)
                for kind, address in given.items()
                if address
            ]
            + ([NewSender("sms", pager, purpose="pages")] if pager else []),
            held=held,
            actor=OPERATOR,
        )
    if as_json:
        senders = {kind: address for kind, address in given.items() if address}
        click.echo(
            json.dumps({"id": str(made.id), "slug": made.slug, "name": made.name, "senders": senders, "live": not held})
        )
        return
    click.echo(f"Added the clinic {made.slug} ({made.name}).")
    for kind, address in given.items():
        if address:
            click.echo(f"  {kind.replace('_', ' ')} {address}")
    if held:
        click.echo("Its messages are held until an administrator goes live: Administration, On call.")
    else:
        click.echo("It is live: what is planned for its patients leaves when it is due.")


@clinic.command("pages-from")
@click.argument("number")
@clinic_option
def pages_from_number(number: str, clinic_slug: str | None) -> None:
    """Let pages to staff leave from NUMBER, which patients are never texted from."""
    with opened() as services:
        sender = NewSender("sms", number, purpose="pages")
        clinics.add_sender(services, clinic_id(services, clinic_slug), sender, OPERATOR)
    click.echo(f"Pages leave from {number}. Point its webhook to /hooks/twilio/inbound.")


@clinic.command("list")
@json_option
def list_clinics(as_json: bool) -> None:
    """List the clinics."""
    with opened() as services:
        rows = [
            {"slug": row.slug, "name": row.name, "zone": row.zone, "sender_name": row.sender_name}
            for row in clinics.list_clinics(services)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    for row in rows if not as_json else []:
        click.echo(f"{row['slug']}  {row['name']}  {row['zone']}")


@clinic.command("keep")
@click.option("--years", type=int, required=True, help="How long finished messages are kept: 6 to 100.")
@clinic_option
def keep(years: int, clinic_slug: str | None) -> None:
    """Say how long finished messages are kept (10 years unless said otherwise); replies and cases always stay."""
    with opened() as services:
        changes = {"settings": {"retention_years": years}}
        made = clinics.change_clinic(services, clinic_id(services, clinic_slug), changes, OPERATOR)
    click.echo(f"{made.name} keeps finished messages for {years} years.")


@click.group()
def staff() -> None:
    """People who may sign in."""


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["nurse", "admin"]), required=True)
@click.option("--mobile", help="The mobile number on which they agreed to be paged.")
@clinic_option
@json_option
def add_staff(
    email: str, name: str, role: str, mobile: str | None, clinic_slug: str | None, as_json: bool
) -> None:  # fmt: skip
    """Add a person of a clinic; prints a password to be changed at the first sign-in."""
    with opened() as services:
        found = clinic_id(services, clinic_slug)
        number = mobile_number(mobile) if mobile else ""
        made = staff_service.add(services, found, email, name, role, actor=OPERATOR)
        if number:
            set_contact_point(services, found, made.person.id, ContactKind.MOBILE, number, actor=OPERATOR)
    if as_json:
        answer = {"id": str(made.person.id), "email": email, "role": made.person.role, "password": made.password}
        click.echo(json.dumps(answer))
        return
    click.echo(f"Added {made.person.name} as {made.person.role}.")
    click.echo(f"First password, shown this once: {made.password}")


@click.group()
def apikey() -> None:
    """Machines that may come in."""


@apikey.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do, such as procedures:write.")
@clinic_option
@json_option
def create_key(name: str, scopes: tuple[str, ...], clinic_slug: str | None, as_json: bool) -> None:
    """Make a key for the machine NAME; it is shown this once."""
    with opened() as services:
        made = api_keys.create(services, clinic_id(services, clinic_slug), name, scopes, OPERATOR)
    if as_json:
        click.echo(json.dumps({"id": str(made.key.id), "name": made.key.name, "key": made.secret}))
    else:
        click.echo(f"Key for {made.key.name}, shown this once: {made.secret}")
