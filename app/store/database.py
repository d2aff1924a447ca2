"""The store: one SQLite file with conversations, turns, measurements and how the user pauses.

Safe to use from any thread: one connection writes, another reads, each behind its own lock, so that reading never waits
for the disk. Several processes may have the file open. Every method raises StoreError if the database fails; a
transaction then left everything as it was. What is written when is decided by `app.store.recorder`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.errors import BadInput, StoreError
from app.store import owners
from app.store.connection import BUSY_TIMEOUT_S, READ_ONLY, create_file, patiently, reader, sentences, writer
from app.store.export import to_json, to_markdown
from app.store.migrations import STEPS, migrations
from app.store.records import (
    TURN_COLUMNS,
    Conversation,
    Hit,
    Measurement,
    PauseRecord,
    Performance,
    Turn,
    now,
    storable,
    title_of,
    turn_from_row,
    turn_to_row,
)
from app.store.search import excerpt, match_expression

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger(__name__)

_COLUMNS = ", ".join(TURN_COLUMNS)
_INSERT_TURN = (
    f"INSERT INTO turns (owner, {_COLUMNS}) VALUES (:owner, {', '.join(':' + c for c in TURN_COLUMNS)}) "  # noqa: S608
    "ON CONFLICT (id) DO NOTHING"
)
_UPDATE_TURN = (
    "UPDATE turns SET owner = :owner, "  # noqa: S608 - the column names are ours
    f"{', '.join(f'{c} = :{c}' for c in TURN_COLUMNS if c not in ('id', 'conversation'))} WHERE id = :id"
)
ONLY_USER = "me"
"""Whose pauses are learned as long as voices are not told apart."""
_MERGE_PAGES = 500  # of the index, per step; about 20 ms of work
_CONVERSATIONS = (
    "SELECT id, title, started_at, updated_at, (SELECT count(*) FROM turns WHERE conversation = c.id) AS turns "
    "FROM conversations AS c"
)


class Store:
    """The open database. `read_only` says whether anything can be written."""

    def __init__(self, path: Path, write: Database | None, read: Database) -> None:
        """Use `Store.open`."""
        self.path = path
        self._write, self._read = write, read
        self._write_lock, self._read_lock = threading.RLock(), threading.RLock()
        self._owner = owners.enter()
        self._lost: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: Path, busy_timeout_s: float = BUSY_TIMEOUT_S) -> Store:
        """Open or create the database, bring its schema up to date, and mark the turns of dead processes as lost.

        A file that may not be written is opened for reading. Raises StoreError for a file that is locked, damaged, no
        database, another program's or a newer Duet's, for a folder in its place, and where there is no space.
        """
        create_file(path)
        with sentences(path):
            return patiently(lambda: cls._open_once(path, busy_timeout_s), busy_timeout_s)

    @classmethod
    def _open_once(cls, path: Path, busy_timeout_s: float) -> Store:
        from sqlite_utils import Database  # slow to import

        with contextlib.ExitStack() as undo:
            connection = writer(path, busy_timeout_s)
            write = None
            if connection is not None:
                undo.callback(connection.close)
                write = Database(connection, execute_plugins=False)
                _migrate(write, path)
            connection = reader(path, busy_timeout_s)
            undo.callback(connection.close)
            read = Database(connection, execute_plugins=False)
            _check_schema(read, path)
            store = cls(path, write, read)
            undo.callback(store.close)
            store._mark_lost()
            undo.pop_all()
        return store

    def close(self) -> None:
        """Close the file; closing twice does nothing."""
        owners.leave(self._owner)
        with self._write_lock, self._read_lock, sentences(self.path):
            self._read.close()
            if self._write is not None:
                self._write.close()

    @property
    def read_only(self) -> bool:
        return self._write is None

    # -- conversations -------------------------------------------------------------------------------------------

    def new_conversation(self, title: str = "") -> str:
        """Start a conversation and return its id. Without a title it gets the first words of its first turn."""
        identity = uuid.uuid4().hex[:12]
        with self._writing() as db:
            _ensure_conversation(db, identity, storable(title), now())
        return identity

    def conversations(self, limit: int = 200) -> list[Conversation]:
        """The latest conversations, newest activity first."""
        rows = self._rows(f"{_CONVERSATIONS} ORDER BY updated_at DESC, rowid DESC LIMIT ?", [limit])
        return [Conversation(**row) for row in rows]

    def conversation(self, id: str) -> Conversation:
        """Raises BadInput if there is none of that id."""
        rows = self._rows(f"{_CONVERSATIONS} WHERE id = ?", [storable(id)])
        if not rows:
            raise _unknown_conversation(id)
        return Conversation(**rows[0])

    def rename(self, id: str, title: str) -> None:
        """Raises BadInput if there is none of that id."""
        with self._writing() as db:
            cursor = db.execute("UPDATE conversations SET title = ? WHERE id = ?", [storable(title), storable(id)])
            if not cursor.rowcount:
                raise _unknown_conversation(id)

    def delete(self, *ids: str) -> None:
        """Delete conversations with their turns for good: from the index and from the bytes of the file as well.

        Raises BadInput if there is none of an id; then none is deleted.
        """
        with self._writing() as db:
            for id in ids:
                if not db.execute("DELETE FROM conversations WHERE id = ?", [storable(id)]).rowcount:
                    raise _unknown_conversation(id)
        self._forget_deleted_words()
        with self._write_lock, sentences(self.path), contextlib.suppress(sqlite3.OperationalError):
            if self._write is not None:  # the log of changes still has them; it stays if another process reads it now
                self._write.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _forget_deleted_words(self) -> None:
        """Merge the index into one segment, since older segments still have the words of deleted turns.

        In small transactions: a turn that streams meanwhile must not wait for all of it.
        """
        pages = -_MERGE_PAGES  # negative: begin to merge everything
        while True:
            with self._writing() as db:
                before = db.conn.total_changes
                db.execute("INSERT INTO turns_fts (turns_fts, rank) VALUES ('merge', ?)", [pages])
                if db.conn.total_changes - before < 2:  # how FTS5 says that nothing is left to merge
                    return
            pages = _MERGE_PAGES

    def export(self, id: str | None, form: Literal["json", "markdown"]) -> str:
        """One conversation, or with None everything, as text. Raises BadInput if there is none of that id."""
        chosen = self.conversations(limit=-1) if id is None else [self.conversation(id)]
        pairs = [(conversation, self.turns(conversation.id)) for conversation in chosen]
        if form == "markdown":
            return to_markdown(pairs)
        figures = self._rows("SELECT at, name, value, unit, model, turn FROM measurements ORDER BY number")
        if id is not None:
            mine = {turn.id for _, turns in pairs for turn in turns}
            figures = [figure for figure in figures if figure["turn"] in mine]
        return to_json(pairs, figures)

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """Turns in which all words of `text` were said or answered, the last word perhaps only begun; newest first."""
        if not text.strip():
            return []
        text = storable(text)
        expression = match_expression(text)
        if expression is None:
            return self._search_literally(text, limit)
        rows = self._rows(
            "SELECT t.id AS turn, t.conversation, c.title, t.started_at, t.text, "
            "snippet(turns_fts, -1, '', '', '…', 16) AS snippet FROM turns_fts "
            "JOIN turns AS t ON t.number = turns_fts.rowid JOIN conversations AS c ON c.id = t.conversation "
            "WHERE turns_fts MATCH ? ORDER BY turns_fts.rowid DESC LIMIT ?",
            [expression, limit],
        )
        return [Hit(**{**row, "snippet": " ".join(row["snippet"].split())}) for row in rows]

    # -- turns ---------------------------------------------------------------------------------------------------

    def turns(self, conversation: str) -> list[Turn]:
        """The turns of a conversation in the order in which they were begun; none for an unknown one."""
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM turns WHERE conversation = ? ORDER BY number",  # noqa: S608
            [storable(conversation)],
        )
        return [turn_from_row(row) for row in rows]

    def turn(self, id: str) -> Turn:
        """Raises BadInput if there is none of that id."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM turns WHERE id = ?", [storable(id)])  # noqa: S608
        if not rows:
            raise BadInput(f'There is no turn "{id}".')
        return turn_from_row(rows[0])

    def begin_turn(self, turn: Turn) -> None:
        """Put a turn on disk, and its conversation if it is new. A turn that is there already stays as it is."""
        self.save_batch(new=[turn])

    def update_answer(self, turn_id: str, text: str) -> None:
        """Put what there is of an answer on disk; nothing happens if the turn was deleted."""
        with self._writing() as db:
            db.execute("UPDATE turns SET answer = ? WHERE id = ?", [storable(text), storable(turn_id)])

    def save_turn(self, turn: Turn) -> None:
        """Put everything known of a turn on disk, whether it is there already or not."""
        self.save_batch(new=[turn], changed=[turn])

    def save_batch(
        self, new: Iterable[Turn] = (), changed: Iterable[Turn] = (), measured: Iterable[Measurement] = ()
    ) -> None:
        """All of it in one transaction. A turn in `changed` that was deleted meanwhile stays deleted."""
        with self._writing() as db:
            for turn in new:
                _ensure_conversation(db, storable(turn.conversation), "", turn.started_at)
                db.execute(_INSERT_TURN, {**turn_to_row(turn), "owner": self._owner})
                db.execute(
                    "UPDATE conversations SET updated_at = max(updated_at, ?), "
                    "title = CASE title WHEN '' THEN ? ELSE title END WHERE id = ?",
                    [turn.started_at, title_of(turn.text), storable(turn.conversation)],
                )
            for turn in changed:
                db.execute(_UPDATE_TURN, {**turn_to_row(turn), "owner": self._owner})
            for figure in measured:
                _insert_measurement(db, figure)

    def unfinished(self) -> list[Turn]:
        """The turns that were left answering by a process that died, as found when this store was opened."""
        return [self.turn(id) for id in self._lost if self._rows("SELECT 1 FROM turns WHERE id = ?", [id])]

    # -- measurements --------------------------------------------------------------------------------------------

    def measure(self, name: str, value: float, unit: str, model: str = "", turn: str | None = None) -> None:
        """Keep one figure. Raises BadInput if it is not finite."""
        with self._writing() as db:
            _insert_measurement(db, Measurement(name=name, value=value, unit=unit, model=model, turn=turn))

    def measurements(self, name: str, model: str = "", limit: int = 200) -> list[float]:
        """The latest figures of that name, newest last; of one model, or of all if it is empty."""
        which, values = ("AND model = ?", [name, model, limit]) if model else ("", [name, limit])
        rows = self._rows(
            f"SELECT value FROM measurements WHERE name = ? {which} ORDER BY number DESC LIMIT ?",  # noqa: S608
            values,
        )
        return [row["value"] for row in reversed(rows)]

    def performances(self, limit: int = 5000) -> list[Performance]:
        """How models fared in the latest turns that are over, newest first."""
        rows = self._rows(
            "SELECT coalesce(json_extract(plan, '$.role'), 'dialogue') AS role, answer_model, state, first_token_ms, "
            "tokens, tokens_per_s, verdict, refinement_model, refinement_ms, kept, (SELECT json_group_array(model) "
            "FROM measurements WHERE name = 'fell_back' AND turn = turns.id) AS fell_back "
            "FROM turns WHERE state IN ('done', 'failed', 'interrupted') ORDER BY number DESC LIMIT ?",
            [limit],
        )
        return [Performance(**{**row, "fell_back": tuple(json.loads(row["fell_back"]))}) for row in rows]

    # -- how the user pauses -------------------------------------------------------------------------------------

    def pause_habits(self, user: str = ONLY_USER) -> PauseRecord | None:
        """What was learned of the user's pauses; None where nothing was."""
        rows = self._rows("SELECT inside, ends, excess_s FROM pause_habits WHERE user = ?", [storable(user)])
        return PauseRecord(**rows[0]) if rows else None

    def save_pause_habits(self, record: PauseRecord, user: str = ONLY_USER) -> None:
        """Keep it in the place of what was there."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO pause_habits (user, inside, ends, excess_s, updated_at) VALUES (?, ?, ?, ?, ?)",
                [storable(user), record.inside, record.ends, record.excess_s, now()],
            )

    def forget_pause_habits(self) -> bool:
        """Forget them of all users; whether there was something to forget."""
        with self._writing() as db:
            return bool(db.execute("DELETE FROM pause_habits").rowcount)

    # -- inside --------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Database]:
        """A transaction that takes the write lock at once, so that it cannot fail half-way for another writer."""
        with self._write_lock, sentences(self.path):
            if self._write is None:
                raise StoreError(READ_ONLY.format(path=self.path))
            with _transaction(self._write):
                yield self._write

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with self._read_lock, sentences(self.path):
            return list(self._read.query(sql, values))

    def _search_literally(self, text: str, limit: int) -> list[Hit]:
        """For emoji, punctuation and scripts without spaces: slower, since it reads the texts themselves."""
        wanted = text.strip()
        rows = self._rows(  # instr, since LIKE ends at a NUL
            "SELECT t.id AS turn, t.conversation, c.title, t.started_at, t.text, t.answer, t.refinement "
            "FROM turns AS t JOIN conversations AS c ON c.id = t.conversation "
            "WHERE instr(t.text, ?1) OR instr(t.answer, ?1) OR instr(t.refinement, ?1) ORDER BY t.number DESC LIMIT ?2",
            [wanted, limit],
        )
        hits = []
        for row in rows:
            texts = (row["text"], row.pop("answer"), row.pop("refinement"))
            found = next((each for each in texts if wanted in each), row["text"])
            hits.append(Hit(**row, snippet=excerpt(found, wanted)))
        return hits

    def _mark_lost(self) -> None:
        rows = self._rows("SELECT id, owner FROM turns WHERE state = 'answering'")
        self._lost = tuple(row["id"] for row in rows if not owners.alive(row["owner"]))
        if not self._lost or self.read_only:
            return
        with self._writing() as db:
            for id in self._lost:
                db.execute("UPDATE turns SET state = 'lost' WHERE id = ? AND state = 'answering'", [id])
        log.warning("answers that a dead process left unfinished: %d", len(self._lost))


@contextlib.contextmanager
def _transaction(db: Database) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _migrate(db: Database, path: Path) -> None:
    _refuse_newer(db, path)
    if migrations().pending(db):
        with _transaction(db):  # of two processes that start at once, one waits here and finds the work done
            migrations().apply(db)


def _check_schema(db: Database, path: Path) -> None:
    """For a file that could not be migrated because it is read-only."""
    _refuse_newer(db, path)
    if migrations().pending(db):
        raise StoreError(f"The database {path} is of an older version of Duet and read-only; make it writable once.")


def _refuse_newer(db: Database, path: Path) -> None:
    applied = {step.name for step in migrations().applied(db)}
    if applied - {step.__name__ for step in STEPS}:
        raise StoreError(f"The database {path} was written by a newer version of Duet; update Duet to open it.")


def _ensure_conversation(db: Database, id: str, title: str, at: str) -> None:
    db.execute(
        "INSERT INTO conversations (id, title, started_at, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [id, title, at, at],
    )


def _insert_measurement(db: Database, figure: Measurement) -> None:
    if figure.value - figure.value != 0:  # not a number, or infinite
        raise BadInput(f"{figure.name} cannot be {figure.value}; a measured figure is finite.")
    db.execute(
        "INSERT INTO measurements (at, name, value, unit, model, turn) VALUES (?, ?, ?, ?, ?, ?)",
        [now(), figure.name, figure.value, figure.unit, storable(figure.model), figure.turn],
    )


def _unknown_conversation(id: str) -> BadInput:
    return BadInput(f'There is no conversation "{id}"; `duet history list` shows them all.')
