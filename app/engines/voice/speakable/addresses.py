"""Rules that put web addresses, mail addresses, file names, telephone numbers and codes into words."""

from __future__ import annotations

import re

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.numbers import digits
from app.engines.voice.speakable.tracked import Tracked

LONGEST_PATH = 40
"""Characters of a web address's path that are still read; of a longer one only the host is."""

_URL = re.compile(
    r"(?<![\w@])(?:(?:https?|ftp)://(?:www\.)?|www\.)[^\s<>\"'()\[\]{}|\\^`]*[^\s<>\"'()\[\]{}|\\^`.,;:!?…*_]"
)
_DOMAINS = "com|org|net|edu|gov|io|dev|app|ai|co|eu|info|uk|de|fr|es|ch|tv"
_BARE = re.compile(
    rf"(?<![\w@.-])(?:[a-zA-Z0-9](?:[\w-]*[a-zA-Z0-9])?\.)+(?:{_DOMAINS})(?![\w-]|\.\w)(?:/[\w./~%-]*[\w/])?"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]*\w@(?:[\w-]+\.)+[a-zA-Z]{2,}(?![\w])")
_FILE = re.compile(
    r"(?<![\w@])[\w-]+(?:\.[\w-]+)*\.(?:py|js|ts|txt|md|json|html?|css|csv|pdf|jpe?g|png|gif|exe|zip|sh|toml|ya?ml|cpp|rs|go|"
    r"java|docx?|xlsx?|mp3|mp4|wav|log|ini|cfg|xml)(?!\w|\.\w)"
)
_PHONE = re.compile(
    r"""(?<![\w.,$€£-])(?:
        \+[0-9]{1,3}[ ./()-]{0,2}(?:[0-9]{1,4}[ ./()-]{1,2}){1,5}[0-9]{2,} | \+[0-9]{7,15}
      | \([0-9]{2,5}\)[ -]?[0-9]{3,4}[ -][0-9]{3,5} | [0-9]{3}[-.][0-9]{3}[-.][0-9]{4} | [0-9]{3}-[0-9]{4}
      | 0[0-9]{2,4}[ /-][0-9]{3,}(?:[ -][0-9]{2,})* | 0[0-9](?:[ .][0-9]{2}){4}
      | [0-9]{4}(?:[ -][0-9]{4}){2,} | (?:[0-9]+-){3,}[0-9]+ )(?![\w-]|[.,][0-9])""",
    re.VERBOSE,
)
_GROUPS = re.compile("[0-9]+")


def tell_addresses(text: Tracked, language: Language) -> Tracked:
    """Addresses as they are dictated."""
    text = text.sub(_MAIL, lambda match: _dictated(match[0], language))
    text = text.sub(_URL, lambda match: _web(match[0], language))
    text = text.sub(_BARE, lambda match: _web(match[0], language))
    return text.sub(_FILE, lambda match: _dictated(match[0], language))


def tell_codes(text: Tracked, language: Language) -> Tracked:
    """Telephone numbers and the like digit by digit, with a pause between their groups."""
    return text.sub(_PHONE, lambda match: _code(match[0], language))


def _web(address: str, language: Language) -> str:
    bare = re.sub(r"^\w+://", "", address).removeprefix("www.")
    host, _, path = re.sub(r"[?#].*", "", bare).rstrip("/").partition("/")
    said = _dictated(host, language)
    if path and len(path) <= LONGEST_PATH:
        said += f" {language.slash} " + _dictated(path, language)
    return said


def _dictated(text: str, language: Language) -> str:
    words = {".": language.dot, "@": language.at, "/": language.slash, "-": language.dash, "_": language.underscore}
    words |= {":": language.colon, "+": language.signs["+"], "%": language.signs["%"], "~": ""}
    pieces = re.split(r"([^\w]|_)", text)
    return re.sub(" +", " ", " ".join(words.get(piece, piece) for piece in pieces if piece)).strip()


def _code(text: str, language: Language) -> str:
    groups = ", ".join(digits(group, language) for group in _GROUPS.findall(text))
    return f"{language.signs['+']} {groups}" if text.startswith("+") else groups
