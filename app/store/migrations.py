"""The schema of the database as a list of named steps. A step that was released is never changed; a new one is added.

The search index holds what was said and answered. It is an FTS5 table with external content: the words are in the
index, the text only in `turns`, and triggers keep the two in step. Prefix indexes of two and three letters make search
while typing quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

SET = "duet"
APPLICATION_ID = 0x44756574
"""Says that a SQLite file is Duet's ("Duet" in ASCII), in the header of the file."""


def migrations() -> Migrations:
    """All steps, in their order."""
    from sqlite_utils import Migrations  # slow to import

    steps = Migrations(SET)
    for step in STEPS:
        steps()(step)
    return steps


def mark_the_file(db: Database) -> None:
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def conversations_and_turns(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL DEFAULT '',
            started_at TEXT NOT NULL,
            updated_at TEXT NOT NULL
        )""",
        "CREATE INDEX conversations_by_activity ON conversations (updated_at)",
        # `number` is the order in which turns were begun, and the row number that the search index refers to.
        """CREATE TABLE turns (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            owner TEXT NOT NULL,
            started_at TEXT NOT NULL,
            source TEXT NOT NULL,
            text TEXT NOT NULL,
            confidence REAL,
            state TEXT NOT NULL,
            answer TEXT NOT NULL,
            answer_model TEXT NOT NULL,
            first_token_ms REAL,
            tokens INTEGER NOT NULL,
            tokens_per_s REAL,
            heard_by_user TEXT NOT NULL,
            verdict TEXT,
            refinement TEXT NOT NULL,
            refinement_model TEXT,
            refinement_ms REAL,
            refinement_why TEXT NOT NULL,
            tools TEXT NOT NULL,
            final TEXT NOT NULL,
            plan TEXT NOT NULL,
            marks_ms TEXT NOT NULL
        )""",
        "CREATE INDEX turns_of_conversation ON turns (conversation, number)",
        "CREATE INDEX turns_answering ON turns (owner) WHERE state = 'answering'",
    )


def search_index(db: Database) -> None:
    _run(
        db,
        """CREATE VIRTUAL TABLE turns_fts USING fts5 (
            text, answer, refinement,
            content = 'turns', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
        )""",
        """CREATE TRIGGER turns_inserted AFTER INSERT ON turns BEGIN
            INSERT INTO turns_fts (rowid, text, answer, refinement)
            VALUES (new.number, new.text, new.answer, new.refinement);
        END""",
        """CREATE TRIGGER turns_deleted AFTER DELETE ON turns BEGIN
            INSERT INTO turns_fts (turns_fts, rowid, text, answer, refinement)
            VALUES ('delete', old.number, old.text, old.answer, old.refinement);
        END""",
        """CREATE TRIGGER turns_changed AFTER UPDATE OF text, answer, refinement ON turns
        WHEN old.text <> new.text OR old.answer <> new.answer OR old.refinement <> new.refinement BEGIN
            INSERT INTO turns_fts (turns_fts, rowid, text, answer, refinement)
            VALUES ('delete', old.number, old.text, old.answer, old.refinement);
            INSERT INTO turns_fts (rowid, text, answer, refinement)
            VALUES (new.number, new.text, new.answer, new.refinement);
        END""",
    )


def measurements(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE measurements (
            number INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            name TEXT NOT NULL,
            value REAL NOT NULL,
            unit TEXT NOT NULL,
            model TEXT NOT NULL,
            turn TEXT
        )""",
        "CREATE INDEX measurements_by_name ON measurements (name, model, number)",
    )


def pause_habits(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE pause_habits (
            user TEXT PRIMARY KEY,
            inside REAL NOT NULL,
            ends REAL NOT NULL,
            excess_s REAL NOT NULL,
            updated_at TEXT NOT NULL
        )""",
    )


def kept_answers(db: Database) -> None:
    _run(db, "ALTER TABLE turns ADD COLUMN kept TEXT NOT NULL DEFAULT ''")


def measurements_of_turns(db: Database) -> None:
    _run(db, "CREATE INDEX measurements_by_turn ON measurements (turn) WHERE name = 'fell_back'")


def alarms(db: Database) -> None:
    """What is set and has not rung. Times are ISO 8601 in UTC with milliseconds, so they sort as text."""
    _run(
        db,
        """CREATE TABLE alarms (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            label TEXT NOT NULL,
            length_s REAL,
            set_at TEXT NOT NULL,
            due_at TEXT NOT NULL
        )""",
        "CREATE INDEX alarms_by_due ON alarms (due_at)",
    )


def notes_and_lists(db: Database) -> None:
    _run(
        db,
        """CREATE TABLE notes (
            number INTEGER PRIMARY KEY,
            text TEXT NOT NULL,
            written_at TEXT NOT NULL
        )""",
        # Porter's stems find "the keys" by "key"; words of other languages are hardly harmed.
        """CREATE VIRTUAL TABLE notes_fts USING fts5 (
            text, content = 'notes', content_rowid = 'number', tokenize = 'porter unicode61 remove_diacritics 2'
        )""",
        """CREATE TRIGGER notes_inserted AFTER INSERT ON notes BEGIN
            INSERT INTO notes_fts (rowid, text) VALUES (new.number, new.text);
        END""",
        """CREATE TRIGGER notes_deleted AFTER DELETE ON notes BEGIN
            INSERT INTO notes_fts (notes_fts, rowid, text) VALUES ('delete', old.number, old.text);
        END""",
        """CREATE TABLE list_items (
            number INTEGER PRIMARY KEY,
            list TEXT NOT NULL COLLATE NOCASE,
            item TEXT NOT NULL COLLATE NOCASE,
            added_at TEXT NOT NULL,
            UNIQUE (list, item)
        )""",
    )


def tool_calls(db: Database) -> None:
    _run(db, "ALTER TABLE turns ADD COLUMN calls TEXT NOT NULL DEFAULT '[]'")


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


STEPS = (
    mark_the_file,
    conversations_and_turns,
    search_index,
    measurements,
    pause_habits,
    kept_answers,
    measurements_of_turns,
    alarms,
    notes_and_lists,
    tool_calls,
)
"""The order in which they were released."""
