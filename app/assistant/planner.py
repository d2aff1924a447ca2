"""The second track: thinks the same question over, and says whether the answer stands (DESIGN section 5).

The planner answers several times and its answers vote: what most of them claim is its opinion, and how many agree its
confidence. A planner that is not sure of itself says nothing. One that is the same model as the fast one has no more
wit, only more tries: it is asked in other words, and must be unanimous before it may contradict. What a tool decides is
not put to the vote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.assistant.verdict import Name, ToolFact, judge
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.errors import DeadlineExceeded
from app.events import VerdictName

SAMPLES = 3
"""Answers that vote, of a planner with a mind of its own. The first is its most likely one, the others are drawn."""

DRAWN = 0.6
"""Temperature of the drawn answers: enough to leave a rut, not enough to babble."""

OTHER_WORDS = (
    "You are a helpful assistant. Give short, correct answers.",
    "You are a helpful voice assistant. Answer in one or two short sentences.",
    "",
)
"""System prompts under which a planner that is the fast model answers again. With the starter they were unanimous
against its fast answer in 6 of the 131 everyday questions: 4 corrections were right, none broke a right answer, 2 put
one wrong answer for another. Its own prompt again could never contradict it."""

RECENT = 2
"""Exchanges of history under these prompts: enough for "and of Italy?", and no whole prefill for each."""

SHORT = 80
"""Tokens of such an answer: a claim, no essay."""

MAJORITY = 2 / 3
"""Share of the votes that a refinement needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """The planner's result. `text` is empty unless the verdict is add or correct."""

    verdict: VerdictName
    text: str
    why: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to be had of the planner."""

    messages: tuple[Message, ...]
    sampling: Sampling


def draws(messages: tuple[Message, ...], sampling: Sampling, samples: int = SAMPLES) -> list[Attempt]:
    """The likeliest answer, and others drawn."""
    first = Attempt(messages, sampling)
    return [first, *[drawn(first)] * (samples - 1)]


def drawn(attempt: Attempt) -> Attempt:
    """The same, drawn by chance: without a seed, which would cost a whole prefill each."""
    sampling = replace(attempt.sampling, temperature=max(attempt.sampling.temperature, DRAWN), seed=None)
    return replace(attempt, sampling=sampling)


async def think_again(
    planner: LanguageClient,
    attempts: Sequence[Attempt],
    question: str,
    answer: str,
    *,
    same_model: bool,
    generation: int,
    deadline_s: float,
    clock: Callable[[], float],
    opinions: Sequence[str] = (),
) -> Refinement:
    """Have every attempt answered and judge `answer` by what comes of it, and by the `opinions` that there are already.

    Raises what the worker raises; `DeadlineExceeded` when not even one answer came in `deadline_s`.
    """
    ends = clock() + deadline_s
    opinions = list(opinions)
    for attempt in attempts:
        left = ends - clock()
        if left <= 0:
            break
        request = GenerateRequest(messages=attempt.messages, sampling=attempt.sampling, deadline_s=left)
        async with planner.generate(request, generation) as stream:
            async for _ in stream:
                pass
            if stream.result.finish != "deadline":
                opinions.append(stream.result.text.strip())
    if not opinions:
        raise DeadlineExceeded(f"The planner had no answer within {deadline_s:g} s.")
    return weigh(question, answer, opinions, same_model)


def decide(question: str, answer: str, facts: Sequence[ToolFact]) -> Refinement | None:
    """The verdict that exact facts give by themselves; None where they say nothing about the answer."""
    exact = [fact for fact in facts if fact.exact]
    if not exact:
        return None
    said = " ".join(fact.text for fact in exact)
    verdict = judge(question, answer, said, exact)
    text = "" if verdict.verdict == "agree" else said
    return Refinement(verdict=verdict.verdict, text=text, why=verdict.why, confidence=verdict.confidence)


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
    said = min(winner, key=len) if same_model else winner[0]  # a small model's longer answer is not its better one
    verdict = judge(question, answer, said)
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
    return Refinement(verdict=kind, text=said, why=verdict.why, confidence=share * verdict.confidence)
