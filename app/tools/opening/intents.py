"""Recognises commands to open something on this computer. "Open the door" and "open your heart" are none of them."""

from __future__ import annotations

import re
from datetime import datetime

from app.tools.base import Call, Intent
from app.tools.opening.opener import Opener
from app.tools.phrases import command, first, patterns

_OPEN = r"(?:open|open up|launch|start|start up|run|bring up|fire up|switch to|show)"
_NAME = r"(?P<name>[\w.+&'-]+(?: [\w.+&'-]+){0,4}?)"
_APPLICATION = patterns(
    rf"{_OPEN} (?:the |my )?(?:application|app|program) (?:called |named )?{_NAME}",
    rf"{_OPEN} (?:the |my |a )?{_NAME} (?:application|app|program)",
    rf"{_OPEN} (?:the |my |a |another )?{_NAME} (?:window)",
)
_PLAIN = patterns(
    rf"(?:open|open up|launch|start|start up|run|fire up|bring up) (?:the |my |a |up )?{_NAME}(?: for me)?"
)
KNOWN = frozenset(
    "firefox|chrome|google chrome|chromium|safari|microsoft edge|edge|brave|opera|vivaldi|thunderbird|outlook|"
    "spotify|vlc|steam|"
    "discord|slack|zoom|skype|telegram|signal|whatsapp|microsoft teams|teams|gimp|inkscape|blender|krita|"
    "audacity|obs|obs studio|"
    "libreoffice|libreoffice writer|libreoffice calc|libre office|microsoft word|excel|powerpoint|onenote|"
    "notepad|notepad++|"
    "visual studio code|vs code|vscode|pycharm|terminal|console|calculator|text editor|file manager|files app|"
    "file explorer|"
    "web browser|browser|email client|mail program|music player|media player|video player|image viewer|"
    "photo viewer|pdf viewer|"
    "pdf reader|document viewer|task manager|system monitor|activity monitor|control panel|system settings|"
    "settings app|"
    "screenshot tool|camera app|paint|finder|itunes|photoshop|obsidian|keepassxc|evince|nautilus|dolphin|"
    "konsole|kate|gedit|"
    "wordpad|screen recorder|disk utility|app store|software center".split("|")
)
"""Names that are said of nothing else. Whatever is installed under its own name counts too: `installed_intent`."""

_FOLDERS = r"(?P<path>downloads?|documents?|desktop|pictures|photos|music|videos|home)"
_FILE = patterns(
    rf"(?:open|show|show me|open up|go to|bring up)(?: the| my)? {_FOLDERS} (?:folder|directory)",
    r"(?:open|open up|show me|show) (?:the |my )?(?:file|document|pdf|spreadsheet|picture|image|photo|"
    r"folder) (?:called |named )?(?P<path>[^?]{1,200})",
    r"(?:open|open up|show me|show) (?:the |my )?(?P<path>[\w() -]{1,80}\.(?:pdf|txt|md|docx?|xlsx?|pptx?|"
    r"od[tsp]|csv|png|jpe?g|gif|svg|webp|mp[34]|wav|flac|ogg|mkv|avi|mov|zip|html?|epub|rtf|json|xml|log))",
    r"(?:open|open up|show me|show) (?P<path>(?:~|/|[A-Za-z]:[\\/])[^?]{0,200})",
    r"(?:open|open up|go to|visit|show me|browse to) (?:the )?(?:page |site |website |web page )"
    r"?(?P<path>https?://\S{1,1000})",
)
_FOLDER_NAMES = {"download": "downloads", "document": "documents", "photos": "pictures"}
_NO_NAME = frozenset(
    "the my your his her their our this that these those which what a an mobile phone best new training exercise "
    "weight fitness "
    "good own application program app loan college job".split()
)


def application_intent(text: str, now: datetime) -> Call | None:
    """ "open the calculator app", "launch firefox"."""
    said = command(text)
    if (found := first(said, _APPLICATION)) and _NO_NAME.isdisjoint(found["name"].lower().split()):
        return _open(found["name"])
    if (found := first(said, _PLAIN)) and found["name"].lower() in KNOWN:
        return _open(found["name"])
    return None


def file_intent(text: str, now: datetime) -> Call | None:
    """ "open my downloads folder", "open report.pdf", "go to https://example.org"."""
    found = first(command(text), _FILE)
    if found is None:
        return None
    path = found["path"]
    return Call("open_file", {"path": _FOLDER_NAMES.get(path.lower(), path)})


def installed_intent(opener: Opener) -> Intent:
    """Recognises "open X" where an application of this computer is called X."""

    def intent(text: str, now: datetime) -> Call | None:
        found = first(command(text), _PLAIN)
        return _open(found["name"]) if found and opener.knows(found["name"]) else None

    return intent


def _open(name: str) -> Call:
    return Call("open_application", {"name": re.sub(r"^(?:the|my)\s+", "", name, flags=re.IGNORECASE)})


INTENTS: tuple[Intent, ...] = (application_intent, file_intent)
