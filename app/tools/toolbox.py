"""Runs tools: finds them, validates their arguments, asks where the risk demands it, and keeps their time.

Every failure is an `Outcome` with one sentence; only `Cancelled` and cancellation go through.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from app.errors import BadInput, Cancelled, DuetError
from app.tools.base import Arguments, Call, Intent, Outcome, Result, Situation, Tool

log = logging.getLogger(__name__)

Ask = Callable[[Call, str], Awaitable[bool]]
"""Asks the user a question about a call; true if it may run."""


async def never(call: Call, question: str) -> bool:
    """Nobody can be asked: nothing that would need it may run."""
    return False


class Toolbox:
    """The tools at hand and the intents that recognise direct commands to them.

    Raises `ValueError` for two tools of one name: that is a mistake of whoever put the box together.
    """

    def __init__(
        self, tools: Iterable[Tool[Any]], intents: Sequence[Intent] = (), hints: Sequence[Intent] = ()
    ) -> None:
        """hints: like intents, but for a command that is only part of what was said; their tools only read."""
        self._tools: dict[str, Tool[Any]] = {}
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool
        self._intents = tuple(intents)
        self._hints = tuple(hints)

    @property
    def tools(self) -> Mapping[str, Tool[Any]]:
        return self._tools

    def reflex(self, text: str, now: datetime) -> Call | None:
        """The call that `text` as a whole commands, or None. Commands to tools that are not in the box are none."""
        return next(self._recognised(self._intents, text, now), None)

    def hints(self, text: str, now: datetime) -> list[Call]:
        """Calls that only read and that decide something mentioned in `text`."""
        return [call for call in self._recognised(self._hints, text, now) if self._tools[call.tool].risk == "read"]

    def _recognised(self, intents: Sequence[Intent], text: str, now: datetime) -> Iterator[Call]:
        for intent in intents:
            try:
                call = intent(text, now)
            except Exception:  # every turn goes through here; one intent's mistake must not cost the answer
                log.exception("an intent failed")
                continue
            if call is not None and call.tool in self._tools:
                yield call

    def schemas(self) -> list[dict[str, Any]]:
        """Name, description and JSON schema of the arguments of each tool, as models are shown them."""
        return [
            {"name": tool.name, "description": tool.description, "arguments": tool.arguments.model_json_schema()}
            for tool in self._tools.values()
        ]

    def needs_asking(self, call: Call, *, commanded: bool) -> str | None:
        """The question to be asked before the call, None if it may run at once. Raises `BadInput` as `validated` does.

        commanded: the user's own words were this very command, as an intent found.
        """
        tool, arguments = self.validated(call)
        if tool.risk == "read" or (tool.risk == "write" and commanded):
            return None
        return tool.question(arguments)

    def validated(self, call: Call) -> tuple[Tool[Any], Arguments]:
        """The tool and its arguments. Raises `BadInput` for an unknown tool and for arguments that do not fit."""
        tool = self._tools.get(call.tool)
        if tool is None:
            raise BadInput(f"There is no tool {call.tool}; there are {', '.join(self._tools) or 'none'}.")
        if not isinstance(call.arguments, Mapping):
            raise BadInput(f"{call.tool} needs its arguments by name.")
        try:
            return tool, tool.arguments.model_validate(dict(call.arguments))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the arguments"
            raise BadInput(f"{call.tool} cannot use {where}: {first['msg'].removeprefix('Value error, ')}.") from None

    async def run(self, call: Call, situation: Situation, *, commanded: bool = False, ask: Ask = never) -> Outcome:
        """Validate, ask if need be, run within the tool's time."""
        clock = asyncio.get_running_loop().time
        began = clock()
        deadline: asyncio.Timeout | None = None

        def outcome(result: Result | None, error: str | None, refused: bool = False) -> Outcome:
            return Outcome(call=call, result=result, error=error, refused=refused, elapsed_ms=(clock() - began) * 1000)

        try:
            tool, arguments = self.validated(call)
            question = self.needs_asking(call, commanded=commanded)
            if question is not None and not await ask(call, question):
                return outcome(None, f"{call.tool} was not allowed.", refused=True)
            began = clock()  # the user's time to think is not the tool's
            async with asyncio.timeout(tool.timeout_s) as deadline:
                result = await tool.run(arguments, situation)
            if not isinstance(result, Result):
                raise TypeError(f"{call.tool} returned {type(result).__name__}")
            return outcome(result, None)
        except Cancelled:
            raise
        except BadInput as error:
            return outcome(None, str(error) or f"{call.tool} failed.", refused=True)
        except DuetError as error:
            return outcome(None, str(error) or f"{call.tool} failed.")
        except TimeoutError:
            if deadline is None or not deadline.expired():  # the tool's own
                log.exception("the tool %s failed", call.tool)
                return outcome(None, f"{call.tool} failed; the log says why.")
            return outcome(None, f"{call.tool} took longer than {tool.timeout_s:g} s.")
        except Exception:  # a tool of somebody else's may raise anything; the turn goes on
            log.exception("the tool %s failed", call.tool)
            return outcome(None, f"{call.tool} failed; the log says why.")
