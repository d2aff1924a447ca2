"""What a turn needs: the language models by role with their recipes, and a voice with a speaker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.assistant.chain import Chain, Health
from app.assistant.planner import OTHER_WORDS, RECENT, SAMPLES, SHORT, Attempt
from app.assistant.router import Router
from app.assistant.speech import Manner
from app.assistant.tool_use import ToolUse
from app.audio.base import Speaker
from app.engines.language.base import Adapter, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.voice.client import VoiceClient
from app.errors import EngineUnavailable
from app.memory.context import Context, Exchange


@dataclass(slots=True, kw_only=True)
class Track:
    """A language model in a role, with what recipe, mode and settings say of how to ask it.

    deadline_s: longest work on an answer. first_token_s: longest silence before it, where someone can stand in.
    thoughts: answers that vote when it thinks again. health: how the model has fared, in any role.
    permit: waits until the user allows what a remote model needs; raises `NotAllowed`. in_use: keeps the worker alive.
    """

    client: LanguageClient
    context: Context
    sampling: Sampling
    deadline_s: float
    adapters: tuple[Adapter, ...] = ()
    first_token_s: float | None = None
    thoughts: int = SAMPLES
    health: Health = field(default_factory=Health)
    permit: Callable[[], Awaitable[None]] | None = None
    in_use: Callable[[], AbstractContextManager[None]] = nullcontext

    @property
    def model(self) -> str:
        return self.client.worker.model

    async def room(self, generation: int) -> int:
        """Tokens of context that the model really has. Starts the worker if need be; raises what it raises."""
        if self.permit is not None:
            await self.permit()
        await self.client.worker.start()
        return (await self.client.info(generation)).context

    async def assemble(
        self, history: Sequence[Exchange], question: str, generation: int
    ) -> tuple[tuple[Message, ...], Sampling]:
        """The prompt for `question` and how to sample its answer, within the context that the model really has.

        Raises as `room`, and `BadInput` for a question that does not fit.
        """
        room = await self.room(generation)
        answer = min(self.sampling.max_tokens, room // 2)
        self.context.budget = room - answer
        messages, _ = await self.context.assemble(history, question, lambda m: self.client.count_tokens(m, generation))
        return messages, replace(self.sampling, max_tokens=answer)

    async def in_other_words(self, history: Sequence[Exchange], question: str, generation: int) -> list[Attempt]:
        """The question under other system prompts, each with a little history. Raises as `assemble` does."""
        room = await self.room(generation)
        sampling = replace(self.sampling, temperature=0.0, max_tokens=min(SHORT, room // 2))
        attempts = []
        for system in OTHER_WORDS[: self.thoughts]:
            context = Context(system, room - sampling.max_tokens)
            messages, _ = await context.assemble(
                history[-RECENT:], question, lambda m: self.client.count_tokens(m, generation)
            )
            attempts.append(Attempt(messages, sampling))
        return attempts


class Roles(Protocol):
    """Who plays which role (`app.assistant.casting.Casting`)."""

    def chain(self, role: str) -> Chain:
        """Raises `BadInput` for an unknown role, and what keeps its primary from being used at all."""

    def tracks(self) -> Sequence[Track]:
        """All tracks that were made so far."""


@dataclass(slots=True, kw_only=True)
class Parts:
    """What a turn needs. Without a voice or a speaker answers are only written; without a planner nobody thinks again.

    fast, planner: the primaries of dialogue and planning. roles: who plays the others, and who stands in; without it
    everything but dialogue is the planner's. thinks: whether the planner thinks again by itself, or only when asked to.
    router: decides the role of each turn. expectations: recent first-token times in ms of a model, for the plan.
    tools: what can be done besides talking; without them there are no commands either.
    """

    fast: Track
    planner: Track | None = None
    roles: Roles | None = None
    thinks: bool = True
    voice: VoiceClient | None = None
    speaker: Speaker | None = None
    manner: Manner = field(default_factory=Manner)
    router: Router = field(default_factory=Router)
    expectations: Callable[[str], Sequence[float]] = lambda model: ()
    tools: ToolUse | None = None

    def chain_for(self, role: str) -> Chain:
        """Who plays `role`, and who stands in. Raises as `Roles.chain`, `EngineUnavailable` where there is nobody."""
        if self.roles is not None:
            return self.roles.chain(role)
        track = self.fast if role == "dialogue" else self.planner
        if track is None:
            raise EngineUnavailable(f"There is no model for {role}.")
        return Chain(role, (track,))

    def track_for(self, role: str) -> Track:
        """The primary of `role`. Raises as `chain_for`."""
        return self.chain_for(role).primary

    def planning(self) -> Chain | None:
        """Who thinks again; None where the planner is switched off."""
        return self.chain_for("planning") if self.planner is not None else None

    def tracks(self) -> Sequence[Track]:
        """Every track that may be at work."""
        if self.roles is not None:
            return self.roles.tracks()
        return tuple(filter(None, (self.fast, self.planner)))
