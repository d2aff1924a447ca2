"""One turn from the question to the last word about it: the fast track, the voice, the planner, and what ends them.

The assistant decides order and validity; the parts do the work. A generation number is raised with every turn, and all
output of an older one is void wherever it is, so a new question never meets the leftovers of the last.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.assistant.compute import Cores
from app.assistant.planner import OTHER_WORDS, RECENT, SHORT, Attempt, Refinement, draws, think_again
from app.assistant.router import Plan, plan
from app.assistant.speech import Manner, SpokenAnswer
from app.assistant.turn import LiveTurn
from app.audio.base import Speaker
from app.engines.language.base import Adapter, GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.engines.voice.client import VoiceClient
from app.errors import BadInput, BadModel, BadSetting, Cancelled, DuetError
from app.events import (
    AnswerFinished,
    AudioReady,
    Event,
    EventBus,
    FirstToken,
    Interrupted,
    PlanMade,
    PlannerPaused,
    PlannerResumed,
    PlannerStarted,
    PlaybackStarted,
    Refined,
    SentenceReady,
    TokensArrived,
    TranscriptReady,
    TurnCommitted,
    TurnFinished,
)
from app.memory.context import Context, Exchange

log = logging.getLogger(__name__)

APOLOGY = "Sorry, I lost my thread just now. Please ask me again."
"""Said when the fast model fails in mid-answer."""

_SPEECH_MARKS = {SentenceReady: "first_clause", AudioReady: "first_audio", PlaybackStarted: "playback"}


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

    expectations: recent first-token times in ms of a model, for the plan.
    """

    fast: Track
    planner: Track | None = None
    voice: VoiceClient | None = None
    speaker: Speaker | None = None
    manner: Manner = field(default_factory=Manner)
    expectations: Callable[[str], Sequence[float]] = lambda model: ()


