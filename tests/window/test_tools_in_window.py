"""Tools in the window: what obeyed a command, what the user is asked, what rings."""

from __future__ import annotations

from conftest import Open
from PySide6.QtCore import Qt
from scripted import Reply

from app.events import AlarmRang, Warning

ASKS = Reply(answer="Shall I open the editor?", tool="open", asks=True)


def test_a_command_names_its_tool_and_no_model(open_window: Open) -> None:
    running = open_window(Reply(answer="12 times 7 is 84.", tool="calculate"))
    running.ask_and_wait("What is 12 times 7?")
    assert running.text.splitlines() == ["What is 12 times 7?", "12 times 7 is 84.", "calculate"]
    assert running.offered() == ["Show details", "Copy answer"]
    running.press("Show details")
    assert running.text.splitlines()[-1] == "calculate (2 ms): It is 397.8."


def test_thinking_again_in_so_many_words_is_no_revision_of_those_words(open_window: Open) -> None:
    running = open_window(Reply(answer="x"))
    running.ask_and_wait("Capital of France?")
    turn = running.window.transcript.turn(running.window.transcript.turn_ids[0])
    assert turn is not None
    turn.answer, turn.answer_model, turn.verdict = "Let me think again.", "reflex", "correct"
    turn.refinement = "It is Paris."
    running.window.transcript.show_turn(turn)
    assert running.text.splitlines()[1:] == ["Let me think again.", "Corrected", "It is Paris."]
    assert running.offered() == ["Show details", "Copy answer"]


def test_what_a_tool_asks_can_be_allowed_with_a_button(open_window: Open) -> None:
    running = open_window(ASKS, Reply(answer="Opened.", tool="open"))
    running.ask_and_wait("Open the editor")
    assert running.offered()[:2] == ["Allow", "Don't"]
    assert running.text.splitlines()[-1] == "open · waiting for your answer"
    assert running.window.input.field.hasFocus() or not running.window.isActiveWindow()
    running.press("Allow")
    running.wait(lambda: "Opened." in running.text)
    assert running.text.splitlines() == [
        "Open the editor", "Shall I open the editor?", "open · you allowed it", "Yes", "Opened.", "open",
    ]  # fmt: skip
    running.wait(lambda: "Allow" not in running.offered(0))


def test_what_a_tool_asks_can_be_refused_and_enter_is_no_yes(open_window: Open) -> None:
    running = open_window(ASKS, Reply(answer="All right, I won't.", tool="-"))
    running.ask_and_wait("Open the editor")
    row = running.window.transcript.controls(running.window.transcript.turn_ids[0])
    assert row is not None
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        running.qtbot.keyClick(running.window.input.field, key)
        running.qtbot.keyClick(row.buttons[0], key)
    assert running.session.pending is not None
    running.press("Don't")
    running.wait(lambda: "open · you did not allow it" in running.text)
    assert running.session.pending is None


def test_a_question_that_became_void_loses_its_buttons(open_window: Open) -> None:
    running = open_window(ASKS, Reply(answer="A pet."))
    running.ask_and_wait("Open the editor")
    running.ask_and_wait("What is a cat?")
    assert "open · no longer asked" in running.text
    assert "Allow" not in running.offered(0)


def test_an_answer_that_comes_too_late_is_told(open_window: Open) -> None:
    running = open_window(ASKS)
    running.ask_and_wait("Open the editor")
    running.session.pending = None
    running.press("Allow")
    running.wait(lambda: running.window.notices.text == "That question is no longer open.")
    assert "open · no longer asked" in running.text
    assert "Allow" not in running.offered(0)


def test_what_rings_is_told_until_it_is_put_away(open_window: Open) -> None:
    running = open_window()
    notices = running.window.notices
    for label in ("tea", "eggs"):
        running.session.emit(AlarmRang(alarm=label, kind="timer", label=label))
    running.wait(lambda: notices.text == "The eggs timer is done.")
    running.session.emit(Warning(text="Something else."), Warning(text="Something else."))
    running.wait(lambda: len(notices._waiting) == 3)
    assert notices.text == "The eggs timer is done."
    assert notices.stop_button.isVisible()
    notices.stop_button.click()
    running.wait(lambda: running.session.stopped == 1)
    assert notices.text == "The tea timer is done."
    notices.close_button.click()
    assert notices.text == "Something else."
    assert not notices.stop_button.isVisible()
    assert running.session.stopped == 1
