"""Runs tools: finds them, validates their arguments, asks where the risk demands it, and keeps their time.

Every failure is an `Outcome` with one sentence; only `Cancelled` and cancellation go through.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from app.errors import BadInput, DuetError
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
        """The call that `text` as a whole commands, or None."""
        return next((call for intent in self._intents if (call := intent(text, now)) is not None), None)

    def hints(self, text: str, now: datetime) -> list[Call]:
        """Calls that only read and that decide something mentioned in `text`."""
        return [call for hint in self._hints if (call := hint(text, now)) is not None]

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
        """The tool and its arguments. Raises `BadInput` for a tool that there is not and arguments that do not fit."""
        tool = self._tools.get(call.tool)
        if tool is None:
            raise BadInput(f"There is no tool {call.tool}; there are {', '.join(self._tools) or 'none'}.")
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

        def outcome(result: Result | None, error: str | None) -> Outcome:
            return Outcome(call=call, result=result, error=error, elapsed_ms=(clock() - began) * 1000)

        try:
            tool, arguments = self.validated(call)
            question = self.needs_asking(call, commanded=commanded)
            if question is not None and not await ask(call, question):
                return outcome(None, f"{call.tool} was not allowed.")
            began = clock()  # the user's time to think is not the tool's
            async with asyncio.timeout(tool.timeout_s):
                return outcome(await tool.run(arguments, situation), None)
        except DuetError as error:
            return outcome(None, str(error))
        except TimeoutError:
            return outcome(None, f"{call.tool} took longer than {tool.timeout_s:g} s.")
        except Exception:  # a tool of somebody else's may raise anything; the turn goes on
            log.exception("the tool %s failed", call.tool)
            return outcome(None, f"{call.tool} failed; the log says why.")
