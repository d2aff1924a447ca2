"""The tools for notes: write one, find some, delete one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from app.errors import BadInput
from app.store.notes import Note, NoteTable
from app.tools.base import Arguments, Result, Risk, Situation, Tool
from app.tools.phrases import searchable, turned
from app.tools.services import Services
from app.tools.wording import counted, moment, sentence

MOST_CHARACTERS = 2000
MOST_FOUND = 20
READ_OUT = 2
"""So many notes are said; the others are in the values."""


class AddNoteArguments(Arguments):
    text: str = Field(min_length=1, max_length=MOST_CHARACTERS, description="the note, in the user's own words")


class FindNotesArguments(Arguments):
    about: str = Field(default="", max_length=200, description="words of the note; empty for the newest notes")


class DeleteNoteArguments(Arguments):
    about: str = Field(default="", max_length=200, description="words of the note that is meant; empty for the newest")


class _OfNotes:
    """A tool that works with the notes."""

    def __init__(self, table: NoteTable) -> None:
        self._notes = table

    def _about(self, words: str, limit: int) -> list[Note]:
        return self._notes.find(searchable(words), limit) if words else self._notes.newest(limit)


class AddNote(_OfNotes, Tool[AddNoteArguments]):
    """Writes one down."""

    name: ClassVar[str] = "add_note"
    description: ClassVar[str] = "Write down something the user wants to remember, for 'note that ...'."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = AddNoteArguments

    async def run(self, arguments: AddNoteArguments, situation: Situation) -> Result:
        note = self._notes.add(arguments.text, situation.now)
        return Result(text=f"Noted: {sentence(note.text)}", values={"note": _value(note, situation.now)}, exact=True)

    def question(self, arguments: AddNoteArguments) -> str:
        return f"Shall I write down: {sentence(arguments.text)}"


class FindNotes(_OfNotes, Tool[FindNotesArguments]):
    """Finds what was written down."""

    name: ClassVar[str] = "find_notes"
    description: ClassVar[str] = "Find the user's own notes by words, for 'what did I note about the key'."
    arguments: ClassVar[type[Arguments]] = FindNotesArguments

    async def run(self, arguments: FindNotesArguments, situation: Situation) -> Result:
        now = situation.now
        found = self._about(arguments.about, MOST_FOUND)
        values = {"notes": [_value(note, now) for note in found]}
        if not found:
            about = f" about {turned(arguments.about)}" if arguments.about else ""
            return Result(text=f"There is no note{about}.", values=values)
        said = [f"You noted {moment(note.written_at, now)}: {sentence(note.text)}" for note in found[:READ_OUT]]
        if len(found) > READ_OUT:
            more = "20 or more" if len(found) == MOST_FOUND else str(len(found))
            said.insert(
                0,
                f"There are {more} such notes, and these are the newest two."
                if not arguments.about
                else f"There are {more} such notes.",
            )
        return Result(text=" ".join(said), values=values)


class DeleteNote(_OfNotes, Tool[DeleteNoteArguments]):
    """Deletes one for good."""

    name: ClassVar[str] = "delete_note"
    description: ClassVar[str] = "Delete one of the user's notes, found by its words."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = DeleteNoteArguments

    async def run(self, arguments: DeleteNoteArguments, situation: Situation) -> Result:
        note = self._meant(arguments)
        self._notes.delete([note])
        return Result(text=f"Deleted: {sentence(note.text)}", values={"note": _value(note, situation.now)}, exact=True)

    def question(self, arguments: DeleteNoteArguments) -> str:
        return f'Shall I delete the note "{self._meant(arguments).text}"?'

    def _meant(self, arguments: DeleteNoteArguments) -> Note:
        found = self._about(arguments.about, MOST_FOUND)
        if not found:
            about = f" about {turned(arguments.about)}" if arguments.about else ""
            raise BadInput(f"There is no note{about}.")
        if arguments.about and len(found) > 1:
            first = " and ".join(f'"{note.text}"' for note in found[:READ_OUT])
            raise BadInput(f"{counted(len(found), 'note')} have these words, {first} among them; say more of the one.")
        return found[0]


def _value(note: Note, now: datetime) -> dict[str, Any]:
    at = note.written_at.astimezone(now.tzinfo).isoformat(timespec="seconds")
    return {"text": note.text, "written_at": at}


def tools(services: Services) -> Sequence[Tool[Any]]:
    table = NoteTable(services.store)
    return AddNote(table), FindNotes(table), DeleteNote(table)
