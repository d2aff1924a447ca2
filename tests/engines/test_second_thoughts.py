"""With the real starter models: what a tool decides corrects the answer, is spoken once, and stays corrected."""

from __future__ import annotations

from app import events
from app.assistant.runtime import Wants, open_duet
from app.audio.virtual import RecordingSpeaker
from app.events import Event
from app.settings import Settings


async def test_a_wrong_sum_in_passing_is_corrected_aloud_and_stays_corrected() -> None:
    seen: list[Event] = []
    async with open_duet(Settings(), wants=Wants(voice=True), speaker=RecordingSpeaker()) as duet:
        duet.bus.subscribe(seen.append)
        turn = await duet.ask("Please write one short sentence about the result of 38 times 47.", speak=True)
        assert "1786" not in turn.answer  # a model of 135 million parameters does not know
        assert (turn.verdict, turn.final, turn.tools) == ("correct", "38 times 47 is 1786.", ("calculate",))
        said = " ".join(event.text for event in seen if isinstance(event, events.SentenceReady))
        assert said.count("Correction: 38 times 47 is 1786.") == 1
        again = await duet.ask("What was the result?")
        assert "1786" in again.final
        assert "1,786" in (await duet.ask("What is 38 times 47?")).final.replace("1786", "1,786")
        kept = await duet.keep(turn.id, "first")
        assert kept.final == turn.answer
        duet.open_conversation(duet.conversation or "")
        assert duet.assistant.history[0].kept == "first"


async def test_the_starter_beside_itself_does_no_harm() -> None:
    async with open_duet(Settings()) as duet:
        for question in ("What is the capital of France?", "Thank you.", "Tell me a joke."):
            duet.new_conversation()
            turn = await duet.ask(question)
            assert turn.verdict == "agree", (question, turn.refinement, turn.refinement_why)
            assert turn.final == turn.answer
