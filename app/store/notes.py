"""The user's notes and lists, in the store. A note is a sentence; a list has things in the order in which they came.

There is no table of lists: a list is there while something is on it. Names of lists and of things have no case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.store.database import Store
from app.store.records import storable

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note; `written_at` is aware and in UTC."""

    number: int
    text: str
    written_at: datetime


class NoteTable:
    """Notes and lists of one store. Every method raises `StoreError` if the database fails."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # -- notes -----------------------------------------------------------------------------------------------------

    def add(self, text: str, at: datetime) -> Note:
        with self._store._writing() as db:
            cursor = db.execute("INSERT INTO notes (text, written_at) VALUES (?, ?)", [storable(text), _text(at)])
            return Note(number=cursor.lastrowid or 0, text=storable(text), written_at=at.astimezone(UTC))

    def newest(self, limit: int) -> list[Note]:
        rows = self._store._rows("SELECT number, text, written_at FROM notes ORDER BY number DESC LIMIT ?", [limit])
        return [_note(**row) for row in rows]

    def find(self, words: str, limit: int) -> list[Note]:
        """Notes with all of `words`, in any form that has the same stem, newest first; if there is none, those with
        any of them, best first."""
        terms = [f'"{word}"' for word in _WORD.findall(storable(words))[:_MOST_WORDS]]
        if not terms:
            return []
        return self._matching(" ".join(terms), "number DESC", limit) or self._matching(
            " OR ".join(terms), "rank, number DESC", limit
        )

    def _matching(self, expression: str, order: str, limit: int) -> list[Note]:
        rows = self._store._rows(
            "SELECT n.number, n.text, n.written_at FROM notes_fts "  # noqa: S608 - `order` is ours
            f"JOIN notes AS n ON n.number = notes_fts.rowid WHERE notes_fts MATCH ? ORDER BY {order} LIMIT ?",
            [expression, limit],
        )
        return [_note(**row) for row in rows]

    def delete(self, notes: Sequence[Note]) -> int:
        """Delete them for good; how many were still there."""
        with self._store._writing() as db:
            gone = sum(db.execute("DELETE FROM notes WHERE number = ?", [note.number]).rowcount for note in notes)
            db.execute("INSERT INTO notes_fts (notes_fts) VALUES ('optimize')")  # older segments still had the words
            return gone

    # -- lists -----------------------------------------------------------------------------------------------------

    def lists(self) -> dict[str, int]:
        """The names of the lists with how many things are on each, the one used last first."""
        rows = self._store._rows(
            "SELECT list, count(*) AS things FROM list_items GROUP BY list ORDER BY max(number) DESC"
        )
        return {row["list"]: row["things"] for row in rows}

    def items(self, name: str) -> list[str]:
        """What is on a list, in the order in which it came."""
        rows = self._store._rows("SELECT item FROM list_items WHERE list = ? ORDER BY number", [storable(name)])
        return [row["item"] for row in rows]

    def put(self, name: str, items: Iterable[str], at: datetime) -> list[str]:
        """Put things on a list. Returns those that were not on it already."""
        with self._store._writing() as db:
            return [
                item
                for item in items
                if db.execute(
                    "INSERT INTO list_items (list, item, added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    [storable(name), storable(item), _text(at)],
                ).rowcount
                == 1
            ]

    def take(self, name: str, items: Iterable[str]) -> list[str]:
        """Take things off a list. Returns those that were on it."""
        with self._store._writing() as db:
            return [
                item
                for item in items
                if db.execute(
                    "DELETE FROM list_items WHERE list = ? AND item = ?", [storable(name), storable(item)]
                ).rowcount
            ]

    def clear(self, name: str) -> int:
        """Take everything off a list; how much that was."""
        with self._store._writing() as db:
            return int(db.execute("DELETE FROM list_items WHERE list = ?", [storable(name)]).rowcount)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _note(number: int, text: str, written_at: str) -> Note:
    return Note(number=number, text=text, written_at=datetime.fromisoformat(written_at))
