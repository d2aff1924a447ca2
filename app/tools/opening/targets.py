"""What may be opened by name: files and folders that are there, and web pages. Opens nothing.

Refused: programs and scripts of any kind, since opening one would run it; other addresses than of web pages; files of
other computers, since asking for one can already give away who asks.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.errors import BadInput
from app.tools.wording import joined

RUNNABLE = frozenset(
    ".desktop .sh .bash .zsh .fish .csh .ksh .run .bin .appimage .py .pyw .pyz .pl .rb .php .lua .tcl .jar "
    ".jnlp .exe .com .bat .cmd .msi .msix .msp .appx .appinstaller .ps1 .psm1 .vbs .vbe .js .jse .mjs .wsf "
    ".wsh .hta .scr .pif .cpl .msc .reg .inf .lnk .url .webloc .scf .application .gadget .command .tool "
    ".workflow .app .action .pkg .mpkg .dmg .deb .rpm .flatpakref .flatpak .snap .apk .scpt .scptd "
    ".applescript .terminal .fileloc .inetloc .iso .img .vhd .vhdx .chm .xll .settingcontent-ms .library-ms "
    ".search-ms .theme .themepack".split()
)
"""Endings of files that some system runs, or mounts, when they are opened."""

_SCHEMES = ("http", "https", "file")


@dataclass(frozen=True, slots=True)
class Target:
    """Something that may be opened: an existing path, resolved, or the address of a web page."""

    address: str
    path: Path | None = None

    @property
    def spoken(self) -> str:
        if self.path is None:
            return f"the web page {self.address}"
        return f"the {'folder' if self.path.is_dir() else 'file'} {self.path}"


def target(said: str, folders: Mapping[str, Path], home: Path) -> Target:
    """What the user means by a path, an address, the name of a known folder or of a file in one.

    folders: the user's known folders by name, e.g. "downloads". Raises `BadInput` for what is not there or is refused.
    """
    said = said.strip()
    if not said or any(not c.isprintable() for c in said):
        raise BadInput("That is no name of a file.")
    scheme = said.partition(":")[0].lower()
    if "://" in said or scheme in _SCHEMES:
        return _address(said)
    if len(scheme) > 1 and ":" in said and "/" not in scheme and scheme.isalnum() and not Path(said).exists():
        raise BadInput(f"Only files and web pages can be opened, not {said}.")
    known = folders.get(said.casefold().removeprefix("my ").removesuffix(" folder").strip())
    path = known if known is not None else _path(said, folders, home)
    return Target(str(checked := _checked(path)), checked)


def _address(said: str) -> Target:
    """A web page, or the file that a file address names."""
    try:
        parts = urlsplit(said)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadInput(f"{said} is no address.") from None
    if parts.scheme.lower() == "file":
        if host not in (None, "localhost"):
            raise BadInput("Files of other computers are not opened.")
        path = unquote(parts.path)
        return Target(str(checked := _checked(Path(path.lstrip("/") if sys.platform == "win32" else path))), checked)
    if parts.scheme.lower() not in _SCHEMES:
        raise BadInput(f"Only files and web pages can be opened, not {parts.scheme} addresses.")
    if not host or parts.username is not None or " " in said or "\\" in said:
        raise BadInput(f"{said} is no address of a web page.")
    return Target(said)


def _path(said: str, folders: Mapping[str, Path], home: Path) -> Path:
    """A path as it is written, or the one file of that name in the home and known folders."""
    if said.startswith(("\\\\", "//")):
        raise BadInput("Files of other computers are not opened.")
    if said == "~" or said.startswith(("~/", "~\\")):
        return home / said[2:]
    if Path(said).is_absolute():
        return Path(said)
    found = dict.fromkeys(path for folder in (home, *folders.values()) for path in _named(folder, said))
    if len(found) > 1:
        raise BadInput(f"There are several: {joined([str(path) for path in list(found)[:4]])}; say which one.")
    if not found:
        raise BadInput(f"There is no file {said} in your folders.")
    return next(iter(found))


def _named(folder: Path, name: str) -> list[Path]:
    """What is called `name` in `folder`, in any case, with or without its ending; exact names before others."""
    relative = Path(name)
    if ".." in relative.parts:
        return []
    inside, wanted = folder / relative.parent, relative.name.casefold()
    try:
        there = sorted(inside.iterdir())
    except OSError:
        return []
    exact = [path for path in there if path.name.casefold() == wanted]
    return exact or [path for path in there if path.stem.casefold() == wanted and not path.name.startswith(".")]


def _checked(path: Path) -> Path:
    """The path with every link resolved. Raises `BadInput` where it is not there or would be run."""
    try:
        resolved = path.resolve(strict=True)
        mode = resolved.stat().st_mode
    except (OSError, RuntimeError):
        raise BadInput(f"There is no file {path}.") from None
    if str(resolved).startswith("\\\\"):
        raise BadInput("Files of other computers are not opened.")
    if resolved.suffix.lower() in RUNNABLE or path.suffix.lower() in RUNNABLE:
        raise BadInput(f"{resolved} is a program, and Duet opens only documents.")
    if stat.S_ISDIR(mode):
        return resolved
    if not stat.S_ISREG(mode):
        raise BadInput(f"{resolved} is neither a file nor a folder.")
    if os.name == "posix" and mode & 0o111:
        raise BadInput(f"{resolved} may be run as a program, and Duet opens only documents.")
    return resolved
