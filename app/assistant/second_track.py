"""The planner's track of a turn: it thinks the question over when nobody above it needs the cores, and has its say.

What a tool decides comes first. A planner that is the fast model itself is then asked in other words and must be
unanimous; one with a mind of its own thinks in steps, may use tools, and must find company for what it says.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

from app.assistant.chain import Chain
from app.assistant.compute import Cores, Lower
from app.assistant.deliberation import Conclusion, deliberate, request_text
from app.assistant.parts import Track
from app.assistant.planner import Refinement, decide, drawn, draws, think_again
from app.assistant.tool_use import Pending, ToolUse
from app.assistant.turn import LiveTurn
from app.assistant.verdict import ToolFact
from app.errors import BadInput, Cancelled, DeadlineExceeded, DuetError, EngineUnavailable
from app.events import PlannerPaused, PlannerResumed, PlannerStarted, Refined
from app.memory.context import Exchange
from app.tools.base import Call, Outcome

log = logging.getLogger(__name__)

SPOKEN_WORDS = 30
"""Of a correction this many words are spoken at most, and whole sentences if one ends before; the rest is shown."""


UNCHANGED = "I have thought about it again, and I stay with it."
"""The answer to somebody who wanted it thought over, when nothing better came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is thought over: a question, the answer that the user has of it, and what was said before.

    again: not for the first time, so other answers are wanted than the likeliest.
    """

    question: str
    answer: str
    earlier: tuple[Exchange, ...]
    again: bool = False


@dataclass(slots=True)
class _Work:
    """What became of the tools of one second thought."""

    facts: list[ToolFact] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    offer: Pending | None = None

    def begin(self) -> None:
        """Another model starts afresh; that tools were run stays true."""
        self.facts.clear()
        self.offer = None


class SecondTrack:
    """Thinks over one turn at a time. `cores` pauses it; it tells so while it is at work."""

    def __init__(self) -> None:
        self.cores = Cores(self._paused, self._resumed)
        self._turn: LiveTurn | None = None

    async def think(
        self,
        turn: LiveTurn,
        subject: Subject,
        planner: Chain | None,
        why_none: str,
        fast_model: str,
        tools: ToolUse | None = None,
    ) -> Refinement:
        """Give the turn its verdict, and what follows from it. Raises `Cancelled` when the turn became void."""
        started = turn.clock()
        model = None
        work = _Work()
        if planner is None:
            result = Refinement(verdict="skipped", text="", why=why_none, confidence=1.0)
        else:
            turn.mark("planner_started")
            result, model = await self._ask(turn, subject, planner, fast_model, tools, work)
        if turn.about is not None and result.verdict == "agree":
            result = Refinement(verdict="add", text=UNCHANGED, why=result.why, confidence=result.confidence)
        turn.mark("refined")
        _bring_home(turn, result)
        turn.tell(
            Refined,
            verdict=result.verdict,
            text=result.text,
            model=model,
            why=result.why,
            elapsed_ms=(turn.clock() - started) * 1000,
            tools=tuple(dict.fromkeys(work.tools)),
        )
        return result

    async def _ask(
        self,
        turn: LiveTurn,
        subject: Subject,
        planner: Chain,
        fast_model: str,
        tools: ToolUse | None,
        work: _Work,
    ) -> tuple[Refinement, str]:
        """What comes of it, and whose work it is."""
        model = planner.model

        async def attempt(track: Track, first_token_s: float | None) -> Refinement:
            nonlocal model
            model = track.model
            turn.tell(PlannerStarted, model=model)
            work.begin()
            return await self._at_work(turn, subject, track, fast_model, tools, work)

        try:
            result = await planner.through(attempt, turn.tell)
        except DuetError as error:
            log.warning("the planner failed: %s", error)
            result = Refinement(verdict="failed", text="", why=str(error), confidence=0.0)
        except Cancelled:
            raise
        except Exception:  # whatever a planner says, the answer stands as it is
            log.exception("the planner's answer could not be judged")
            result = Refinement(verdict="failed", text="", why="its answer could not be understood", confidence=0.0)
        if work.offer is not None and result.verdict in ("agree", "failed"):
            result = Refinement(verdict="add", text=work.offer.question, why="it would use a tool", confidence=1.0)
        return result, model

    async def _at_work(
        self,
        turn: LiveTurn,
        subject: Subject,
        planner: Track,
        fast_model: str,
        tools: ToolUse | None,
        work: _Work,
    ) -> Refinement:
        self._turn = turn
        try:
            with self.cores.lower("planner", planner.client.worker):
                return await _consider(turn, subject, planner, fast_model, tools, work)
        finally:
            if self._turn is turn:
                self._turn = None

    def _paused(self, job: Lower, by: str) -> None:
        if self._turn is not None and job == "planner":
            self._turn.tell(PlannerPaused, by=by)

    def _resumed(self, job: Lower) -> None:
        if self._turn is not None and job == "planner":
            self._turn.tell(PlannerResumed)


async def _consider(
    turn: LiveTurn, subject: Subject, planner: Track, fast_model: str, tools: ToolUse | None, work: _Work
) -> Refinement:
    ends = turn.clock() + planner.deadline_s
    question, answer = subject.question, subject.answer
    if tools is not None:
        for call in tools.toolbox.hints(question, tools.now()) or _asked_before(subject, tools):
            _note(work, await tools.run(turn, call, "planner"), exact=True)
    decided = decide(question, answer, work.facts)
    same_model = planner.model == fast_model
    if decided is not None and (same_model or decided.verdict == "correct"):
        return decided
    opinions: list[str] = []
    if same_model:
        attempts = await planner.in_other_words(subject.earlier, question, turn.generation)
    else:
        conclusion = await _think_in_steps(turn, subject, planner, tools, work, ends)
        if conclusion is not None:
            grounded = decide(question, answer, work.facts)
            if grounded is not None and grounded.verdict == "correct":
                return grounded
            if conclusion.verdict == "agree":
                return Refinement(verdict="agree", text="", why="the planner agrees", confidence=conclusion.confidence)
            opinions = [conclusion.answer] if conclusion.answer else []
        asked = question + "".join(f"\n({fact.text})" for fact in work.facts)
        messages, sampling = await planner.assemble(subject.earlier, asked, turn.generation)
        attempts = draws(messages, sampling, planner.thoughts)
        attempts = attempts[len(opinions) :]
    return await think_again(
        planner.client,
        [drawn(attempt) for attempt in attempts] if subject.again else attempts,
        question,
        answer,
        same_model=same_model,
        generation=turn.generation,
        deadline_s=ends - turn.clock(),
        clock=turn.clock,
        opinions=opinions,
    )


async def _think_in_steps(
    turn: LiveTurn, subject: Subject, planner: Track, tools: ToolUse | None, work: _Work, ends: float
) -> Conclusion | None:
    """What the planner ends with; None if it cannot keep to the form, which leaves it its plain answers."""

    async def run(call: Call) -> Outcome:
        assert tools is not None  # it was offered none otherwise
        if not tools.changes_nothing(call) and not _spoken_of(call, subject.question):
            return Outcome(call=call, error="the user has said nothing of the kind; go on without it")
        outcome = await tools.run(turn, call, "planner")
        _note(work, outcome, exact=_grounded(call, subject.question))
        if isinstance(outcome, Pending):
            return Outcome(call=call, error="the user is asked whether it may; go on without it")
        return outcome

    schemas = tools.toolbox.schemas() if tools is not None else []
    text = request_text(subject.question, subject.answer, schemas, [fact.text for fact in work.facts])
    try:
        messages, sampling = await planner.assemble(subject.earlier, text, turn.generation)
        return await deliberate(
            planner.client,
            messages,
            sampling,
            schemas,
            run,
            generation=turn.generation,
            deadline_s=ends - turn.clock(),
            clock=turn.clock,
        )
    except DeadlineExceeded:
        raise
    except (BadInput, EngineUnavailable) as error:
        log.info("the planner did not think in steps: %s", error)
        return None


def _asked_before(subject: Subject, tools: ToolUse) -> list[Call]:
    """What decided the last answer, where that was wrong and the question comes back to it: "so how much is that?"."""
    if not subject.earlier or not subject.earlier[-1].corrected:
        return []
    words = subject.question.split()
    comes_back = len(words) <= SHORT_QUESTION and _COMES_BACK.search(subject.question) is not None
    return tools.toolbox.hints(subject.earlier[-1].question, tools.now()) if comes_back else []


SHORT_QUESTION = 10
"""Words of a question that may lean on the one before."""

_COMES_BACK = re.compile(
    r"\b(?:what|how (?:much|many|long|far|old|hot|cold))\b.*\b(?:it|that|this|those|again|then|you (?:say|said)|"
    r"the (?:result|answer|number|sum|total|amount|value|difference))\b",
    re.IGNORECASE,
)


def _note(work: _Work, outcome: Outcome | Pending, *, exact: bool) -> None:
    if isinstance(outcome, Pending):
        work.offer = outcome
        return
    work.tools.append(outcome.call.tool)
    if outcome.result is not None:
        found = outcome.result
        work.facts.append(
            ToolFact(tool=outcome.call.tool, values=found.values, text=found.text, exact=exact and found.exact)
        )


def _grounded(call: Call, question: str) -> bool:
    """Whether every number of the arguments is in the question: only then does the result decide anything about it."""
    asked = {float(number) for number in _NUMBER.findall(question.replace(",", ""))}
    used = {float(number) for value in call.arguments.values() for number in _NUMBER.findall(str(value))}
    return bool(used) and used <= asked


def _spoken_of(call: Call, question: str) -> bool:
    """Whether the user said every word of the arguments: a call that changes something is not made up."""
    said = set(_WORD.findall(question.lower()))
    return all(
        said.issuperset(_WORD.findall(value.lower())) for value in call.arguments.values() if isinstance(value, str)
    )


_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _bring_home(turn: LiveTurn, result: Refinement) -> None:
    """What follows from the verdict: an addition is shown, a correction is spoken as well, and both are remembered."""
    exchange = turn.exchange
    exchange.refined = result.text if result.verdict in ("add", "correct") else ""
    exchange.corrected = result.verdict == "correct"
    exchange.kept = ""  # what was chosen before this verdict was another choice
    if turn.speech is None:
        return
    if exchange.corrected:
        turn.speech.add(f"Correction: {brief(result.text)}")
    elif turn.about is not None and result.text:  # the user is waiting for it
        turn.speech.add(brief(result.text))


def brief(text: str) -> str:
    """The beginning of `text` as it is spoken: whole sentences within `SPOKEN_WORDS`, or else that many words."""
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        if kept and len(" ".join([*kept, sentence]).split()) > SPOKEN_WORDS:
            break
        kept.append(sentence)
    words = " ".join(kept).split()
    return " ".join(words[:SPOKEN_WORDS]) + ("." if len(words) > SPOKEN_WORDS else "")
