"""Surveys and complaints in the database. Every function works in the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from yibao_cli.store.surveys_schema import compensations, complaints, survey_calls, surveys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row


def add_survey(
    connection: Connection, values: Mapping[str, object], calls: Sequence[Mapping[str, object]]
) -> int:
    """Write a survey down with its calls; gives its number."""
    number = int(connection.execute(select(func.coalesce(func.max(surveys.c.id), 0))).scalar() or 0) + 1
    connection.execute(insert(surveys).values(id=number, **values))
    connection.execute(insert(survey_calls), [{**call, "survey": number} for call in calls])
    return number


def last_survey(connection: Connection, mailing: str) -> Row[Any] | None:
    """The newest survey of a mailing."""
    query = select(surveys).where(surveys.c.mailing == mailing).order_by(surveys.c.id.desc())
    return connection.execute(query.limit(1)).first()


def count_surveys(connection: Connection, mailing: str) -> int:
    """How many surveys of a mailing were drawn."""
    query = select(func.count()).select_from(surveys).where(surveys.c.mailing == mailing)
    return int(connection.execute(query).scalar() or 0)


def calls_of(connection: Connection, survey: int) -> Sequence[Row[Any]]:
    """The calls of a survey, by number."""
    query = select(survey_calls).where(survey_calls.c.survey == survey).order_by(survey_calls.c.number)
    return connection.execute(query).all()


def answer_call(connection: Connection, survey: int, number: int, values: Mapping[str, object]) -> None:
    """Write down what a call gave."""
    c = survey_calls.c
    connection.execute(update(survey_calls).where(c.survey == survey, c.number == number).values(**values))


def open_complaint(connection: Connection, values: Mapping[str, object]) -> int:
    """Write a complaint down; gives its number."""
    result = connection.execute(insert(complaints).values(**values))
    return int(result.inserted_primary_key[0]) if result.inserted_primary_key else 0


def complaint(connection: Connection, number: int) -> Row[Any] | None:
    """One complaint."""
    return connection.execute(select(complaints).where(complaints.c.id == number)).first()


def change_complaint(connection: Connection, number: int, values: Mapping[str, object]) -> None:
    """Change a complaint."""
    connection.execute(update(complaints).where(complaints.c.id == number).values(**values))


def complaints_of(connection: Connection, mailing: str) -> Sequence[Row[Any]]:
    """The complaints of a mailing, oldest first; "" for all."""
    query = select(complaints).order_by(complaints.c.id)
    return connection.execute(query.where(complaints.c.mailing == mailing) if mailing else query).all()


def ask_compensation(connection: Connection, values: Mapping[str, object]) -> None:
    """Write a compensation down that somebody asks for."""
    connection.execute(insert(compensations).values(**values))


def compensation(connection: Connection, number: int) -> Row[Any] | None:
    """The compensation of a complaint."""
    return connection.execute(select(compensations).where(compensations.c.complaint == number)).first()


def approve_compensation(connection: Connection, number: int, values: Mapping[str, object]) -> None:
    """A second person has said yes."""
    connection.execute(update(compensations).where(compensations.c.complaint == number).values(**values))


def compensations_of(connection: Connection) -> dict[int, Row[Any]]:
    """Complaint -> its compensation."""
    return {row.complaint: row for row in connection.execute(select(compensations))}