class Assistant:
    """Answers turns of one conversation, one at a time; a new turn ends the one before. Lives on one asyncio loop."""

    def __init__(self, parts: Parts, bus: EventBus) -> None:
        self.bus = bus
        self.parts = parts
        self.generation = 0
        self.history: list[Exchange] = []
        self.cores = Cores(self._planner_paused, self._planner_resumed)
        self.source_position: Callable[[], float | None] = lambda: None
        self._turn: LiveTurn | None = None
        self._speech: SpokenAnswer | None = None
        self._planning: LiveTurn | None = None
        self._clock = asyncio.get_running_loop().time
        self._background: set[asyncio.Task[None]] = set()

    # -- turns -----------------------------------------------------------------------------------------------------

    def begin(
        self,
        text: str,
        conversation: str,
        *,
        source: str = "typed",
        speak: bool = False,
        started: float | None = None,
        turn_id: str | None = None,
        confidence: float | None = None,
    ) -> LiveTurn:
        """Commit a turn: from here on it is stored, and the one before is over. `run` then answers it.

        Raises `BadInput` for a text without a visible character.
        """
        text = readable(text)
        self._interrupt("new turn" if source == "typed" else "speech")
        self._raise_generation()
        turn = LiveTurn(
            text=text,
            source=source,
            conversation=conversation,
            generation=self.generation,
            started=self._clock() if started is None else started,
            speak=speak,
            clock=self._clock,
        )
        if turn_id is not None:
            turn.id = turn_id
        self._turn = turn
        self._emit(turn, TranscriptReady, text=text, source=source, confidence=confidence)
        turn.mark("committed")
        self._emit(turn, TurnCommitted, conversation=conversation, text=text, source=source)
        return turn

    async def run(self, turn: LiveTurn, *, planner: bool = True) -> None:
        """Answer a turn that `begin` committed, think it over, and finish it.

        Raises `BadInput` when the text does not fit the model and `BadModel` when there is no model to answer it; the
        turn is then finished with that sentence as its answer. Everything else that goes wrong becomes part of the
        turn: an apology, a verdict "failed".
        """
        earlier = tuple(self.history)
        self.history.append(turn.exchange)
        second = self.parts.planner if planner else None
        refused: DuetError | None = None
        speaking: asyncio.Task[None] | None = None
        try:
            decided = self._plan(turn, second)
            speech, speaking = self._open_voice(turn)
            refused = await self._fast_track(turn, earlier, speech)
            if refused is None:
                await self._second_thoughts(turn, earlier, decided, second, speech)
            if speech is not None:
                speech.finish()
            if speaking is not None:
                await speaking
        except Cancelled:
            log.debug("turn %s became void", turn.id)
        finally:
            if speaking is not None and not speaking.done():
                speaking.cancel()
            self._finish(turn)
        if refused is not None:
            raise refused
        if not turn.settled:
            self._warm_in_background(turn)

    def _plan(self, turn: LiveTurn, planner: Track | None) -> Plan:
        decided = plan(
            self.parts.fast.model,
            planner.model if planner else None,
            "no planner was asked for" if self.parts.planner else "there is no planner",
            self.parts.expectations(self.parts.fast.model),
        )
        turn.mark("plan")
        self._emit(turn, PlanMade, **asdict(decided))
        return decided

    def _open_voice(self, turn: LiveTurn) -> tuple[SpokenAnswer | None, asyncio.Task[None] | None]:
        if not turn.speak or self.parts.voice is None or self.parts.speaker is None:
            return None, None

        def emit(kind: type[Event], **values: Any) -> None:
            if (mark := _SPEECH_MARKS.get(kind)) is not None:
                turn.mark(mark)
            self._emit(turn, kind, **values)

        speech = SpokenAnswer(
            self.parts.voice,
            self.parts.speaker,
            self.cores,
            turn.generation,
            self.parts.manner,
            emit,
            self.source_position,
        )
        self._speech = speech
        return speech, asyncio.create_task(speech.run())

    # -- the fast track --------------------------------------------------------------------------------------------

    async def _fast_track(
        self, turn: LiveTurn, earlier: Sequence[Exchange], speech: SpokenAnswer | None
    ) -> DuetError | None:
        """Stream the answer. Returns the error when the turn cannot be answered because of what was asked."""
        fast = self.parts.fast
        refused: DuetError | None = None
        first_token_ms = tokens_per_s = None
        try:
            with self.cores.claim("fast"):
                messages, sampling = await fast.assemble(earlier, turn.text, turn.generation)
                request = GenerateRequest(
                    messages=messages, sampling=sampling, adapters=fast.adapters, deadline_s=fast.deadline_s
                )
                asked = self._clock()
                turn.mark("asked")
                async with fast.client.generate(request, turn.generation) as stream:
                    async for delta in stream:
                        if delta.thinking or not delta.text:
                            continue
                        if not turn.answer:
                            turn.mark("first_token")
                            self._emit(turn, FirstToken, after_ms=(self._clock() - asked) * 1000, model=fast.model)
                        turn.tokens = delta.tokens
                        self._grow_answer(turn, delta.text, speech)
                    generated = stream.result
            turn.tokens, tokens_per_s = generated.tokens, generated.tokens_per_s
            first_token_ms = (turn.marks["first_token"] - asked) * 1000 if "first_token" in turn.marks else None
        except (BadInput, BadModel, BadSetting) as error:  # what the user can mend is said, not apologised for
            refused = error
            self._apologise(turn, str(error), error, speech)
        except DuetError as error:
            log.warning("the fast track failed: %s", error)
            self._apologise(turn, APOLOGY, error, speech)
        turn.answer = turn.answer.strip()
        if speech is not None:
            speech.end_answer()
        turn.answered = True
        turn.mark("answer_finished")
        self._emit(
            turn,
            AnswerFinished,
            text=turn.answer,
            model=fast.model,
            tokens=turn.tokens,
            first_token_ms=first_token_ms,
            tokens_per_s=tokens_per_s,
            failed=turn.failed,
        )
        return refused

    def _grow_answer(self, turn: LiveTurn, text: str, speech: SpokenAnswer | None) -> None:
        turn.answer += text
        if not turn.settled:
            turn.exchange.answer = turn.answer
        self._emit(turn, TokensArrived, text=text, tokens=turn.tokens)
        if speech is not None:
            speech.say(text)

    def _apologise(self, turn: LiveTurn, sentence: str, cause: DuetError, speech: SpokenAnswer | None) -> None:
        """The answer ends with `sentence`, after whatever of it was there. Models are never shown the apology."""
        turn.failed = str(cause)
        remembered = turn.exchange.answer
        if speech is not None:
            speech.end_answer()
        self._grow_answer(turn, f" {sentence}" if turn.answer else sentence, speech)
        turn.exchange.answer = remembered

    # -- the planner -----------------------------------------------------------------------------------------------

    async def _second_thoughts(
        self,
        turn: LiveTurn,
        earlier: Sequence[Exchange],
        decided: Plan,
        planner: Track | None,
        speech: SpokenAnswer | None,
    ) -> None:
        started = self._clock()
        model = planner.model if planner else None
        if planner is None:
            result = Refinement(verdict="skipped", text="", why=decided.why.split("; ")[-1], confidence=1.0)
        else:
            turn.mark("planner_started")
            self._emit(turn, PlannerStarted, model=planner.model)
            result = await self._ask_planner(turn, earlier, planner)
        turn.mark("refined")
        if result.verdict in ("add", "correct"):
            turn.exchange.refined, turn.exchange.corrected = result.text, result.verdict == "correct"
            if result.verdict == "correct" and speech is not None:
                speech.add(f"Correction: {result.text}")
        self._emit(
            turn,
            Refined,
            verdict=result.verdict,
            text=result.text,
            model=model,
            why=result.why,
            elapsed_ms=(self._clock() - started) * 1000,
        )

    async def _ask_planner(self, turn: LiveTurn, earlier: Sequence[Exchange], planner: Track) -> Refinement:
        self._planning = turn
        self.cores.lower = planner.client.worker
        if self.cores.taken:
            planner.client.worker.pause()
        try:
            same_model = planner.model == self.parts.fast.model
            if same_model:
                attempts = await planner.in_other_words(earlier, turn.text, turn.generation)
            else:
                attempts = draws(*await planner.assemble(earlier, turn.text, turn.generation))
            return await think_again(
                planner.client,
                attempts,
                turn.text,
                "" if turn.failed else turn.answer,
                same_model=same_model,
                generation=turn.generation,
                deadline_s=planner.deadline_s,
                clock=self._clock,
            )
        except Cancelled:
            raise
        except DuetError as error:
            log.warning("the planner failed: %s", error)
            return Refinement(verdict="failed", text="", why=str(error), confidence=0.0)
        finally:
            self._planning = None

    def _planner_paused(self, by: str) -> None:
        if self._planning is not None:
            self._emit(self._planning, PlannerPaused, by=by)

    def _planner_resumed(self) -> None:
        if self._planning is not None:
            self._emit(self._planning, PlannerResumed)

    # -- endings ---------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop answering, speaking and thinking, now."""
        self._interrupt("stop")
        self._raise_generation()

    def hush(self) -> None:
        """The user speaks over the answer: silence, and nothing more is written; what was heard is what was said."""
        if self.speaking:
            self._interrupt("speech")
            self._raise_generation()

    @property
    def speaking(self) -> bool:
        return self._speech is not None and self._speech.sounding

    def _interrupt(self, by: str) -> None:
        """Settle the turn that is under way with what the user heard or read of it."""
        turn, speech = self._turn, self._speech
        self._turn = self._speech = None
        if turn is None:
            return
        sounding = speech is not None and (speech.sounding or not turn.answered)
        heard = turn.answer
        if speech is not None and sounding:
            speech.stop()
            heard = speech.heard(answer_only=True)
        turn.settled = True
        if turn.answered and not sounding:
            return  # only the planner was still at work: nothing of the answer was cut
        turn.exchange.answer = heard.strip()
        turn.mark("interrupted")
        self._emit(turn, Interrupted, heard=turn.exchange.answer, by=by)

    def _raise_generation(self) -> None:
        self.generation += 1
        for track in filter(None, (self.parts.fast, self.parts.planner)):
            track.client.worker.void_below(self.generation)
        if self.parts.voice is not None:
            self.parts.voice.worker.void_below(self.generation)

    def _finish(self, turn: LiveTurn) -> None:
        turn.mark("finished")
        exchange = turn.exchange
        said = turn.answer if turn.failed else exchange.answer  # an apology is said, though not remembered
        final = exchange.refined if exchange.corrected else f"{said} {exchange.refined}".strip()
        self._emit(turn, TurnFinished, final=final, marks_ms=turn.marks_ms())
        if self._turn is turn:
            self._turn = self._speech = None

    # -- ahead of time ---------------------------------------------------------------------------------------------

    async def warm(self) -> None:
        """Bring the standing prompt and the history into the fast model's cache; a new turn makes this void."""
        fast = self.parts.fast
        past = tuple(m for exchange in self.history for m in exchange.messages())
        try:
            messages = (*fast.context.standing(), *past)
            if messages:
                await fast.client.warm(messages, self.generation)
        except (Cancelled, DuetError) as error:
            log.debug("not warmed: %s", error)

    def _warm_in_background(self, turn: LiveTurn) -> None:
        if turn.exchange.refined:  # otherwise the cache already ends with this very answer
            task = asyncio.create_task(self.warm())
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    def remember(self, history: Sequence[Exchange]) -> None:
        """Continue another conversation: `history` is what was said in it."""
        self.stop()
        self.history = list(history)
        for track in filter(None, (self.parts.fast, self.parts.planner)):
            track.context.reset()

    def _emit(self, turn: LiveTurn, kind: type[Event], **values: Any) -> None:
        self.bus.emit(replace(kind(turn=turn.id, **values), time=self._clock()))


def readable(text: str) -> str:
    """The text without what no model can use: NUL and other control characters, lone surrogates, space around it."""
    kept = "".join(c for c in text if c in "\n\t" or c.isprintable() or c == "\u200d")
    kept = kept.encode("utf-8", "ignore").decode("utf-8").strip()
    if not kept:
        raise BadInput("There is nothing to answer: the text is empty.")
    return kept
