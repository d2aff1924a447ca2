"""The tool `search_conversations`: finds past turns by their words and says when they were and what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from app.store import Store, Turn
from app.tools.base import Arguments, Result, Situation, Tool
from app.tools.conversations.intents import recall_intent
from app.tools.phrases import searchable, turned
from app.tools.services import Services
from app.tools.wording import moment

MOST_FOUND = 20
MOST_SHOWN = 5
"""Turns in the values; a model need not read more."""

QUESTION_CHARACTERS, ANSWER_CHARACTERS = 120, 200
"""So much of a turn is said; it was heard before."""


class SearchArguments(Arguments):
    words: str = Field(min_length=1, max_length=200, description="the words to look for, e.g. boiler")


class SearchConversations(Tool[SearchArguments]):
    """What was asked and answered before."""

    name: ClassVar[str] = "search_conversations"
    description: ClassVar[str] = "Search what the user and you said in earlier conversations, by words."
    arguments: ClassVar[type[Arguments]] = SearchArguments

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self, arguments: SearchArguments, situation: Situation) -> Result:
        turns = await asyncio.to_thread(self._find, arguments.words, situation.now)  # of a million turns: 50 ms
        about = turned(arguments.words)
        values = {"found": len(turns), "turns": [_value(turn, situation.now) for turn in turns[:MOST_SHOWN]]}
        if not turns:
            return Result(text=f"We have not talked about {about} so far.", values=values)
        return Result(text=_said(turns, about, situation.now), values=values)

    def _find(self, words: str, now: datetime) -> list[Turn]:
        """Newest first. Neither the question that is being answered nor others about the past are meant."""
        hits = [
            hit for hit in self._store.search(searchable(words), MOST_FOUND) if recall_intent(hit.text, now) is None
        ]
        turns = [self._store.turn(hit.turn) for hit in hits]
        return [turn for turn in turns if turn.state != "answering"]


def _said(turns: Sequence[Turn], words: str, now: datetime) -> str:
    """One sentence of when and what was asked, one of what was answered."""
    turn = turns[0]
    times = f"{len(turns)} times, last" if len(turns) < MOST_FOUND else f"{MOST_FOUND} times or more, last"
    when = moment(datetime.fromisoformat(turn.started_at), now)
    often = f"We talked about {words} {times} {when}" if len(turns) > 1 else f"We talked about {words} {when}"
    asked = f'{often}: you said "{_shortened(turn.text, QUESTION_CHARACTERS)}"'
    answer = turn.final or turn.answer
    if not answer:
        return f"{asked}."
    return f'{asked} and I answered "{_shortened(answer, ANSWER_CHARACTERS)}"'


def _shortened(text: str, most: int) -> str:
    """On one line, cut between words."""
    line = " ".join(text.replace('"', "'").split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _value(turn: Turn, now: datetime) -> dict[str, Any]:
    at = datetime.fromisoformat(turn.started_at).astimezone(now.tzinfo).isoformat(timespec="seconds")
    answer = _shortened(turn.final or turn.answer, 2 * ANSWER_CHARACTERS)
    return {"turn": turn.id, "conversation": turn.conversation, "at": at, "said": turn.text, "answered": answer}


def tools(services: Services) -> Sequence[Tool[Any]]:
    return (SearchConversations(services.store),)
