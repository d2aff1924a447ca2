"""The turns of one conversation: which of them counts, what is void, and what is remembered.

The assistant decides order and validity; the tracks do the work. A generation number is raised with every turn, and all
output of an older one is void wherever it is, so a new question never meets the leftovers of the last. A spoken turn
begins as a draft: its answer is written and synthesised while the user's silence is still being judged, and nobody
hears, sees or stores any of it before the commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from app.assistant.chain import Chain
from app.assistant.fast_track import answer
from app.assistant.heard import quoted
from app.assistant.parts import Parts
from app.assistant.reflex_track import DECLINED, obey, tell_answer
from app.assistant.reflexes import consent, wants_second_thought
from app.assistant.router import Plan, told
from app.assistant.second_track import SecondTrack, Subject
from app.assistant.speech import SpokenAnswer
from app.assistant.tool_use import local_now
from app.assistant.turn import LiveTurn
from app.assistant.warming import WarmUp
from app.engines.language.base import Message
from app.errors import BadInput, Cancelled, DuetError
from app.events import (
    AnswerKept,
    Event,
    EventBus,
    Interrupted,
    PlanMade,
    PlaybackHeld,
    Resumed,
    TranscriptReady,
    TurnCommitted,
    TurnDrafted,
    TurnDropped,
    TurnFinished,
    TurnReopened,
)
from app.memory.context import Exchange

log = logging.getLogger(__name__)

By = Literal["speech", "stop", "new turn"]

COMMANDED = "a command needs no second thought"

THINKING = "Let me think again."
"""Said at once when the user wants the last answer thought over."""


class Assistant:
    """Answers turns of one conversation, one at a time; a new turn ends the one before. Lives on one asyncio loop.

    generation: of the turn that was committed last; everything older is void.
    source_position: where in the source the microphone is, for virtual ones.
    """

    def __init__(self, parts: Parts, bus: EventBus) -> None:
        self.bus = bus
        self.parts = parts
        self.generation = 0
        self.history: list[Exchange] = []
        self.source_position: Callable[[], float | None] = lambda: None
        self._newest = 0  # of drafts as well
        self._second = SecondTrack()
        self.cores = self._second.cores
        self._turn: LiveTurn | None = None
        self._clock = asyncio.get_running_loop().time
        self._warming: asyncio.Task[None] | None = None
        self._expected: str | None = None

    # -- how turns begin -------------------------------------------------------------------------------------------

    def begin(self, text: str, conversation: str, *, speak: bool = False) -> LiveTurn:
        """Commit a typed turn: from here on it is stored, and the one before is over. `run` then answers it.

        Raises `BadInput` for a text without a visible character.
        """
        turn = self._new(text, "typed", speak, self._clock(), None)
        self.commit(turn, conversation)
        return turn

    def draft(
        self, text: str, *, source: str, started: float, turn_id: str, confidence: float | None = None
    ) -> LiveTurn:
        """A turn that may come to nothing. `run` it, and then `commit` or `drop` it. Older turns live on until then.

        Raises `BadInput` for a text without a visible character.
        """
        turn = self._new(text, source, True, started, turn_id)
        turn.confidence = confidence
        turn.mark("drafted")
        self._tell(turn, TurnDrafted, generation=turn.generation)
        return turn

    def _new(self, text: str, source: str, speak: bool, started: float, turn_id: str | None) -> LiveTurn:
        text = readable(text)
        self._stop_warming()
        self._newest += 1
        turn = LiveTurn(
            text=text,
            source=source,
            generation=self._newest,
            started=started,
            speak=speak,
            clock=self._clock,
            bus=self.bus,
            earlier=tuple(self.history),
        )
        if turn_id is not None:
            turn.id = turn_id
        turn.exchange.turn = turn.id
        self._recognise(turn)
        return turn

    def _recognise(self, turn: LiveTurn) -> None:
        """See whether the words are meant for the assistant itself: as a command, or as the answer to what it asked."""
        tools = self.parts.tools
        if wants_second_thought(turn.text) and self.parts.planner is not None:
            turn.about = next((each for each in reversed(self.history) if each.answer), None)
        elif tools is not None:
            turn.allowed = consent(turn.text) if tools.pending else None
            if tools.pending and turn.allowed is not None:
                turn.call = tools.pending.call

    def commit(self, turn: LiveTurn, conversation: str) -> None:
        """The turn is certain: the one before it is over, and what was drafted of it is heard, shown and stored."""
        self._interrupt("new turn" if turn.source == "typed" else "speech")
        self._void_below(turn.generation)
        self._turn = turn
        self.history.append(turn.exchange)
        if self.parts.tools is not None:
            self.parts.tools.committed(turn, conversation)
        turn.mark("committed")
        if turn.speech is not None:
            turn.speech.open()  # first of all: this is the moment that the user waits for
        self._tell(turn, TranscriptReady, text=turn.text, source=turn.source, confidence=turn.confidence)
        self._tell(turn, TurnCommitted, conversation=conversation, text=turn.text, source=turn.source)
        turn.release()

    def drop(self, turn: LiveTurn, why: str) -> None:
        """A draft came to nothing; cancel its `run` as well."""
        self._tell(turn, TurnDropped, why=why, generation=turn.generation)

    def reopen(self, turn: LiveTurn) -> None:
        """Speech went on just after the commit: withdraw the turn, for one with more words to take its place.

        Cancel its `run` as well. Does nothing to a turn that is over in another way.
        """
        turn.settled = turn.withdrawn = True
        if self.parts.tools is not None:
            self.parts.tools.settle(None)
        if self._turn is turn:
            self._turn = None
        if turn.speech is not None:
            turn.speech.stop()
        self.history[:] = [exchange for exchange in self.history if exchange is not turn.exchange]
        self._raise_generation()
        self._tell(turn, TurnReopened)

    # -- how they are answered -------------------------------------------------------------------------------------

    async def run(self, turn: LiveTurn, *, planner: bool = True) -> None:
        """Answer a turn, think it over once it is certain, and finish it.

        Raises `BadInput` when the text does not fit the model and `BadModel` when there is no model to answer it; the
        turn is then finished with that sentence as its answer. Everything else that goes wrong becomes part of the
        turn: an apology, a verdict "failed".
        """
        by_itself = planner and self.parts.thinks and turn.call is None
        second = self.parts.planning() if by_itself or turn.about is not None else None
        refused: DuetError | None = None
        speaking: asyncio.Task[None] | None = None
        try:
            decided, second = self._plan(turn, second)
            speaking = self._open_voice(turn)
            refused = await self._answer(turn)
            await turn.certain.wait()
            if refused is None:
                why_none = COMMANDED if turn.call is not None else decided.why.split("; ")[-1]
                await self._think(turn, second if turn.call is None else None, why_none)
            if turn.speech is not None:
                turn.speech.finish()
            if speaking is not None:
                await speaking
        except Cancelled:
            log.debug("turn %s became void", turn.id)
        finally:
            if speaking is not None and not speaking.done():
                speaking.cancel()
            if turn.certain.is_set() and not turn.withdrawn:
                self._finish(turn)
        if refused is not None:
            raise refused
        if turn.exchange.refined and not turn.settled:  # otherwise the cache already ends with this very answer
            self._warm_in_background()

    async def _answer(self, turn: LiveTurn) -> DuetError | None:
        """By a reflex where the words were a command, or else by the fast model; returns what `answer` does."""
        tools = self.parts.tools
        if turn.about is not None:
            tell_answer(turn, THINKING)
        elif turn.allowed is False:
            tell_answer(turn, DECLINED)
        elif turn.call is not None and tools is not None and await obey(turn, turn.call, tools, turn.allowed is True):
            pass
        else:
            turn.call = None  # it failed, and a model answers
            return await answer(turn, self.parts.chain_for("dialogue"), self.cores)
        return None

    async def _think(self, turn: LiveTurn, planner: Chain | None, why_none: str) -> None:
        about = turn.about
        if about is None:
            subject = Subject(question=turn.text, answer="" if turn.failed else turn.answer, earlier=turn.earlier)
        else:
            place = self.history.index(about) if about in self.history else len(turn.earlier)
            subject = Subject(question=about.question, answer=about.final, earlier=turn.earlier[:place], again=True)
        fast_model = turn.model or self.parts.fast.model
        await self._second.think(turn, subject, planner, why_none, fast_model, self.parts.tools)

    def _plan(self, turn: LiveTurn, planner: Chain | None) -> tuple[Plan, Chain | None]:
        """Who answers and who thinks again: for what is no mere talk, the model of that role."""
        decided = self.parts.router.plan(
            turn.text,
            self.parts.tools.now() if self.parts.tools else local_now(),
            fast=self.parts.fast.model,
            planner=planner.model if planner else None,
            why_no_planner="no planner was asked for" if self.parts.planner else "there is no planner",
            first_tokens_ms=self.parts.expectations(self.parts.fast.model),
        )
        if turn.call is None and turn.about is None:
            turn.call = decided.call
        if planner is not None and turn.call is None and decided.role not in ("dialogue", "planning"):
            planner = self.parts.chain_for(decided.role)
            decided = replace(decided, planner=planner.model, chain=(decided.fast, planner.model))
        turn.mark("plan")
        turn.tell(PlanMade, **told(decided))
        return decided, planner

    def _open_voice(self, turn: LiveTurn) -> asyncio.Task[None] | None:
        if not turn.speak or self.parts.voice is None or self.parts.speaker is None:
            return None
        turn.speech = SpokenAnswer(
            turn, self.parts.voice, self.parts.speaker, self.cores, self.parts.manner, self.source_position
        )
        if turn.certain.is_set():
            turn.speech.open()
        return asyncio.create_task(turn.speech.run())

    def _finish(self, turn: LiveTurn) -> None:
        turn.mark("finished")
        said = turn.answer if turn.failed else turn.exchange.answer  # an apology is said, though not remembered
        final = replace(turn.exchange, answer=said).final
        self._tell(turn, TurnFinished, final=final, marks_ms=turn.marks_ms())
        if self._turn is turn:
            self._turn = None

    async def think_again(self, turn_id: str) -> None:
        """Have the last answer thought over once more; its turn gets another verdict. A new turn ends this.

        Raises `BadInput` when there is nobody to think, or when the turn is not the last one with an answer.
        """
        exchange = next((each for each in reversed(self.history) if each.answer), None)
        planner = self.parts.planning()
        if planner is None:
            raise BadInput("Nobody can think this over: the planner is off; switch it on in the settings.")
        if exchange is None or exchange.turn != turn_id:
            raise BadInput("Only the last answer can be thought over again.")
        if self._turn is not None:
            raise BadInput("This turn is still under way.")
        self._raise_generation()
        turn = LiveTurn(
            text=exchange.question,
            source="typed",
            generation=self.generation,
            started=self._clock(),
            speak=False,
            clock=self._clock,
            bus=self.bus,
            earlier=tuple(self.history[: self.history.index(exchange)]),
            id=turn_id,
            answer=exchange.answer,
            answered=True,
        )
        turn.exchange = exchange
        turn.certain.set()
        self._turn = turn
        subject = Subject(question=turn.text, answer=turn.answer, earlier=turn.earlier, again=True)
        try:
            await self._second.think(turn, subject, planner, "", self.parts.fast.model, self.parts.tools)
        except Cancelled:
            log.debug("thinking again about turn %s became void", turn.id)
        finally:
            self._tell(turn, TurnFinished, final=exchange.final, marks_ms={})
            if self._turn is turn:
                self._turn = None
        self._warm_in_background()

    def keep(self, turn_id: str, which: Literal["first", "refined"]) -> None:
        """From now on one of the turn's two answers counts, here and in what models see of it.

        Raises `BadInput` for a turn that has only one, or is not of this conversation.
        """
        exchange = next((each for each in self.history if each.turn == turn_id), None)
        if exchange is None or not exchange.refined:
            raise BadInput("This turn has no second answer to choose from.")
        exchange.kept = which
        self.bus.emit(AnswerKept(turn=turn_id, time=self._clock(), kept=which, final=exchange.final))
        if self._turn is None:
            self._warm_in_background()

    # -- how they are interrupted ----------------------------------------------------------------------------------

    @property
    def speaking(self) -> bool:
        """Whether an answer is being heard, is held, or will be heard as soon as it is ready."""
        turn = self._turn
        return turn is not None and turn.speech is not None and (turn.speech.sounding or not turn.answered)

    @property
    def asking(self) -> bool:
        """Whether a yes or a no of the user is waited for."""
        return self.parts.tools is not None and self.parts.tools.pending is not None

    @property
    def busy(self) -> bool:
        """Whether a turn is under way: being answered, spoken or thought over."""
        return self._turn is not None

    def hold(self) -> None:
        """The user may be speaking over the answer: silence until `resume`, `hush` or another turn."""
        turn, speaker = self._turn, self.parts.speaker
        if turn is not None and speaker is not None and self.speaking and not speaker.held:
            speaker.hold()
            self._tell(turn, PlaybackHeld)

    def resume(self, why: str) -> None:
        """It was nothing: the answer goes on where it was held."""
        turn, speaker = self._turn, self.parts.speaker
        if turn is not None and speaker is not None and speaker.held:
            speaker.release()
            self._tell(turn, Resumed, why=why)

    def hush(self) -> None:
        """The user speaks over the answer: nothing more is heard or written; what was heard is what was said."""
        if self.speaking:
            self._interrupt("speech")
            self._raise_generation()

    def stop(self) -> None:
        """Stop answering, speaking and thinking, now; what was asked of the user is declined."""
        if self.parts.tools is not None:
            self.parts.tools.settle(False)
        self._interrupt("stop")
        self._raise_generation()

    def _interrupt(self, by: By) -> None:
        """Settle the turn that is under way with what the user heard or read of it."""
        turn, self._turn = self._turn, None
        if turn is None:
            return
        speech = turn.speech
        sounding = speech is not None and (speech.sounding or not turn.answered)
        heard = turn.answer
        if speech is not None and sounding:
            speech.stop()
            heard = speech.heard(answer_only=True)
        turn.settled = True
        if turn.answered and not sounding:
            return  # only the planner was still at work: nothing of the answer was cut
        turn.exchange.answer = quoted(heard, turn.answer) if sounding else heard.strip()
        turn.mark("interrupted")
        self._tell(turn, Interrupted, heard=heard.strip(), by=by)

    def _raise_generation(self) -> None:
        self._newest += 1
        self._void_below(self._newest)

    def _void_below(self, generation: int) -> None:
        self._stop_warming()
        self.generation = generation
        for track in self.parts.tracks():
            track.client.worker.void_below(generation)
        if self.parts.voice is not None:
            self.parts.voice.worker.void_below(generation)

    # -- ahead of time ---------------------------------------------------------------------------------------------

    async def warm(self, question: str | None = None) -> None:
        """Bring the standing prompt, the history and the beginning of a `question` into the fast model's cache."""
        fast = self.parts.fast
        past = tuple(m for exchange in self.history for m in exchange.messages())
        begun = (Message("user", question),) if question else ()
        try:
            messages = (*fast.context.standing(), *past, *begun)
            if messages and question:  # the user is saying it: this is the fast track's own work, ahead of time
                with self.cores.claim("fast"):
                    await fast.client.warm(messages, self.generation)
            elif messages:
                warm_up = WarmUp(fast.client, messages, self.generation)
                with self.cores.lower("warm-up", warm_up):
                    await warm_up.run()
        except (Cancelled, DuetError) as error:
            log.debug("not warmed: %s", error)

    def expect(self, words: str) -> None:
        """The user's question begins with `words`: prefill them, the newest as soon as the last are done."""
        if words and words != self._expected:
            self._expected = words
            if self._warming is None:
                self._warm_in_background(words)

    def _warm_in_background(self, words: str | None = None) -> None:
        async def warm() -> None:
            await self.warm(words)
            self._warming = None
            if self._expected != words and self._expected is not None:
                self._warm_in_background(self._expected)

        self._stop_warming(forget=False)
        self._warming = asyncio.create_task(warm())

    def _stop_warming(self, *, forget: bool = True) -> None:
        if self._warming is not None:
            self._warming.cancel()
            self._warming = None
        if forget:
            self._expected = None

    def remember(self, history: Sequence[Exchange]) -> None:
        """Continue another conversation: `history` is what was said in it."""
        self.stop()
        self.history = list(history)
        for track in self.parts.tracks():
            track.context.reset()

    def _tell(self, turn: LiveTurn, kind: type[Event], **values: Any) -> None:
        """Emit at once, also while the turn is a draft."""
        self.bus.emit(replace(kind(turn=turn.id, **values), time=self._clock()))


def readable(text: str) -> str:
    """The text without what no model can use: NUL and other control characters, lone surrogates, space around it."""
    kept = "".join(c for c in text if c in "\n\t" or c.isprintable() or c == "\u200d")
    kept = kept.encode("utf-8", "ignore").decode("utf-8").strip()
    if not kept:
        raise BadInput("There is nothing to answer: the text is empty.")
    return kept
