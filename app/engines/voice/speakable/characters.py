"""What no voice should be given: control characters, joiners, emoji; and signs that have names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import emoji

from app.engines.voice.speakable.language import Language
from app.engines.voice.speakable.numbers import NUMBER
from app.engines.voice.speakable.tracked import Tracked

MOST_EMOJI = 3
"""Of a text that is nothing but emoji, so many different ones are named."""

_UNSAFE = re.compile(r"[^ -~\n\u00a1-\u00ac\u00ae-\u02ff]")
"""Anything but printable ASCII and the Latin letters, which are looked at one by one."""

_LEFT_OVER = re.compile(r"[*_`#|~^<>\[\]{}\\]+")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile(r"(?<=[\w)])(?:(?:\^|(?<=[0-9])\*\*(?=[0-9]))\{?(-?\w+)\}?|([⁰¹²³⁴-⁹⁻]{2,}|[⁰¹⁴-⁹]))")
_SUBSCRIPT = re.compile("[₀-₉]")
_SMALL_POWER = {"2": "²", "3": "³"}
_OPERAND = rf"(?:{NUMBER}|[a-zA-Z]|\()(?![a-zA-Z])"
_OPERATOR = re.compile(rf"(?:(?<=[0-9)²³])|(?<=\b[a-zA-Z])|(?<=[0-9][a-z]))(?: [-*·<>/] |[*·<>])(?=-?{_OPERAND})")
_ABOUT = re.compile(r"(?<![\w~])~ ?(?=[$€£]?[0-9])")
_SHARP = re.compile(r"\b([CF])#(?!\w)")
_EMOJI_LANGUAGES = frozenset({"en", "es", "pt", "it", "fr", "de"})


def safe(text: Tracked) -> Tracked:
    """Without what cannot be spoken in any language. Control characters become a space; line breaks stay."""
    return text.sub(_UNSAFE, lambda match: _safe(match[0]))


def _safe(char: str) -> str | None:
    category = unicodedata.category(char)
    if category in ("Cs", "Cn", "Co", "Cc", "Zl", "Zp"):
        return " "
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return ""
    return None


def tell_emoji(text: Tracked, tag: str | None, language: Language | None) -> Tracked:
    """Emoji are left out; where there is nothing else they are named, if the emoji library knows the language."""
    signs = language.signs if language else {}
    found = [
        one
        for one in emoji.emoji_list(text.text)
        if one["emoji"].rstrip("\ufe0f") not in signs and one["emoji"].isascii() is False
    ]
    if not found:
        return text
    rest = emoji.replace_emoji(text.text, "")
    names: dict[str, None] = {}
    code = (tag or "").partition("-")[0].lower()
    if not any(char.isalnum() for char in rest) and code in _EMOJI_LANGUAGES:
        for one in found:
            names.setdefault(emoji.demojize(one["emoji"], delimiters=("", ""), language=code).replace("_", " "))
    parts, done, left = [], 0, list(names)[:MOST_EMOJI]
    for one in found:
        name = left.pop(0) if left else ""
        start, end = one["match_start"], one["match_end"]
        parts += [
            text[done:start],
            Tracked.standing_for(f" {name}{',' if left else ''} ", start, end) if name else _gap(start),
        ]
        done = end
    return Tracked.joined([*parts, text[done:]])


def _gap(place: int) -> Tracked:
    return Tracked(" ", (place,))


def tell_powers(text: Tracked, language: Language) -> Tracked:
    """Exponents, "about", and the two programming languages with a sharp. Before numbers are put into words."""
    text = text.sub(_SUBSCRIPT, lambda match: str(unicodedata.digit(match[0])))
    text = text.sub(_POWER, lambda match: _power(match, language))
    text = text.sub(_ABOUT, f"{language.about} ")
    return text.sub(_SHARP, lambda match: f"{match[1]} sharp")


def _power(match: re.Match[str], language: Language) -> str:
    exponent = match[1] or match[2].translate(_SUPERSCRIPTS)
    return _SMALL_POWER.get(exponent, f" {language.power} {exponent}")


def tell_operators(text: Tracked, language: Language) -> Tracked:
    """Signs that are arithmetic only between numbers, single letters or brackets: * / < > - ·"""
    return text.sub(_OPERATOR, lambda match: f" {language.between_numbers[match[0].strip()]} ")


def tell_signs(text: Tracked, language: Language) -> Tracked:
    """Every sign that has a name, by its name; what is left of markup, and signs without one, by a space."""
    text = text.sub(_signs(language), lambda match: f" {language.signs[match[0]]} ")
    return text.sub(_LEFT_OVER, " ").sub(_NAMELESS, lambda match: _nameless(match[0]))


@lru_cache(maxsize=16)
def _signs(language: Language) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(sign) for sign in language.signs))


_NAMELESS = re.compile(r"[^\w\s.,;:!?'\"()¿¡-]")


def _nameless(char: str) -> str | None:
    return " " if unicodedata.category(char) in ("Sm", "So", "Sc", "Sk") or char == "/" else None


def without_markup(text: Tracked) -> Tracked:
    """For a language that has no table: the voice knows its own signs, but not these."""
    return text.sub(_LEFT_OVER, " ").sub(
        _NAMELESS, lambda match: " " if unicodedata.category(match[0]) in ("So", "Sk") else None
    )


def tidy(text: Tracked) -> Tracked:
    """One space where there were several, none before a mark, none at the ends."""
    text = text.sub(_BLANKS, " ").sub(re.compile(r" +(?=[.,;:!?…](?:\s|$))"), "")
    return text.sub(re.compile(r"(?<=[,;:]) *,(?=\s|$)|(?<=[.!?…]) *,(?=\s|$)|^[\s,;:.]+(?=\w)"), "").stripped()
