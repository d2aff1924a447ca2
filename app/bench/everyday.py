"""The bench `answers`: how many everyday questions the fast model answers right, by its recipe and without one.

The questions that the recipe was not tuned on decide. The comparison is a prompt that one would write without trying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.bench.answers import Question, judge, load_questions
from app.bench.rows import Bench, Samples
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import language_profile
from app.settings import Settings

CARELESS = (Message("system", "You are a helpful voice assistant. Answer in one or two short sentences."),)
"""The prompt that comes to mind first."""

DEFAULTS = Sampling(temperature=0.8, top_k=40, top_p=0.95, min_p=0.05)
"""llama.cpp's own sampling, which one has without trying."""

SEEDS = (1, 2, 3)


async def answers(settings: Settings) -> Bench:
    """Share of right answers in percent: the recipe against a careless prompt, with careless sampling and greedy."""
    profile = language_profile(settings, "fast")
    recipe = profile.recipe
    longest = recipe.sampling.max_tokens
    worker = Worker(profile.spec, EventBus())
    client = LanguageClient(worker)
    questions = load_questions()
    rows = []
    try:
        for split, name in (("held_out", "held out"), ("tune", "tuned on")):
            chosen = [question for question in questions if question.split == split]
            after = await _score(client, chosen, recipe.opening, recipe.sampling)
            right = f"right of {len(chosen)} {name}"
            drawn = Samples(measure=f"{right}, vs default sampling", unit="%", larger_is_better=True)
            for seed in SEEDS:
                sampling = replace(DEFAULTS, seed=seed, max_tokens=longest)
                drawn.add(after, await _score(client, chosen, CARELESS, sampling))
            greedy = Samples(measure=f"{right}, vs greedy", unit="%", larger_is_better=True)
            greedy.add(after, await _score(client, chosen, CARELESS, Sampling(max_tokens=longest)))
            rows += [drawn.row(), greedy.row()]
    finally:
        await worker.stop()
    return Bench(name="answers", rows=tuple(rows), notes=(profile.spec.model, "baseline: a careless prompt"))


async def _score(
    client: LanguageClient, questions: Sequence[Question], before: tuple[Message, ...], sampling: Sampling
) -> float:
    """Percent of the questions that are answered right, each in a conversation of its own."""
    right = 0
    for question in questions:
        request = GenerateRequest(messages=(*before, Message("user", question.question)), sampling=sampling)
        async with client.generate(request, 0) as stream:
            async for _ in stream:
                pass
            right += judge(stream.result.text, question)
    return 100 * right / len(questions)
