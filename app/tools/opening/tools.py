"""The tools `open_application` and `open_file`. Both act beyond Duet, so the user is asked, by the very name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from app.tools.base import Arguments, Result, Risk, Situation, Tool
from app.tools.opening.opener import Opener
from app.tools.services import Services


class ApplicationArguments(Arguments):
    name: str = Field(min_length=1, max_length=100, description="the application's name, e.g. Firefox")


class FileArguments(Arguments):
    path: str = Field(
        min_length=1,
        max_length=2000,
        description="a path, the name of a file in the user's folders, a folder such as downloads, or a web address "
        "that the user gave",
    )


class OpenApplication(Tool[ApplicationArguments]):
    """Starts an application of this computer."""

    name: ClassVar[str] = "open_application"
    description: ClassVar[str] = "Open an application that is installed on this computer, for 'open Firefox'."
    risk: ClassVar[Risk] = "outside"
    arguments: ClassVar[type[Arguments]] = ApplicationArguments

    def __init__(self, opener: Opener) -> None:
        self._opener = opener

    async def run(self, arguments: ApplicationArguments, situation: Situation) -> Result:
        found = await asyncio.to_thread(self._opener.find, arguments.name)
        await self._opener.open_application(found)
        return Result(text=f"{found.name} is opening.", values={"application": found.name}, exact=True)

    def question(self, arguments: ApplicationArguments) -> str:
        found = self._opener.find(arguments.name)
        return f"Shall I open the application {found.name} ({' '.join(found.start)})?"


class OpenFile(Tool[FileArguments]):
    """Opens a file, a folder or a web page with the usual program for it."""

    name: ClassVar[str] = "open_file"
    description: ClassVar[str] = "Open a file, a folder or a web page that the user named, in its usual program."
    risk: ClassVar[Risk] = "outside"
    arguments: ClassVar[type[Arguments]] = FileArguments

    def __init__(self, opener: Opener) -> None:
        self._opener = opener

    async def run(self, arguments: FileArguments, situation: Situation) -> Result:
        found = await asyncio.to_thread(self._opener.target, arguments.path)
        await self._opener.open_target(found)
        short = found.address if found.path is None else found.path.name or str(found.path)
        return Result(text=f"{short} is opening.", values={"opened": found.address}, exact=True)

    def question(self, arguments: FileArguments) -> str:
        return f"Shall I open {self._opener.target(arguments.path).spoken}?"


def tools(services: Services) -> Sequence[Tool[Any]]:
    """Both; none where nothing can be opened."""
    if services.opener is None:
        return ()
    return OpenApplication(services.opener), OpenFile(services.opener)
