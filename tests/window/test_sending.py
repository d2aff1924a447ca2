"""What would leave for a server is asked about in a box of its own, which does not stop the window."""

from __future__ import annotations

import pytest
from conftest import Open
from PySide6.QtWidgets import QMessageBox

from app.events import CameBack, ModelAdvised, SendingAsked, SendingSettled

ASKED = SendingAsked(
    server="big",
    host="llm.example",
    model="qwen",
    leaves=("your question",),
    question="May Duet send your question to llm.example?",
)


@pytest.mark.parametrize(
    ("button", "allowed"), [(QMessageBox.StandardButton.Yes, True), (QMessageBox.StandardButton.No, False)]
)
def test_the_answer_goes_back_to_who_asked(
    open_window: Open, button: QMessageBox.StandardButton, allowed: bool
) -> None:
    running = open_window()
    running.session.emit(ASKED)
    running.wait(lambda: running.window.findChild(QMessageBox) is not None)
    box = running.window.findChild(QMessageBox)
    assert box.text() == ASKED.question
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.No)
    box.button(button).click()
    running.wait(lambda: running.session.settled == [("big", allowed)])
    running.ask_and_wait("Hello?")
    assert running.session.settled == [("big", allowed)]


def test_a_question_that_was_settled_elsewhere_goes_away(open_window: Open) -> None:
    running = open_window()
    running.session.emit(ASKED)
    running.wait(lambda: running.window.findChild(QMessageBox) is not None)
    running.session.emit(SendingSettled(server="big", allowed=None))
    running.wait(lambda: running.window.findChild(QMessageBox) is None)


def test_advice_is_a_notice_and_a_model_that_is_back_is_none(open_window: Open) -> None:
    running = open_window()
    running.session.emit(CameBack(role="code", model="large"))
    running.session.emit(ModelAdvised(role="code", model="large", text="For code, large has done better here."))
    running.wait(lambda: running.window.notices.text == "For code, large has done better here.")
