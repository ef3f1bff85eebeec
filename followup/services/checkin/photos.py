"""Photos that a patient adds to a check-in: known by their content, bared of what the camera noted, kept sealed."""

from dataclasses import dataclass
from uuid import UUID

from followup.domain import photos
from followup.domain.checkin import PhotoRefused
from followup.domain.errors import Fault, InvalidInput, NotFound
from followup.services.checkin.answering import Closed
from followup.services.checkin.visit import find_in
from followup.services.context import Services
from followup.store import checkins
from followup.store.ids import new_id
from followup.store.models import CheckInPhoto


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as it is kept."""

    content_type: str
    content: bytes


def add_photo(services: Services, token: str, content: bytes) -> None:
    """Keep a photo. Raises InvalidInput whose message is a PhotoRefused, Closed."""
    kind = photos.kind_of(content)
    if not content:
        raise InvalidInput(Fault("photo", PhotoRefused.EMPTY))
    if len(content) > photos.LARGEST:
        raise InvalidInput(Fault("photo", PhotoRefused.TOO_LARGE))
    try:
        kept = photos.bare(content)
    except ValueError:
        raise InvalidInput(Fault("photo", PhotoRefused.NO_PHOTO)) from None
    assert kind is not None
    now = services.now()
    with services.db.write() as tx:
        found = find_in(tx, services, token, now)
        if not found.live or found.check_in.sent_at is not None:
            raise Closed
        if len(checkins.photos_of(tx, found.clinic.id, found.check_in.id)) >= photos.MOST:
            raise InvalidInput(Fault("photo", PhotoRefused.TOO_MANY))
        tx.add(
            CheckInPhoto(
                id=new_id(), clinic_id=found.clinic.id, check_in_id=found.check_in.id, content_type=kind,
                size=len(kept), content=kept, created_at=now,
            )
        )  # fmt: skip
        found.check_in.lying, found.check_in.changed_at = True, now


def remove_photo(services: Services, token: str, photo_id: UUID) -> None:
    """Take a photo away again. Raises NotFound, Closed."""
    with services.db.write() as tx:
        found = find_in(tx, services, token, services.now())
        if not found.live or found.check_in.sent_at is not None:
            raise Closed
        checkins.drop_photos(tx, found.clinic.id, found.check_in.id, photo_id)


def open_photo(services: Services, token: str, photo_id: UUID) -> Photo:
    """A photo that waits to be sent, for the patient to look at. Raises NotFound."""
    with services.db.read() as tx:
        found = find_in(tx, services, token, services.now(), hold=False)
        for photo in checkins.photos_of(tx, found.clinic.id, found.check_in.id):
            if photo.id == photo_id and found.live:
                return Photo(photo.content_type, photo.content)
    raise NotFound
