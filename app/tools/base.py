"""What a tool is: a name, arguments with a schema, a risk, and a result that can be both spoken and compared.

Nothing here runs anything; `app.tools.toolbox` does. Tools are found through the entry point group `duet.tools`, whose
entries are functions `(Services) -> Sequence[Tool]`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Risk = Literal["read", "write", "outside"]
"""read: changes nothing. write: changes what Duet keeps. outside: acts on the machine beyond Duet. The last two ask
first, unless the user's own words were the very command to write."""


class Arguments(BaseModel):
    """Base of every tool's arguments. Whatever a model makes up besides them is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """In what situation a tool runs. `now` is aware, in the user's own time zone."""

    now: datetime
    conversation: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a tool found or did.

    text: one or two sentences as they are said to the user. values: the same as plain JSON values, for models and for
    the verdict. exact: the tool decides; an answer that says otherwise is wrong.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to be run, with arguments that nobody has validated yet."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a call. Exactly one of `result` and `error` (a sentence) is set.

    refused: the error is the tool's own word on what it was asked, which is an answer; otherwise the tool failed.
    """

    call: Call
    result: Result | None = None
    error: str | None = None
    refused: bool = False
    elapsed_ms: float = 0.0


class Tool(ABC, Generic[ArgumentsT]):
    """One thing that the assistant can do.

    name: what models call it, in snake case. description: one sentence for a model, of when to use it.
    arguments: the model of its arguments; field descriptions are part of what models see.
    timeout_s: a run that takes longer has failed.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    risk: ClassVar[Risk] = "read"
    arguments: ClassVar[type[Arguments]] = Arguments
    timeout_s: ClassVar[float] = 5.0

    @abstractmethod
    async def run(self, arguments: ArgumentsT, situation: Situation) -> Result:
        """Do it. Raises `BadInput` with a sentence for what cannot be done with these arguments."""

    def question(self, arguments: ArgumentsT) -> str:
        """What the user is asked before a tool that writes or reaches outside runs: "Shall I ...?"."""
        return f"Shall I use {self.name.replace('_', ' ')}?"


Intent = Callable[[str, datetime], Call | None]
"""Recognises a command in the user's words (as they were written or heard): a call, or None.

An intent answers only for a whole utterance that can mean nothing else; what it does not know it leaves to the models.
"""
