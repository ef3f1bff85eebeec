"""What is done again and again so that no page stays lying: climbing, calling, finding out."""

from followup.services.context import Services
from followup.services.escalation.climb import SEND_PAGES, climb_due
from followup.services.escalation.look_up import look_up_pages
from followup.services.escalation.lost import climb_past_the_unsent
from followup.services.escalation.send import send_pages
from followup.store import pages


def page_round(services: Services) -> None:
    """The part that waits for no carrier: climb where a page is due or has not left; wake whoever makes calls."""
    climb_due(services)
    climb_past_the_unsent(services)
    with services.db.read() as tx:
        on_the_way = pages.any_open(tx)
    if on_the_way:
        services.queue.wake(SEND_PAGES)


def look_after_pages(services: Services) -> None:
    """All of it, in this process. Each step is safe beside any number of others: the slower find nothing to do."""
    climb_due(services)
    climb_past_the_unsent(services)
    look_up_pages(services)
    send_pages(services)
