"""What every table shares: naming of constraints and the types of common columns."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column

from followup.store.ids import new_id
from followup.store.types import Moment

Id = Annotated[UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
# A clinic stands on every row: a query without it does not belong in this house.
ClinicId = Annotated[UUID, mapped_column(Uuid(), ForeignKey("clinics.id"), nullable=False)]
Word = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(255))]


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        datetime: Moment(),
        str: Text(),
        UUID: Uuid(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }
