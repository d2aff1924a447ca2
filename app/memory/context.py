"""Assembles what a model is shown: system prompt, examples, history and question, within its token budget.

The oldest exchanges leave first and the system prompt never. When something must leave, enough leaves that the
following turns fit too: a prompt that only grows keeps the KV cache of the turn before, and a prefix that moves every
turn would cost a whole prefill each time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.engines.language.base import Message
from app.errors import BadInput

Counter = Callable[[tuple[Message, ...]], Awaitable[int]]
"""Counts the tokens of rendered messages with the model's own template and tokenizer."""

KEEP = 0.7
"""Share of the budget that is filled after old exchanges had to leave: about ten spoken turns of headroom in 4,096."""


@dataclass(slots=True)
class Exchange:
    """One turn as later turns remember it. `answer` is what the user heard or read of it; `refined` what it became.

    kept: which of the two the user chose to keep, "" while both stand. turn: its id.
    """

    question: str
    answer: str = ""
    refined: str = ""
    corrected: bool = False
    kept: Literal["", "first", "refined"] = ""
    turn: str = ""

    @property
    def final(self) -> str:
        """What the user should take from it: the correction, or the answer with what was added."""
        if self.kept == "first" or not self.refined:
            return self.answer
        return self.refined if self.corrected or self.kept else f"{self.answer} {self.refined}".strip()

    def messages(self) -> tuple[Message, ...]:
        """The exchange as a model should see it, the refinement marked as such; nothing where no answer came.

        A question without an answer is left out because many chat templates refuse two questions in a row.
        """
        answer = self.refined if self.kept == "refined" else self.answer
        if self.refined and not self.kept:
            answer = f"{answer}\n{'Correction' if self.corrected else 'In addition'}: {self.refined}".strip()
        return (Message("user", self.question), Message("assistant", answer)) if answer else ()


@dataclass(slots=True)
class Context:
    """The standing part of a prompt and the budget it must fit. One per model and conversation.

    budget: tokens for the whole prompt, the answer's already taken off the model's context; may change between turns.
    """

    system: str
    budget: int
    examples: tuple[Message, ...] = ()
    _first: int = field(default=0, init=False)

    def reset(self) -> None:
        """Another conversation begins: all of its history may be shown again."""
        self._first = 0

    def standing(self) -> tuple[Message, ...]:
        """What begins every prompt."""
        return ((Message("system", self.system),) if self.system else ()) + self.examples

    async def assemble(
        self, history: Sequence[Exchange], question: str, count: Counter
    ) -> tuple[tuple[Message, ...], int]:
        """The messages for `question` after `history`, and their tokens. Raises `BadInput` if it cannot fit alone."""
        self._first = min(self._first, len(history))
        messages = self._render(history, self._first, question)
        tokens = await count(messages)
        if tokens <= self.budget:
            return messages, tokens
        low, high, best = self._first + 1, len(history), len(history)
        while low <= high:  # the fewest exchanges to drop so that the rest fills no more than KEEP of the budget
            middle = (low + high) // 2
            if await count(self._render(history, middle, question)) <= self.budget * KEEP:
                best, high = middle, middle - 1
            else:
                low = middle + 1
        messages = self._render(history, best, question)
        tokens = await count(messages)
        if tokens > self.budget:
            raise BadInput(
                f"This text is too long: it needs {tokens} tokens and the model takes {self.budget}; shorten it "
                "or choose a model with a larger context."
            )
        self._first = best
        return messages, tokens

    def _render(self, history: Sequence[Exchange], first: int, question: str) -> tuple[Message, ...]:
        past = (message for exchange in history[first:] for message in exchange.messages())
        return (*self.standing(), *past, Message("user", question))
