"""The bridge: batches, results, ends; and the window's part when the session will not open."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from conftest import WAIT_MS, Open
from pytestqt.qtbot import QtBot
from scripted import Reply, ScriptedSession

from app.errors import BadInput, StoreError
from app.events import Event, PartialTranscript, SpeechStarted, TokensArrived
from app.ui.app import expectations
from app.ui.bridge import AssistantThread, EventBatch
from app.ui.presenter import Presenter
from app.ui.session import Session
from app.ui.window import MainWindow


def test_tokens_of_one_turn_are_merged_and_order_is_kept() -> None:
    batch = EventBatch()
    assert batch.add(TokensArrived(turn="a", text="one ", tokens=1))
    assert not batch.add(TokensArrived(turn="a", text="two", tokens=2))
    batch.add(TokensArrived(turn="b", text="other", tokens=1))
    batch.add(SpeechStarted(at_s=0.0))
    batch.add(PartialTranscript(turn="c", text="wh"))
    batch.add(PartialTranscript(turn="c", text="what"))
    got = batch.take()
    assert [type(e).__name__ for e in got] == ["TokensArrived", "TokensArrived", "SpeechStarted", "PartialTranscript"]
    assert isinstance(got[0], TokensArrived)
    assert (got[0].text, got[0].tokens) == ("one two", 2)
    assert isinstance(got[3], PartialTranscript)
    assert got[3].text == "what"
    assert batch.take() == []


@pytest.fixture
def thread(qtbot: QtBot) -> AsyncIterator[tuple[AssistantThread, ScriptedSession]]:
    session = ScriptedSession(Reply(answer="Yes."))
    assistant = AssistantThread(session.open)
    with qtbot.waitSignal(assistant.opened, timeout=WAIT_MS):
        assistant.start()
    yield assistant, session
    assert assistant.close(20.0)
    assert session.closed
    assert not assistant.running


def test_at_most_twenty_deliveries_a_second_and_nothing_lost(
    qtbot: QtBot, thread: tuple[AssistantThread, ScriptedSession]
) -> None:
    assistant, session = thread
    batches: list[list[Event]] = []
    assistant.arrived.connect(batches.append)
    began = time.monotonic()
    for number in range(400):
        session.emit(TokensArrived(turn="t", text=f"{number} ", tokens=number + 1))
        if number % 20 == 0:
            qtbot.wait(10)
    qtbot.waitUntil(lambda: bool(batches) and batches[-1][-1].tokens == 400, timeout=WAIT_MS)
    assert len(batches) <= (time.monotonic() - began) * 20 + 2
    text = "".join(e.text for batch in batches for e in batch)
    assert text == "".join(f"{number} " for number in range(400))


def test_results_and_errors_come_back_on_the_windows_thread(
    qtbot: QtBot, thread: tuple[AssistantThread, ScriptedSession]
) -> None:
    assistant, _ = thread
    got: list[tuple[object, threading.Thread]] = []

    async def good(session: Session) -> threading.Thread:
        return threading.current_thread()

    async def bad(session: Session) -> None:
        raise BadInput("This cannot be used.")

    async def mistaken(session: Session) -> None:
        raise ZeroDivisionError

    assistant.submit(good, lambda worker: got.append((worker, threading.current_thread())))
    assistant.submit(bad, None, lambda why: got.append((why, threading.current_thread())))
    assistant.submit(mistaken, None, lambda why: got.append((why, threading.current_thread())))
    qtbot.waitUntil(lambda: len(got) == 3, timeout=WAIT_MS)
    assert all(where is threading.main_thread() for _, where in got)
    assert got[0][0] is not threading.main_thread()
    assert got[1][0] == "This cannot be used."
    assert "ZeroDivisionError" in str(got[2][0])


def test_closing_ends_work_that_hangs(qtbot: QtBot, thread: tuple[AssistantThread, ScriptedSession]) -> None:
    assistant, _ = thread
    cancelled = threading.Event()
    started = threading.Event()

    async def hang(session: Session) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    assistant.submit(hang)
    assert started.wait(20)
    assert assistant.close(20.0)
    assert cancelled.is_set()


def test_closing_while_the_session_opens_gives_up_opening(qtbot: QtBot) -> None:
    entered = threading.Event()

    @asynccontextmanager
    async def never() -> AsyncIterator[Session]:
        entered.set()
        await asyncio.Event().wait()
        yield ScriptedSession(Reply(answer=""))

    assistant = AssistantThread(never)
    assistant.start()
    assert entered.wait(20)
    assert assistant.close(20.0)


def test_a_session_that_cannot_open_is_told_and_the_window_stays(qtbot: QtBot) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Session]:
        raise StoreError("The database is locked; close the other Duet.")
        yield

    window = MainWindow()
    qtbot.addWidget(window)
    assistant = AssistantThread(broken)
    presenter = Presenter(window, assistant)
    window.show()
    assistant.start()
    qtbot.waitUntil(lambda: window.notices.text == "The database is locked; close the other Duet.", timeout=WAIT_MS)
    presenter.ask("Hello?")
    qtbot.waitUntil(lambda: "The database is locked" in window.transcript.toPlainText(), timeout=WAIT_MS)
    assert not window.input.stop.isVisible()
    assert assistant.close(20.0)


def test_a_question_asked_before_the_session_stands_is_answered_when_it_does(qtbot: QtBot) -> None:
    session = ScriptedSession(Reply(answer="At last."))
    allowed = threading.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[ScriptedSession]:
        await asyncio.to_thread(allowed.wait, 20)
        async with session.open() as opened:
            yield opened

    window = MainWindow()
    qtbot.addWidget(window)
    assistant = AssistantThread(slow)
    presenter = Presenter(window, assistant)
    window.show()
    assistant.start()
    presenter.ask("Are you there?")
    assert "Are you there?" in window.transcript.toPlainText()
    assert window.input.stop.isVisible()
    allowed.set()
    qtbot.waitUntil(lambda: "At last." in window.transcript.toPlainText(), timeout=WAIT_MS)
    assert window.transcript.toPlainText().count("Are you there?") == 1
    assert assistant.close(20.0)


def test_the_empty_page_says_where_words_go(open_window: Open) -> None:
    from app.settings import ModelSettings, ServerSettings, Settings

    assert "Nothing you say leaves this machine." in expectations(Settings())
    remote = Settings(
        models=ModelSettings(fast="remote", planner="remote"),
        remote=ServerSettings(base_url="https://me:secret@llm.example/v1", model="large"),
    )
    assert "Your words go to llm.example, once you have allowed it." in expectations(remote)
    assert "secret" not in expectations(remote)
    assert open_window().window.empty.hint.text() == expectations(Settings())
