"""Ends a text at the first of its stop strings, also when one arrives in pieces."""

from __future__ import annotations


def held_back(text: str, wanted: tuple[str, ...]) -> int:
    """Length of the longest end of `text` that may be the beginning of one of `wanted`."""
    longest = 0
    for string in wanted:
        for length in range(min(len(string) - 1, len(text)), longest, -1):
            if text.endswith(string[:length]):
                longest = length
                break
    return longest


class StopStrings:
    """Feed text with `push`; what may be the beginning of a stop string is held back until it is decided."""

    def __init__(self, strings: tuple[str, ...]) -> None:
        self._strings = tuple(s for s in strings if s)
        self._held = ""
        self.stopped = False

    def push(self, text: str) -> str:
        """The text that is certain to belong to the answer. Sets `stopped` at a stop string, which is dropped."""
        if not self._strings:
            return text
        text = self._held + text
        self._held = ""
        found = [at for s in self._strings if (at := text.find(s)) >= 0]
        if found:
            self.stopped = True
            return text[: min(found)]
        keep = held_back(text, self._strings)
        cut = len(text) - keep
        self._held = text[cut:]
        return text[:cut]

    def finish(self) -> str:
        """What was held back, the text having ended."""
        text, self._held = self._held, ""
        return text
