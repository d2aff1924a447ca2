"""The tools for lists: put things on one, say what is on it, take things off, empty it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from app.errors import BadInput
from app.store.notes import NoteTable
from app.tools.base import Arguments, Result, Risk, Situation, Tool
from app.tools.services import Services
from app.tools.wording import counted, joined, sentence

USUAL = "shopping"
"""The list that is meant where none was named and none, or several, are there."""

MOST_ITEMS = 50
READ_OUT = 12
Item = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
ListName = Field(
    default="", max_length=50, description="the list's name without the word list, e.g. shopping; empty for the usual"
)


class OfListArguments(Arguments):
    list: str = ListName


class ItemsArguments(OfListArguments):
    items: tuple[Item, ...] = Field(min_length=1, max_length=MOST_ITEMS, description="the things, one string each")


class _OfLists:
    """A tool that works with the lists."""

    def __init__(self, table: NoteTable) -> None:
        self._lists = table

    def _name(self, said: str) -> str:
        """The list that is meant; as it is called where it is there."""
        there = list(self._lists.lists())
        if not said:
            return there[0] if len(there) == 1 else USUAL
        return next((name for name in there if name.casefold() == said.casefold()), said)

    def _empty(self, name: str) -> str:
        """That there is nothing on a list, and which lists there are."""
        others = [counted_things(count, each) for each, count in self._lists.lists().items() if each != name]
        return f"There is nothing on the {name} list" + (f"; there {_be(others)} {joined(others)}." if others else ".")


def counted_things(count: int, name: str) -> str:
    return f"{counted(count, 'thing')} on the {name} list"


def _be(parts: Sequence[str]) -> str:
    return "is" if parts[0].startswith("1 ") else "are"


def _are(items: Sequence[str]) -> str:
    """ "is" for one thing, unless it looks like several: "milk is", "eggs are", "hummus is"."""
    plural = items[0].endswith("s") and not items[0].endswith(("ss", "us", "is"))
    return "are" if len(items) > 1 or plural else "is"


class AddToList(_OfLists, Tool[ItemsArguments]):
    """Puts things on a list."""

    name: ClassVar[str] = "add_to_list"
    description: ClassVar[str] = "Put things on one of the user's lists, for 'put milk and eggs on the shopping list'."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = ItemsArguments

    async def run(self, arguments: ItemsArguments, situation: Situation) -> Result:
        name = self._name(arguments.list)
        new = self._lists.put(name, arguments.items, situation.now)
        old = [item for item in arguments.items if item not in new]
        said = [sentence(f"{joined(new)} {_are(new)} on the {name} list now")] if new else []
        said += [sentence(f"{joined(old)} {_are(old)} on {'it' if new else f'the {name} list'} already")] if old else []
        values = {"list": name, "added": new, "items": self._lists.items(name)}
        return Result(text=" ".join(said), values=values, exact=True)

    def question(self, arguments: ItemsArguments) -> str:
        return f"Shall I put {joined(arguments.items)} on the {self._name(arguments.list)} list?"


class ShowList(_OfLists, Tool[OfListArguments]):
    """Says what is on a list."""

    name: ClassVar[str] = "show_list"
    description: ClassVar[str] = "What is on one of the user's lists, for 'what's on my shopping list'."
    arguments: ClassVar[type[Arguments]] = OfListArguments

    async def run(self, arguments: OfListArguments, situation: Situation) -> Result:
        name = self._name(arguments.list)
        items = self._lists.items(name)
        values = {"list": name, "items": items}
        if not items:
            return Result(text=self._empty(name), values=values, exact=True)
        if len(items) > READ_OUT:
            text = f"There are {counted_things(len(items), name)}; the first are {joined(items[:READ_OUT])}."
        else:
            text = sentence(f"{joined(items)} {_are(items)} on the {name} list")
        return Result(text=text, values=values, exact=True)


class RemoveFromList(_OfLists, Tool[ItemsArguments]):
    """Takes things off a list."""

    name: ClassVar[str] = "remove_from_list"
    description: ClassVar[str] = "Take things off one of the user's lists, for 'take milk off the list'."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = ItemsArguments

    async def run(self, arguments: ItemsArguments, situation: Situation) -> Result:
        name = self._with(arguments)
        there = self._lists.items(name)
        meant = {wanted: _closest(wanted, there) for wanted in arguments.items}
        gone = self._lists.take(name, dict.fromkeys(item for item in meant.values() if item is not None))
        missing = [wanted for wanted, item in meant.items() if item is None]
        if not gone:
            raise BadInput(sentence(f"{joined(missing)} {_are(missing)} not on the {name} list"))
        text = sentence(f"{joined(gone)} {_are(gone)} off the {name} list")
        if missing:
            text += " " + sentence(f"{joined(missing)} {'were' if _are(missing) == 'are' else 'was'} not on it")
        return Result(text=text, values={"list": name, "removed": gone, "items": self._lists.items(name)}, exact=True)

    def question(self, arguments: ItemsArguments) -> str:
        return f"Shall I take {joined(arguments.items)} off the {self._with(arguments)} list?"

    def _with(self, arguments: ItemsArguments) -> str:
        """The list that is meant: where none was named, one that has such a thing on it."""
        if arguments.list:
            return self._name(arguments.list)
        for name in self._lists.lists():
            if any(_closest(item, self._lists.items(name)) for item in arguments.items):
                return name
        return self._name("")


class ClearList(_OfLists, Tool[OfListArguments]):
    """Empties a list."""

    name: ClassVar[str] = "clear_list"
    description: ClassVar[str] = "Take everything off one of the user's lists."
    risk: ClassVar[Risk] = "write"
    arguments: ClassVar[type[Arguments]] = OfListArguments

    async def run(self, arguments: OfListArguments, situation: Situation) -> Result:
        name = self._name(arguments.list)
        count = self._lists.clear(name)
        if not count:
            raise BadInput(self._empty(name))
        things = "the one thing that was" if count == 1 else f"the {count} things that were"
        return Result(
            text=f"The {name} list is empty now; {things} on it {'is' if count == 1 else 'are'} gone.",
            values={"list": name, "removed": count},
            exact=True,
        )

    def question(self, arguments: OfListArguments) -> str:
        name = self._name(arguments.list)
        count = len(self._lists.items(name))
        if not count:
            raise BadInput(self._empty(name))
        return f"Shall I take everything off the {name} list? There {'is' if count == 1 else 'are'} {count} on it."


def _closest(wanted: str, items: Sequence[str]) -> str | None:
    """The item that is meant: the same, one or many of it, or the only one that has its words."""
    known = {_singular(item): item for item in items}
    if _singular(wanted) in known:
        return known[_singular(wanted)]
    words = set(_singular(wanted).split())
    holding = [item for item in items if words <= set(_singular(item).split())]
    return holding[0] if len(holding) == 1 else None


def _singular(item: str) -> str:
    words = item.casefold().removeprefix("the ").removeprefix("some ").split()
    return " ".join(word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words)


def tools(services: Services) -> Sequence[Tool[Any]]:
    table = NoteTable(services.store)
    return AddToList(table), ShowList(table), RemoveFromList(table), ClearList(table)
