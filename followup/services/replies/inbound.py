"""A text that came in: an answer of staff to a page, or a patient's words."""

from followup.services.context import Services
from followup.services.escalation import answers
from followup.services.replies.receive import InboundText, receive_text, sender_of


def take_text(services: Services, post: InboundText) -> bool:
    """Keep a text and do what it asks for, once however often it is posted; False for a repeat.

    What staff send to the number that pages is never read as a patient's reply, and the other way round. Raises
    InvalidInput without a MessageSid or sender, NotFound when no clinic owns the number that was texted.
    """
    if not (post.provider_id and post.sender and post.to):
        return receive_text(services, post).new
    now = services.now()
    with services.db.read() as tx:
        point = answers.from_staff_in(tx, sender_of(tx, post), post.sender.strip(), post.body, post.provider_id, now)
    if point is None:
        return receive_text(services, post).new
    kept = answers.keep(services, point, provider_id=post.provider_id, body=post.body)
    answers.act_on(services, kept)
    return kept.new
