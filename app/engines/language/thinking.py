"""Splits what a reasoning model writes into thinking and answer, as the text arrives.

Text between think tags is thinking, wherever it stands; a template may have opened the tag already. Text that may be
the beginning of a tag is held back until it is decided. The tags themselves belong to neither.
"""

from __future__ import annotations

import re

from app.engines.language.stopping import held_back

_PAIRS = {"<think>": "</think>", "<thinking>": "</thinking>", "[THINK]": "[/THINK]"}
_OPENED = re.compile(r"(<think>|<thinking>|\[THINK\])\s*\Z")

TAGS = frozenset(_PAIRS) | frozenset(_PAIRS.values())


def opened_by(prompt: str) -> str | None:
    """The closing tag that is due if the prompt ends with an opened think tag, else None."""
    match = _OPENED.search(prompt)
    return _PAIRS[match[1]] if match else None


class ThinkSplitter:
    """Feed text with `push`; each result is (text, whether it is thinking)."""

    def __init__(self, closing: str | None = None) -> None:
        self._closing = closing
        self._held = ""
        self._trim = closing is not None

    def push(self, text: str) -> list[tuple[str, bool]]:
        parts: list[tuple[str, bool]] = []
        text = self._held + text
        self._held = ""
        while text:
            wanted = (self._closing,) if self._closing else tuple(_PAIRS)
            start, tag = _first(text, wanted)
            if tag is None:
                keep = held_back(text, wanted)
                cut = len(text) - keep
                self._held = text[cut:]
                self._add(parts, text[:cut])
                break
            self._add(parts, text[:start])
            self._closing = None if self._closing else _PAIRS[tag]
            self._trim = True
            text = text[start + len(tag) :]
        return parts

    def finish(self) -> list[tuple[str, bool]]:
        """What was held back and turned out to be no tag."""
        parts: list[tuple[str, bool]] = []
        self._add(parts, self._held)
        self._held = ""
        return parts

    def _add(self, parts: list[tuple[str, bool]], text: str) -> None:
        """Blank space right after a tag is layout, not text."""
        if self._trim:
            text = text.lstrip()
        if text:
            self._trim = False
            parts.append((text, self._closing is not None))


def _first(text: str, tags: tuple[str, ...]) -> tuple[int, str | None]:
    found = [(at, tag) for tag in tags if (at := text.find(tag)) >= 0]
    return min(found, key=lambda pair: pair[0]) if found else (-1, None)
