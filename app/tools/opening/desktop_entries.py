"""Applications of a Linux desktop: reads .desktop files and turns their Exec keys into commands. Starts nothing.

Follows the Desktop Entry Specification 1.5 (freedesktop.org). No shell is involved: an Exec key that this parser does
not fully understand gives no command.
"""

from __future__ import annotations

import configparser
import locale
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_GROUP = "Desktop Entry"
_MOST_BYTES = 256 * 1024
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_RESERVED = set("\"'\\><~|&;$*?#()`\t\n ")
"""These must be quoted in an Exec key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopEntry:
    """An application that a menu would show. names: what people may call it, its proper name first."""

    id: str
    path: Path
    names: tuple[str, ...]
    command: tuple[str, ...]
    terminal: bool = False
    folder: str = ""

    @property
    def name(self) -> str:
        return self.names[0]


class _KeysWithCase(configparser.RawConfigParser):
    """Desktop entries tell "Name" from "name"."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def application_folders(environment: Mapping[str, str], home: Path) -> list[Path]:
    """Where .desktop files are, by the XDG base directory specification; an earlier folder hides what is later."""
    data_home = environment.get("XDG_DATA_HOME") or str(home / ".local/share")
    data_dirs = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    folders = [Path(each) / "applications" for each in (data_home, *data_dirs.split(":")) if each.startswith("/")]
    return list(dict.fromkeys(folders))


def entries(folders: list[Path]) -> list[DesktopEntry]:
    """All applications that a menu would show; of two files of one id the one of the earlier folder counts."""
    found: dict[str, DesktopEntry | None] = {}
    for folder in folders:
        for path in _files(folder):
            id = "-".join(path.relative_to(folder).parts)
            if id not in found:
                found[id] = read_entry(path, id)
    return [entry for entry in found.values() if entry is not None]


def _files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.rglob("*.desktop"))
    except OSError:
        return


def read_entry(path: Path, id: str) -> DesktopEntry | None:
    """The application of a file; None for what is hidden, not installed, no application, or not understood."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        parser = _KeysWithCase(
            strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None, default_section="\0"
        )
        parser.read_string(path.read_text(encoding="utf-8"))
        values = dict(parser[_GROUP])
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError):
        return None
    if values.get("Type") != "Application" or "true" in (values.get("NoDisplay"), values.get("Hidden")):
        return None
    names = _names(values)
    tried = values.get("TryExec")
    if not names or (tried and shutil.which(_unescaped(tried)) is None):
        return None
    command = parse_exec(_unescaped(values.get("Exec", "")), name=names[0], path=path, icon=values.get("Icon", ""))
    if command is None or shutil.which(command[0]) is None:
        return None
    return DesktopEntry(
        id=id,
        path=path,
        names=names,
        command=command,
        terminal=values.get("Terminal") == "true",
        folder=_unescaped(values.get("Path", "")),
    )


def _names(values: Mapping[str, str]) -> tuple[str, ...]:
    """The name in the user's language, the untranslated one, and the kinds of program that it is."""
    language = (locale.getlocale()[0] or os.environ.get("LANG", "")).split(".")[0]
    suffixes = [f"[{language}]", f"[{language.split('_')[0]}]", ""]
    keys = [f"{key}{suffix}" for key in ("Name", "GenericName") for suffix in suffixes]
    return tuple(dict.fromkeys(_unescaped(values[key]) for key in keys if values.get(key)))


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), value)


def parse_exec(text: str, *, name: str = "", path: Path | None = None, icon: str = "") -> tuple[str, ...] | None:
    """The program and its arguments, without files to open; None for an Exec key that is empty or not well-formed."""
    words = _words(text)
    if not words or not words[0][0]:
        return None
    command: list[str] = []
    for word, quoted in words:
        if quoted or "%" not in word:
            command.append(word)
        elif word in ("%f", "%F", "%u", "%U", "%d", "%D", "%n", "%N", "%v", "%m"):
            continue  # nothing is opened with it; the last six are deprecated and removed by the specification
        elif word == "%i":
            command += ["--icon", icon] if icon else []
        else:
            expanded = _expanded(word, {"c": name, "k": str(path or ""), "%": "%", "f": "", "F": "", "u": "", "U": ""})
            if expanded is None:
                return None
            command.append(expanded)
    if "=" in command[0] or "\0" in text:
        return None
    return tuple(command)


def _expanded(word: str, codes: Mapping[str, str]) -> str | None:
    parts = re.split("%(.?)", word)
    if any(code not in codes for code in parts[1::2]):
        return None
    return "".join(codes[part] if index % 2 else part for index, part in enumerate(parts))


def _words(text: str) -> list[tuple[str, bool]] | None:
    """Words, and whether each was quoted. None for reserved characters outside quotes and quotes inside words."""
    words: list[tuple[str, bool]] = []
    rest = text.strip(" ")
    while rest:
        if rest.startswith('"'):
            found = re.match(r'"((?:[^"\\`$]|\\["`$\\])*)"(?= |$)', rest)
            if found is None:
                return None
            words.append((re.sub(r'\\(["`$\\])', r"\1", found[1]), True))
            rest = rest[found.end() :].lstrip(" ")
        else:
            word, _, rest = rest.partition(" ")
            rest = rest.lstrip(" ")
            if not _RESERVED.isdisjoint(word):
                return None
            words.append((word, False))
    return words
