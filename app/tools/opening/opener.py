"""Finds applications and opens things on Linux, macOS and Windows, never through a shell.

What may be opened is decided in `targets`; who asks the user is the toolbox. The parts for macOS and Windows look in
folders like the one for Linux, and only their last step, the system's own command, has not been run here.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from app.errors import BadInput, EngineUnavailable
from app.tools.opening import desktop_entries
from app.tools.opening.targets import Target, target
from app.tools.wording import joined

FAILS_WITHIN_S = 1.0
"""A program that is still there after so long has started."""

FRESH_S = 60.0
"""The list of applications is read again after so long."""

CLOSE = 0.8
"""Two names as alike as that (difflib's ratio) are the same, misheard: "fire fox", "libre office"."""

_GENERIC = re.compile(r"^(?:the|my|a|an)\s+|\s+(?:app|application|program)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application of this computer. start: the command, or the one file that the system opens."""

    name: str
    names: tuple[str, ...]
    start: tuple[str, ...]
    terminal: bool = False
    folder: str = ""


@dataclass(slots=True, kw_only=True)
class Opener:
    """This computer's applications and how to open things. All fields have the real ones by default."""

    platform: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    _applications: Sequence[Application] = ()
    _read_at: float = -FRESH_S

    # -- applications ----------------------------------------------------------------------------------------------

    def applications(self) -> Sequence[Application]:
        """Those that a menu would show; read from the disk at most once in `FRESH_S`."""
        if time.monotonic() - self._read_at >= FRESH_S:
            self._applications = self._read()
            self._read_at = time.monotonic()
        return self._applications

    def _read(self) -> list[Application]:
        if self.platform == "darwin":
            return _bundles([Path("/Applications"), Path("/System/Applications"), self.home / "Applications"])
        if self.platform == "win32":
            roots = [self.environment.get(name) for name in ("PROGRAMDATA", "APPDATA")]
            return _shortcuts([Path(root) / "Microsoft/Windows/Start Menu/Programs" for root in roots if root])
        folders = desktop_entries.application_folders(self.environment, self.home)
        return [
            Application(
                name=entry.name, names=entry.names, start=entry.command, terminal=entry.terminal, folder=entry.folder
            )
            for entry in desktop_entries.entries(folders)
        ]

    def find(self, said: str) -> Application:
        """The application that the user means. Raises `BadInput` if there is none, or more than one."""
        wanted = plain_name(said)
        best: dict[str, Application] = {}
        best_score = CLOSE
        for application in self.applications():
            score = max(_likeness(wanted, plain_name(name), proper=i == 0) for i, name in enumerate(application.names))
            if score > best_score + 1e-9:
                best, best_score = {}, score
            if score >= best_score - 1e-9:
                best.setdefault(application.name, application)
        if not best:
            raise BadInput(f"There is no application called {_GENERIC.sub('', said.strip()) or said}.")
        if len(best) > 1:
            raise BadInput(f"There are several such applications: {joined(sorted(best))}; say which one.")
        found = next(iter(best.values()))
        if found.terminal:
            raise BadInput(f"{found.name} runs in a terminal; start it from there.")
        return found

    def knows(self, said: str) -> bool:
        """Whether an application is called exactly so."""
        wanted = plain_name(said)
        return any(wanted == plain_name(name) for app in self.applications() for name in app.names)

    async def open_application(self, application: Application) -> None:
        """Start it; it outlives Duet. Raises `EngineUnavailable` if it ends at once with an error."""
        if self.platform == "darwin":
            await self._run(application.name, ["open", "-a", *application.start])
        elif self.platform == "win32":
            self._startfile(application.start[0])
        else:
            await self._run(application.name, application.start, application.folder)

    # -- files and pages -------------------------------------------------------------------------------------------

    def target(self, said: str) -> Target:
        """What is meant by a path, an address or a name. Raises `BadInput`."""
        return target(said, self.known_folders(), self.home)

    def known_folders(self) -> dict[str, Path]:
        """The user's own folders that are there, by the names that people give them."""
        import platformdirs

        named = {
            "downloads": platformdirs.user_downloads_dir,
            "documents": platformdirs.user_documents_dir,
            "desktop": platformdirs.user_desktop_dir,
            "pictures": platformdirs.user_pictures_dir,
            "music": platformdirs.user_music_dir,
            "videos": platformdirs.user_videos_dir,
        }
        real = self.home == Path.home()
        found = {name: Path(give()) if real else self.home / name.capitalize() for name, give in named.items()}
        return {**{name: path for name, path in found.items() if path.is_dir()}, "home": self.home}

    async def open_target(self, wanted: Target) -> None:
        """Open it with what the system has for it. Raises `EngineUnavailable` if the system cannot."""
        if self.platform == "win32":
            self._startfile(wanted.address)
        else:
            await self._run(wanted.address, ["open" if self.platform == "darwin" else "xdg-open", wanted.address])

    # -- processes -------------------------------------------------------------------------------------------------

    async def _run(self, what: str, command: Sequence[str], folder: str = "") -> None:
        """Run a command that may outlive Duet."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()
        try:
            process = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for: it belongs to the user from here on
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder if folder and Path(folder).is_dir() else self.home,  # noqa: ASYNC240
                env=dict(self.environment),
                start_new_session=True,
            )
        except FileNotFoundError:
            raise EngineUnavailable(f"{what} cannot be opened: this computer has no command {command[0]}.") from None
        except OSError as error:
            raise EngineUnavailable(f"{what} cannot be opened: {error.strerror}.") from None

        def tell(code: int) -> None:
            if not ended.done():
                ended.set_result(code)

        def reap() -> None:
            code = process.wait()  # nobody else does: it would stay as a zombie
            try:
                loop.call_soon_threadsafe(tell, code)
            except RuntimeError:
                pass  # the loop is closed, long after anybody asked

        threading.Thread(target=reap, name=f"opened {process.pid}", daemon=True).start()
        try:
            async with asyncio.timeout(FAILS_WITHIN_S):
                code = await ended
        except TimeoutError:
            return
        if code != 0:
            raise EngineUnavailable(f"{what} could not be opened: {Path(command[0]).name} ended with code {code}.")

    def _startfile(self, path: str) -> None:
        try:
            os.startfile(path)  # type: ignore[attr-defined,unused-ignore]  # noqa: S606 - the checked path itself
        except (OSError, AttributeError) as error:
            raise EngineUnavailable(f"{path} cannot be opened: {error}.") from None


def plain_name(name: str) -> str:
    """A name without case, articles, punctuation and "app"."""
    return " ".join(re.findall(r"[^\W_]+", _GENERIC.sub("", name.strip()).casefold()))


def _likeness(wanted: str, name: str, *, proper: bool) -> float:
    """1 for the very name, less for its words, for names of the kind of program, and for what sounds like it."""
    if not wanted or not name:
        return 0.0
    scale = 1.0 if proper else 0.95
    if wanted == name:
        return scale
    if wanted.replace(" ", "") == name.replace(" ", ""):
        return 0.98 * scale
    if set(wanted.split()) <= set(name.split()):
        return 0.9 * scale
    alike = SequenceMatcher(None, wanted, name).ratio()
    return 0.95 * alike * scale if alike >= CLOSE / 0.9 else 0.0


def _bundles(folders: Sequence[Path]) -> list[Application]:
    """Application bundles of macOS: the folder's name is the application's."""
    found = [path for folder in folders for path in (*folder.glob("*.app"), *folder.glob("*/*.app"))]
    return [Application(name=path.stem, names=(path.stem,), start=(str(path),)) for path in sorted(found)]


def _shortcuts(folders: Sequence[Path]) -> list[Application]:
    """Shortcuts of the Start menu on Windows, without those that remove or explain something."""
    found = sorted(path for folder in folders for path in folder.rglob("*.lnk"))
    wanted = [path for path in found if not re.match(r"uninstall|remove|readme|help\b", path.stem, re.IGNORECASE)]
    return [Application(name=path.stem, names=(path.stem,), start=(str(path),)) for path in wanted]
