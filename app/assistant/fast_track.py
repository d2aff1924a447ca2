"""The fast track of a turn: the answer as a model of the chain writes it, and the apology when none can.

A model that fails before anything was shown is replaced by its stand-in. One that fails in mid-answer is not: nobody
else knows how the sentence was meant to go on.
"""

from __future__ import annotations

import logging
from contextlib import aclosing

from app.assistant.chain import Chain, in_time, too_late
from app.assistant.compute import Cores
from app.assistant.parts import Track
from app.assistant.turn import LiveTurn
from app.engines.language.base import GenerateRequest
from app.errors import BadInput, BadModel, BadSetting, DuetError
from app.events import AnswerFinished, FirstToken, TokensArrived

log = logging.getLogger(__name__)

APOLOGY = "Sorry, I lost my thread just now. Please ask me again."
"""Said when the fast model fails in mid-answer."""


async def answer(turn: LiveTurn, chain: Chain, cores: Cores) -> DuetError | None:
    """Stream the answer. Returns the error when the turn cannot be answered because of what was asked.

    Raises `Cancelled` when the turn became void.
    """

    async def attempt(track: Track, first_token_s: float | None) -> tuple[float | None, float | None]:
        with cores.claim("fast", track.client.worker):
            return await _generate(turn, track, first_token_s)

    refused: DuetError | None = None
    first_token_ms = tokens_per_s = None
    try:
        first_token_ms, tokens_per_s = await chain.through(attempt, turn.tell, lambda: bool(turn.answer))
    except (BadInput, BadModel, BadSetting) as error:  # what the user can mend is said, not apologised for
        refused = error
        _apologise(turn, str(error), error)
    except DuetError as error:
        log.warning("the fast track failed: %s", error)
        _apologise(turn, APOLOGY, error)
    turn.answer = turn.answer.strip()
    if turn.speech is not None:
        turn.speech.end_answer()
    turn.answered = True
    turn.mark("answer_finished")
    turn.tell(
        AnswerFinished,
        text=turn.answer,
        model=turn.model or chain.model,
        tokens=turn.tokens,
        first_token_ms=first_token_ms,
        tokens_per_s=tokens_per_s,
        failed=turn.failed,
    )
    return refused


async def _generate(turn: LiveTurn, fast: Track, first_token_s: float | None) -> tuple[float | None, float | None]:
    turn.model = fast.model
    messages, sampling = await fast.assemble(turn.earlier, turn.text, turn.generation)
    request = GenerateRequest(messages=messages, sampling=sampling, adapters=fast.adapters, deadline_s=fast.deadline_s)
    asked = turn.clock()
    turn.mark("asked")
    async with (
        fast.client.generate(request, turn.generation) as stream,
        aclosing(in_time(stream, fast.model, first_token_s, fast.deadline_s)) as deltas,
    ):
        async for delta in deltas:
            if delta.thinking or not delta.text:
                continue
            if not turn.answer:
                turn.mark("first_token")
                turn.tell(FirstToken, after_ms=(turn.clock() - asked) * 1000, model=fast.model)
            turn.tokens = delta.tokens
            _grow(turn, delta.text)
        generated = stream.result
    if generated.finish == "deadline" and not turn.answer:
        raise too_late(fast.model, fast.deadline_s, first_token=False)
    turn.tokens = generated.tokens
    first_token_ms = (turn.marks["first_token"] - asked) * 1000 if "first_token" in turn.marks else None
    return first_token_ms, generated.tokens_per_s


def _grow(turn: LiveTurn, text: str) -> None:
    turn.answer += text
    if not turn.settled:
        turn.exchange.answer = turn.answer
    turn.tell(TokensArrived, text=text, tokens=turn.tokens)
    if turn.speech is not None:
        turn.speech.say(text)


def _apologise(turn: LiveTurn, sentence: str, cause: DuetError) -> None:
    """The answer ends with `sentence`, after whatever of it was there. Models are never shown the apology."""
    turn.failed = str(cause)
    remembered = turn.exchange.answer
    if turn.speech is not None:
        turn.speech.end_answer()
    _grow(turn, f" {sentence}" if turn.answer else sentence)
    turn.exchange.answer = remembered
