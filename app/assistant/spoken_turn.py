"""How an utterance becomes a turn: draft at a pause, commit when the user is done, join what is said just after.

A state machine driven by the front end's findings, by the hearing engine's words and by `tick` with every hop. Times
`..._s` are seconds of the source. It decides nothing about sound (the front end), waiting (`endpointing`) or what a
sound over the answer is (`interruption`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from app.assistant.assistant import Assistant
from app.assistant.endpointing import Decision, Endpointer, Evidence
from app.assistant.interruption import Overlap, judge
from app.assistant.reflexes import plain, wants_silence
from app.assistant.ringing import Ringer, silences
from app.assistant.turn import LiveTurn, new_id
from app.assistant.utterance import Utterance
from app.assistant.wake_word import without_wake_word
from app.audio.base import Samples
from app.audio.frontend import SoftPause
from app.audio.prosody import Prosody
from app.engines.hearing.base import Partial, Transcript
from app.engines.hearing.client import HearingClient
from app.errors import BadInput, DuetError
from app.events import Event, PartialTranscript, SpeechEnded, SpeechStarted, TurnDropped, Warning

log = logging.getLogger(__name__)

JOIN_S = 1.0
"""Speech that resumes so soon after a commit belongs to the turn."""

SETTLED_S = 0.2
"""So long must a sound over the answer have paused before its words count as all that was said."""

TurnModel = Callable[[Samples], Awaitable[float | None]]
"""The probability that the turn is over, of the utterance's last seconds; None where that cannot be told."""


@dataclass(slots=True, kw_only=True)
class Floor:
    """What all spoken turns of one conversation share.

    home: the id of the conversation that the next turn belongs to. answer: runs a turn to its end.
    loop_time: the event loop's time of an instant of the source.
    over: told when an utterance was committed or dropped. ringer: rings alarms, which "stop" is said to as well.
    tasks: everything under way; whoever owns the floor waits for them, or cancels them.
    """

    assistant: Assistant
    hearing: HearingClient
    endpointer: Endpointer
    home: Callable[[], str]
    answer: Callable[[LiveTurn], Awaitable[None]]
    language: str | None = None
    loop_time: Callable[[float], float] = float
    turn_model: TurnModel | None = None
    over: Callable[[bool], None] = lambda answered: None
    ringer: Ringer | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def tell(self, kind: type[Event], turn: str | None, **values: Any) -> None:
        self.assistant.bus.emit(replace(kind(turn=turn, **values), time=asyncio.get_running_loop().time()))

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an utterance failed", exc_info=error)
            self.tell(Warning, None, text="What you said was lost by a mistake in Duet; details are in the log.")


@dataclass(frozen=True, slots=True)
class _Answering:
    """A turn and the task that answers it."""

    turn: LiveTurn
    task: asyncio.Task[None]


