"""Text of a generation on its way out: thinking apart from answer, stop strings applied to the answer."""

from __future__ import annotations

from app.engines.language.base import Delta
from app.engines.language.stopping import StopStrings
from app.engines.language.thinking import ThinkSplitter


def merged(deltas: list[Delta]) -> list[Delta]:
    """The same text in as few deltas as can be: neighbours of one kind joined."""
    joined: list[Delta] = []
    for delta in deltas:
        if joined and joined[-1].thinking == delta.thinking:
            joined[-1] = Delta(joined[-1].text + delta.text, delta.tokens, delta.thinking)
        else:
            joined.append(delta)
    return joined


class Output:
    """Collects one generation. Stop strings end the answer; they mean nothing inside thinking."""

    def __init__(self, stop: tuple[str, ...], closing: str | None = None) -> None:
        self._split = ThinkSplitter(closing)
        self._stop = StopStrings(stop)
        self._answer: list[str] = []
        self._thinking: list[str] = []

    @property
    def stopped(self) -> bool:
        return self._stop.stopped

    @property
    def text(self) -> str:
        return "".join(self._answer)

    @property
    def thinking(self) -> str:
        return "".join(self._thinking)

    def push(self, text: str, tokens: int) -> list[Delta]:
        return self._deltas(self._split.push(text), tokens)

    def think(self, text: str, tokens: int) -> list[Delta]:
        """Text that is known to be thinking."""
        self._thinking.append(text)
        return [Delta(text, tokens, thinking=True)] if text else []

    def finish(self, tokens: int) -> list[Delta]:
        deltas = self._deltas(self._split.finish(), tokens)
        rest = "" if self.stopped else self._stop.finish()
        if rest:
            self._answer.append(rest)
            deltas.append(Delta(rest, tokens))
        return deltas

    def _deltas(self, parts: list[tuple[str, bool]], tokens: int) -> list[Delta]:
        deltas = []
        for text, thinking in parts:
            if self.stopped:
                break
            if thinking:
                self._thinking.append(text)
                deltas.append(Delta(text, tokens, thinking=True))
            elif certain := self._stop.push(text):
                self._answer.append(certain)
                deltas.append(Delta(certain, tokens))
        return deltas
