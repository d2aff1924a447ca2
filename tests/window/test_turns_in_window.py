"""Turns as the window shows them: streaming, the three verdicts, stop, failure, history."""

from __future__ import annotations

from conftest import Open
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from scripted import Reply, ScriptedSession


def test_a_typed_question_is_shown_streamed_and_agreed_with(open_window: Open) -> None:
    running = open_window(Reply(answer="Paris is the capital of France.", pace_s=0.03))
    assert running.window.empty.isVisible()
    running.ask("What is the capital of France?")
    assert "What is the capital of France?" in running.text
    assert running.window.input.field.toPlainText() == ""
    running.wait(lambda: "Paris is" in running.text and "France." not in running.text.split("?")[1])
    assert running.window.input.stop.isVisible()
    running.wait(lambda: "Second thought agrees" in running.text)
    assert running.text.splitlines() == [
        "What is the capital of France?",
        "Paris is the capital of France.",
        "Second thought agrees",
    ]
    running.wait(lambda: not running.window.input.stop.isVisible())


def test_an_addition_stands_beneath_the_answer(open_window: Open) -> None:
    running = open_window(Reply(answer="Shakespeare.", verdict="add", refinement="About **1600**."))
    running.ask_and_wait("Who wrote Hamlet?")
    assert running.text.splitlines() == ["Who wrote Hamlet?", "Shakespeare.", "On second thought", "About 1600."]


def test_skipped_and_failed_second_thoughts(open_window: Open) -> None:
    running = open_window(
        Reply(answer="One.", verdict="skipped", why="not needed"),
        Reply(answer="Two.", verdict="failed", why="the planner was too slow."),
    )
    running.ask_and_wait("first")
    assert running.text.splitlines() == ["first", "One."]
    running.ask_and_wait("second")
    assert running.text.splitlines()[-1] == "No second thought this time: the planner was too slow."


def test_escape_stops_the_answer_and_the_next_one_works(open_window: Open) -> None:
    running = open_window(Reply(answer="word " * 2000, pace_s=0.01), Reply(answer="Fine."))
    running.ask("Tell me everything")
    running.wait(lambda: "word word" in running.text)
    running.qtbot.keyClick(running.window.input.field, Qt.Key.Key_Escape)
    running.wait(lambda: "Stopped here." in running.text)
    running.wait(lambda: not running.window.input.stop.isVisible())
    running.ask_and_wait("And now?")
    assert "Fine." in running.text


def test_a_crash_is_an_apology_in_the_transcript_and_a_readable_cause(open_window: Open) -> None:
    cause = "The answering model ended with signal 11; it is being restarted."
    running = open_window(
        Reply(answer="I am sorry, I lost my thread. Please ask again.", failed=cause), Reply(answer="Back.")
    )
    running.session.change_worker("fast", "failed", cause)
    running.ask_and_wait("Hello?")
    assert "I am sorry, I lost my thread." in running.text
    assert cause in running.text
    row = running.window.sidebar.workers.rows["fast"]
    running.wait(lambda: row.status.state == "failed")
    assert cause in row.toolTip()
    assert any(label.isVisible() and label.text() == cause for label in row.findChildren(type(row._cause)))
    assert running.window.summary.text().strip() == "Answers failed"
    running.session.change_worker("fast", "ready")
    running.wait(lambda: running.window.summary.text().strip() == "Ready")
    running.ask_and_wait("Hello again?")
    assert "Back." in running.text


def test_a_past_conversation_looks_exactly_like_it_did_live(open_window: Open) -> None:
    running = open_window(
        Reply(answer="Sydney.", verdict="correct", refinement="Canberra."),
        Reply(answer="Shakespeare.", verdict="add", refinement="About 1600."),
        Reply(answer="Yes.", verdict="agree"),
    )
    for question in ("Capital of Australia?", "Who wrote Hamlet?", "Sure?"):
        running.ask_and_wait(question)
    live = running.window.transcript.toHtml()
    (id,) = running.session.store.rows
    session = ScriptedSession(Reply(answer="Yes."))
    session.store = running.session.store
    later = open_window(session=session)
    later.window.resize(running.window.size())
    model = later.window.sidebar.conversations.model()
    later.wait(lambda: model.rowCount() == 1)
    assert model.index(0, 0).data() == "Capital of Australia?"
    later.presenter.open_conversation(id)
    later.wait(lambda: len(later.window.transcript.turn_ids) == 3)
    assert later.window.transcript.toHtml() == live


def test_a_new_conversation_does_not_show_what_still_streams_in_the_old(open_window: Open) -> None:
    running = open_window(Reply(answer="old " * 200, pace_s=0.005), Reply(answer="new"))
    running.ask("slow one")
    running.wait(lambda: "old old" in running.text)
    running.qtbot.keyClick(running.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert running.text == ""
    assert running.window.empty.isVisible()
    running.wait(lambda: not running.window.input.stop.isVisible())
    assert running.text == ""
    running.ask_and_wait("quick one")
    assert running.text.splitlines()[:2] == ["quick one", "new"]
    assert len(running.session.store.rows) == 2


def test_going_back_to_a_conversation_that_still_streams_loses_nothing(open_window: Open) -> None:
    running = open_window(Reply(answer=" ".join(str(n) for n in range(300)), pace_s=0.003))
    running.ask("count")
    running.wait(lambda: "5 6 7" in running.text)
    running.presenter.new_conversation()
    (id,) = running.session.store.rows
    running.presenter.open_conversation(id)
    running.wait(lambda: "Second thought agrees" in running.text)
    assert running.text.splitlines()[1] == " ".join(str(n) for n in range(300))


def test_deleting_a_conversation_asks_and_forgets(open_window: Open) -> None:
    running = open_window(Reply(answer="Yes."))
    running.ask_and_wait("Remember this")
    model = running.window.sidebar.conversations.model()
    running.wait(lambda: model.rowCount() == 1)
    (id,) = running.session.store.rows
    running.presenter.delete_conversation(id)
    running.wait(lambda: model.rowCount() == 0)
    assert running.session.store.rows == {}
    assert running.window.empty.isVisible()


def test_words_of_a_model_load_nothing_and_run_nothing(open_window: Open) -> None:
    hostile = (
        "<script>alert(1)</script> <img src='http://evil.example/x.png'> ![see](http://evil.example/y.png) "
        "[file](file:///etc/passwd) [web](https://example.org/) \x00\ufdd0\ufffc end"
    )
    running = open_window(Reply(answer=hostile))
    running.ask_and_wait("<b>bold?</b> \U0001f600")
    transcript = running.window.transcript
    assert "<b>bold?</b> \U0001f600" in running.text
    assert "<script>alert(1)</script>" in running.text
    assert "[picture: see]" in running.text
    assert "\ufffc" not in running.text
    assert "<img" not in transcript.toHtml()
    assert (
        transcript.loadResource(int(QTextDocument.ResourceType.ImageResource.value), QUrl("file:///etc/passwd")) is None
    )
    opened: list[str] = []
    transcript._open_url = lambda url: opened.append(url.toString())
    for address in ("file:///etc/passwd", "javascript:alert(1)", "https://example.org/"):
        transcript.anchorClicked.emit(QUrl(address))
    assert opened == ["https://example.org/"]
