"""The second track: thinks the same question over, and says whether the answer stands (DESIGN section 5).

The planner answers several times and its answers vote: what most of them claim is its opinion, and how many agree its
confidence. A planner that is not sure of itself says nothing. One that is the same model as the fast one has no more
wit, only more tries, so it must be unanimous before it may contradict.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.assistant.verdict import Name, judge
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.errors import DeadlineExceeded
from app.events import VerdictName

SAMPLES = 3
"""Answers that vote. The first is the model's most likely one, the others are drawn."""

DRAWN = 0.6
"""Temperature of the drawn answers: enough to leave a rut, not enough to babble."""

MAJORITY = 2 / 3
"""Share of the votes that a refinement needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """The planner's result. `text` is empty unless the verdict is add or correct."""

    verdict: VerdictName
    text: str
    why: str
    confidence: float


async def think_again(
    planner: LanguageClient,
    messages: tuple[Message, ...],
    question: str,
    answer: str,
    *,
    sampling: Sampling,
    same_model: bool,
    generation: int,
    deadline_s: float,
    clock: Callable[[], float],
    on_progress: Callable[[], Awaitable[None]] | None = None,
) -> Refinement:
    """Answer `messages` again and judge `answer` by it.

    messages: the planner's own prompt, ending with the question. Raises what the worker raises; `DeadlineExceeded` when
    not even one answer came in `deadline_s`.
    """
    ends = clock() + deadline_s
    opinions: list[str] = []
    for index in range(SAMPLES):
        left = ends - clock()
        if left <= 0:
            break
        chosen = sampling if index == 0 else replace(sampling, temperature=max(sampling.temperature, DRAWN), seed=index)
        request = GenerateRequest(messages=messages, sampling=chosen, deadline_s=left)
        async with planner.generate(request, generation) as stream:
            async for _ in stream:
                pass
            if stream.result.finish != "deadline":
                opinions.append(stream.result.text.strip())
        if on_progress is not None:
            await on_progress()
    if not opinions:
        raise DeadlineExceeded(f"The planner had no answer within {deadline_s:g} s.")
    return weigh(question, answer, opinions, same_model)


def weigh(question: str, answer: str, opinions: list[str], same_model: bool) -> Refinement:
    """Let the opinions vote, then judge `answer` by the winner."""
    groups: list[list[str]] = []
    for opinion in filter(None, opinions):
        for group in groups:
            if judge(question, group[0], opinion).verdict != "correct":
                group.append(opinion)
                break
        else:
            groups.append([opinion])
    if not groups:
        return Refinement(verdict="agree", text="", why="the planner had nothing to say", confidence=0.0)
    winner = max(groups, key=len)  # the first of equals, which holds the likeliest answer
    share = len(winner) / len(opinions)
    verdict = judge(question, answer, winner[0])
    wanted = 1.0 if same_model else MAJORITY
    if verdict.verdict == "agree":
        return Refinement(verdict="agree", text="", why=verdict.why, confidence=share)
    if share < wanted and answer.strip():
        why = f"only {len(winner)} of {len(opinions)} second thoughts agreed with each other"
        return Refinement(verdict="agree", text="", why=why, confidence=share)
    kind: Name = verdict.verdict
    if kind == "add" and same_model:
        return Refinement(
            verdict="agree", text="", why="a longer answer of the same model adds no knowledge", confidence=share
        )
    return Refinement(verdict=kind, text=winner[0], why=verdict.why, confidence=share * verdict.confidence)
