"""What a turn needs: the two language models with their recipes, and a voice with a speaker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from app.assistant.planner import OTHER_WORDS, RECENT, SHORT, Attempt
from app.assistant.router import Router
from app.assistant.speech import Manner
from app.assistant.tool_use import ToolUse
from app.audio.base import Speaker
from app.engines.language.base import Adapter, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.voice.client import VoiceClient
from app.memory.context import Context, Exchange


@dataclass(slots=True, kw_only=True)
class Track:
    """A language model with what its recipe says of how to ask it."""

    client: LanguageClient
    context: Context
    sampling: Sampling
    deadline_s: float
    adapters: tuple[Adapter, ...] = ()

    @property
    def model(self) -> str:
        return self.client.worker.model

    async def assemble(
        self, history: Sequence[Exchange], question: str, generation: int
    ) -> tuple[tuple[Message, ...], Sampling]:
        """The prompt for `question` and how to sample its answer, within the context that the model really has.

        Starts the worker if need be; raises what it raises, and `BadInput` for a question that does not fit.
        """
        await self.client.worker.start()
        room = (await self.client.info(generation)).context
        answer = min(self.sampling.max_tokens, room // 2)
        self.context.budget = room - answer
        messages, _ = await self.context.assemble(history, question, lambda m: self.client.count_tokens(m, generation))
        return messages, replace(self.sampling, max_tokens=answer)

    async def in_other_words(self, history: Sequence[Exchange], question: str, generation: int) -> list[Attempt]:
        """The question under other system prompts, each with a little history. Raises as `assemble` does."""
        await self.client.worker.start()
        room = (await self.client.info(generation)).context
        sampling = replace(self.sampling, temperature=0.0, max_tokens=min(SHORT, room // 2))
        attempts = []
        for system in OTHER_WORDS:
            context = Context(system, room - sampling.max_tokens)
            messages, _ = await context.assemble(
                history[-RECENT:], question, lambda m: self.client.count_tokens(m, generation)
            )
            attempts.append(Attempt(messages, sampling))
        return attempts


@dataclass(slots=True, kw_only=True)
class Parts:
    """What a turn needs. Without a voice or a speaker answers are only written; without a planner nobody thinks again.

    router: decides the role of each turn. expectations: recent first-token times in ms of a model, for the plan.
    tools: what can be done besides talking; without them there are no commands either.
    """

    fast: Track
    planner: Track | None = None
    voice: VoiceClient | None = None
    speaker: Speaker | None = None
    manner: Manner = field(default_factory=Manner)
    router: Router = field(default_factory=Router)
    expectations: Callable[[str], Sequence[float]] = lambda model: ()
    tools: ToolUse | None = None
