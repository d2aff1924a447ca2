"""The timers and alarms that are set, in the store. Rings nothing: `app.tools.timers.alarms` does.

One that rings or is cancelled leaves the table, so of several processes on one database exactly one rings it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from app.store.database import Store
from app.store.records import storable

Kind = Literal["timer", "alarm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A timer (`length_s`: how long it was set for) or an alarm. Times are aware and in UTC."""

    id: str
    kind: Kind
    label: str
    length_s: float | None
    set_at: datetime
    due_at: datetime


_COLUMNS = ", ".join(field.name for field in fields(Alarm))


def new_alarm(kind: Kind, label: str, *, set_at: datetime, due_at: datetime, length_s: float | None = None) -> Alarm:
    """One that is not stored yet."""
    return Alarm(
        id=uuid.uuid4().hex[:12],
        kind=kind,
        label=storable(label),
        length_s=length_s,
        set_at=set_at.astimezone(UTC),
        due_at=due_at.astimezone(UTC),
    )


class AlarmTable:
    """The table of one store. Every method raises `StoreError` if the database fails."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, alarm: Alarm) -> None:
        with self._store._writing() as db:
            db.execute(
                f"INSERT INTO alarms ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608 - the names are ours
                [alarm.id, alarm.kind, alarm.label, alarm.length_s, _text(alarm.set_at), _text(alarm.due_at)],
            )

    def all(self) -> list[Alarm]:
        """What is set, the next to ring first."""
        rows = self._store._rows(f"SELECT {_COLUMNS} FROM alarms ORDER BY due_at, rowid")  # noqa: S608
        return [_alarm(row) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next one rings; None where none is set."""
        rows = self._store._rows("SELECT min(due_at) AS due FROM alarms")
        return None if rows[0]["due"] is None else datetime.fromisoformat(rows[0]["due"])

    def claim_due(self, now: datetime) -> list[Alarm]:
        """Take out what is due at `now`, earliest first: nobody else will get these."""
        with self._store._writing() as db:
            rows = list(db.query(f"SELECT {_COLUMNS} FROM alarms WHERE due_at <= ? ORDER BY due_at", [_text(now)]))  # noqa: S608
            return [_alarm(row) for row in rows if _deleted(db, row["id"])]

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Take them out unrung. Returns those that were still there: another may have rung since."""
        with self._store._writing() as db:
            return [id for id in ids if _deleted(db, id)]


def _deleted(db: Any, id: str) -> bool:
    return bool(db.execute("DELETE FROM alarms WHERE id = ?", [id]).rowcount)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _alarm(row: dict[str, Any]) -> Alarm:
    times = {name: datetime.fromisoformat(row[name]) for name in ("set_at", "due_at")}
    return Alarm(**{**row, **times})