class SpokenTurn:
    """One utterance, from its first voiced sample at `at_s` until nothing can join it any more (`closed`).

    over: it began while an answer was heard, and may be no speech at all. called: wake words that came just before it,
    and may be heard as its first words.
    """

    def __init__(self, floor: Floor, at_s: float, *, over: bool, called: tuple[str, ...] = ()) -> None:
        self.id = new_id()
        self.closed = False
        self._floor = floor
        self._called = called
        self._at_s = at_s
        self._utterance = Utterance(self._partial, self._words)
        self._pauses = 0  # how many there were; the number of the present one while `_paused_at_s` is set
        self._paused_at_s: float | None = None
        self._last_voice_s = at_s
        self._longest_pause_s = 0.0
        self._evidence = Evidence()
        self._decision: Decision | None = None
        self._transcript: Transcript | None = None  # of the present pause
        self._text = ""  # the newest of what was understood
        self._draft: _Answering | None = None
        self._committed: _Answering | None = None
        self._committed_at_s = self._committed_pause_s = self._over_at_s = 0.0
        self._over_since_s = at_s if over else None
        self._before_over: Prosody | None = None
        self._interrupted = False
        self._ending = False
        self._claim = ExitStack()
        self._take_cores()
        floor.tell(SpeechStarted, self.id, at_s=round(at_s, 3))
        floor.start(self._hear())

    @property
    def over(self) -> bool:
        """Whether it is still to be decided if this is speech over the answer."""
        return self._over_since_s is not None

    # -- what the front end finds ----------------------------------------------------------------------------------

    def feed(self, samples: Samples) -> None:
        self._utterance.feed(samples)

    def paused(self, pause: SoftPause) -> None:
        """Perhaps the end. Have the words so far understood, and an answer drafted."""
        self._pauses += 1
        self._paused_at_s = self._last_voice_s = pause.at_s
        self._transcript = None
        self._evidence = Evidence(
            prosody=pause.prosody,
            voiced_s=pause.prosody.voiced_s,
            language=self._floor.language,
            longest_pause_s=self._longest_pause_s,
        )
        self._decide()
        self._utterance.ask(self._pauses)
        if self._floor.turn_model is not None:
            self._floor.start(self._ask_turn_model(self._floor.turn_model, self._pauses))

    def resumed(self, at_s: float) -> None:
        """It was not the end."""
        if self._paused_at_s is not None and self._committed is None:
            self._went_on_after(at_s - self._paused_at_s)
        self._paused_at_s = None
        self._transcript = None
        self._drop_draft("speech went on")
        if self._committed is not None:
            self._over_since_s = self._over_at_s = at_s
            self._before_over = self._evidence.prosody
            self._take_cores()

    def _went_on_after(self, pause_s: float) -> None:
        self._longest_pause_s = max(self._longest_pause_s, pause_s)
        self._floor.endpointer.habits.add(pause_s, inside=True)

    def ended(self, at_s: float) -> None:
        """No more sound will come: the source ended, the key was released, or the utterance grew too long."""
        self._last_voice_s = at_s
        self._ending = True
        if self._committed is not None:
            self.close()
        elif self._transcript is not None:
            self._conclude()
        elif self._paused_at_s is None:
            self._pauses += 1
            self._paused_at_s = at_s
            self._utterance.ask(self._pauses)

    def tick(self, now_s: float, *, stirring: bool, may_end: bool) -> None:
        """With every hop. stirring: there may be voice right now. may_end: False while a key keeps the turn open."""
        if self._committed is not None and self._committed.turn.settled:
            self.close()  # it was stopped by hand, or a typed turn took its place: nothing joins it
            return
        if self._over_since_s is not None:
            self._floor.assistant.hold()
            self._judge(now_s)
        elif self._committed is None and self._floor.assistant.speaking:
            self._over_since_s = now_s  # an older answer begins to sound while the user speaks
            self._floor.assistant.hold()
        if self.closed or stirring or self._paused_at_s is None:
            return
        if self._committed is not None:
            if self._over_since_s is None and now_s - max(self._committed_at_s, self._paused_at_s) >= JOIN_S:
                self.close()
        elif (
            may_end
            and self._over_since_s is None
            and self._transcript is not None
            and self._decision is not None
            and now_s - self._paused_at_s >= self._decision.wait_s - 1e-6
        ):
            self._complete(now_s)

    # -- what the hearing engine understands -----------------------------------------------------------------------

    async def _hear(self) -> None:
        try:
            async with self._floor.one_at_a_time:
                await self._utterance.hear(self._floor.hearing, self._floor.language)
        except DuetError as error:
            self._floor.tell(Warning, None, text=str(error))
            self.drop(str(error))
        except Exception:
            self.drop("a mistake in Duet")
            raise

    def _partial(self, partial: Partial) -> None:
        self._text = self._without_call(partial.text)
        self._floor.tell(PartialTranscript, self.id, text=self._text, fixed=self._without_call(partial.fixed))
        if self._over_since_s is None and self._committed is None and self._draft is None:
            self._floor.assistant.expect(self._without_call(partial.fixed))

    def _words(self, pause: int, transcript: Transcript) -> None:
        if self._paused_at_s is None or pause != self._pauses or self.closed:
            return  # speech went on meanwhile
        self._transcript = transcript
        self._text = self._without_call(transcript.text.strip())
        self._evidence = replace(self._evidence, words=self._text)
        self._decide()
        if self._ending:
            self._conclude()
        elif self._over_since_s is None and self._committed is None:
            self._begin_draft()

    def _without_call(self, text: str) -> str:
        return without_wake_word(text, self._called) if self._called else text

    async def _ask_turn_model(self, model: TurnModel, pause: int) -> None:
        with suppress(DuetError):
            probability = await model(self._utterance.recent)
            if pause == self._pauses and self._paused_at_s is not None and probability is not None:
                self._evidence = replace(self._evidence, turn_probability=probability)
                self._decide()

    def _decide(self) -> None:
        self._decision = self._floor.endpointer.wait_s(self._evidence)

    # -- a sound over the answer -----------------------------------------------------------------------------------

    def _judge(self, now_s: float, *, final: bool = False) -> None:
        assert self._over_since_s is not None
        paused_s = 0.0 if self._paused_at_s is None else now_s - self._paused_at_s
        kind = judge(
            Overlap(
                voiced_s=max(now_s - paused_s - self._over_since_s, 0.0),
                words=self._new_words(),
                periodic_share=None if self._paused_at_s is None else self._periodic_share(),
                ended=final or (self._transcript is not None and paused_s >= SETTLED_S),
                waited_s=now_s - self._over_since_s,
                joins=self._committed is not None,
                asked=self._floor.assistant.asking,
            )
        )
        if kind == "unsure":
            return
        self._over_since_s = None
        if kind == "stop":
            self._floor.assistant.stop()
            self.drop("the user asked for silence")
        elif kind == "speech":
            self._take_the_floor()
        else:
            self._floor.assistant.resume("only a sound")
            if self._committed is None:
                self.drop("only a sound over the answer")
            else:
                self._give_cores_back()

    def _take_the_floor(self) -> None:
        """It is the user's speech: the answer is cut, or withdrawn if this goes on with its question."""
        if self._committed is not None:
            self._went_on_after(self._over_at_s - self._committed_pause_s)
            self._committed.task.cancel()
            self._floor.assistant.reopen(self._committed.turn)
            self._committed = None
        else:
            self._interrupted = True
            self._floor.assistant.hush()
        if self._transcript is not None:
            self._begin_draft()

    def _new_words(self) -> str:
        """What was understood since the sound over the answer began: where the words differ from those committed.

        A recogniser that hears more may understand what came before it differently; one that hears a cough does not.
        """
        said = self._text.split()
        known = self._committed.turn.text.split() if self._committed is not None else []
        same = 0
        while same < min(len(said), len(known)) and plain(said[same]) == plain(known[same]):
            same += 1
        return " ".join(said[same:])

    def _periodic_share(self) -> float | None:
        """Of the sound over the answer alone: what was said before it in this utterance is taken out of the mean."""
        prosody, before = self._evidence.prosody, self._before_over
        if prosody is None or before is None or prosody.voiced_s <= before.voiced_s:
            return None if prosody is None else prosody.periodic_share
        periodic_s = prosody.periodic_share * prosody.voiced_s - before.periodic_share * before.voiced_s
        return min(max(periodic_s / (prosody.voiced_s - before.voiced_s), 0.0), 1.0)

    # -- drafts and the commit -------------------------------------------------------------------------------------

    def _begin_draft(self) -> None:
        if self._draft is not None or not self._text or self._silencing():
            return
        assert self._transcript is not None
        try:
            turn = self._floor.assistant.draft(
                self._text,
                source=self._transcript.engine,
                started=self._floor.loop_time(self._at_s),
                turn_id=self.id,
                confidence=self._transcript.confidence,
            )
        except BadInput:  # nothing that can be read
            return
        turn.mark("speech_end", self._floor.loop_time(self._last_voice_s))
        self._draft = _Answering(turn, self._floor.start(self._answer(turn)))

    async def _answer(self, turn: LiveTurn) -> None:
        with suppress(DuetError):  # the turn itself has told it
            await self._floor.answer(turn)

    def _drop_draft(self, why: str) -> None:
        if self._draft is not None:
            self._draft.task.cancel()
            self._floor.assistant.drop(self._draft.turn, why)
            self._draft = None

    def _complete(self, now_s: float) -> None:
        """The user is done."""
        if self._silencing():
            self._silence()
            self.drop("the user asked for silence")
            return
        if self._draft is not None and self._draft.turn.generation <= self._floor.assistant.generation:
            self._drop_draft("the user stopped it")  # by a key: what was drafted is void
            self.drop("the user stopped it")
            return
        self._begin_draft()
        if self._draft is None:
            self.drop("there were no words in it")
            return
        self._floor.tell(SpeechEnded, self.id, at_s=round(self._last_voice_s, 3))
        self._committed, self._draft = self._draft, None
        self._committed_at_s, self._committed_pause_s = now_s, self._last_voice_s
        self._floor.assistant.commit(self._committed.turn, self._floor.home())
        self._floor.over(True)
        self._give_cores_back()
        if self._ending:
            self.close()

    def _conclude(self) -> None:
        """All words are known and no more will come."""
        if self._over_since_s is not None:
            self._judge(self._last_voice_s, final=True)
        if not self.closed and self._committed is None:
            self._complete(self._last_voice_s)

    def _silencing(self) -> bool:
        if self._to_ringer:
            return True
        return (self._interrupted or self._floor.assistant.busy) and wants_silence(plain(self._text))

    def _silence(self) -> None:
        ringer = self._floor.ringer
        if ringer is None or not ringer.heard(self._text):
            self._floor.assistant.stop()

    @property
    def _to_ringer(self) -> bool:
        """Whether what was said is meant for an alarm that rings."""
        return self._floor.ringer is not None and self._floor.ringer.ringing and silences(self._text)

    # -- endings ---------------------------------------------------------------------------------------------------

    def drop(self, why: str) -> None:
        """Nothing comes of it."""
        if not self.closed:
            if self._over_since_s is not None:
                self._floor.assistant.resume(why)
            self._drop_draft(why)
            self._floor.tell(TurnDropped, self.id, why=why)
            self._floor.over(False)
            self.close()

    def leave(self, why: str) -> None:
        """No more will be heard of it: it is what it was when it was committed, or nothing."""
        if self._committed is not None:
            self.close()
        else:
            self.drop(why)

    def close(self) -> None:
        """Nothing can join it any more."""
        if self._committed is not None and not self.closed:
            self._floor.endpointer.habits.add(JOIN_S, inside=False)
        self.closed = True
        self._utterance.close()
        self._give_cores_back()

    def _take_cores(self) -> None:
        self._claim.enter_context(self._floor.assistant.cores.claim("hearing"))

    def _give_cores_back(self) -> None:
        self._claim.close()
