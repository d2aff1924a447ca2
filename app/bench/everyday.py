"""The bench `answers`: how many everyday questions the fast model answers right, by its recipe and without one.

The questions that the recipe was not tuned on decide. The comparison is a prompt that one would write without trying.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.bench.answers import Question, judge, load_questions
from app.bench.rows import Bench, Samples
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.worker.host import Worker
from app.events import EventBus
from app.registry.profiles import language_profile
from app.settings import Settings

CARELESS = (Message("system", "You are a helpful voice assistant. Answer in one or two short sentences."),)
"""The prompt that comes to mind first (facts: three in five)."""


async def answers(settings: Settings) -> Bench:
    """Share of right answers in percent, held out and tuned on, recipe against careless prompt."""
    profile = language_profile(settings, "fast")
    recipe = profile.recipe
    careful = ((Message("system", recipe.system),) if recipe.system else ()) + recipe.examples
    worker = Worker(profile.spec, EventBus())
    client = LanguageClient(worker)
    questions = load_questions()
    rows = []
    try:
        for split, name in (("held_out", "right answers, held out"), ("tune", "right answers, tuned on")):
            chosen = [question for question in questions if question.split == split]
            before = await _score(client, chosen, CARELESS, Sampling(max_tokens=recipe.sampling.max_tokens))
            after = await _score(client, chosen, careful, recipe.sampling)
            share = Samples(measure=f"{name} ({len(chosen)})", unit="%", larger_is_better=True)
            share.add(after, before)
            rows.append(share.row())
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
