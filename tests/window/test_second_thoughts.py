"""Second thoughts in the window: what changed, which answer counts, thinking again, and doing without."""

from __future__ import annotations

from conftest import Open, Running
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QTextBlock, QTextCursor
from PySide6.QtWidgets import QApplication
from scripted import Reply, ScriptedSession

from app.errors import BadSetting
from app.ui.planner_menu import PlannerMenu

CORRECTED = Reply(
    answer="It is Lyon, I think.", verdict="correct", refinement="It is Paris, I think.", why="the names differ"
)
BEFORE, NOW = "It is Lyon, I think.", "It is Paris, I think."


def marked(running: Running) -> tuple[list[str], list[str]]:
    """The words in sight that are struck through, and those that are heavier than others."""
    struck, heavy = [], []
    block: QTextBlock = running.window.transcript.document().begin()
    while block.isValid():
        parts = block.begin()
        while not parts.atEnd():
            piece = parts.fragment()
            if piece.charFormat().fontStrikeOut():
                struck.append(piece.text())
            if piece.charFormat().fontWeight() >= QFont.Weight.DemiBold:
                heavy.append(piece.text())
            parts += 1
        block = block.next()
    return struck, heavy


def test_a_correction_stands_in_the_place_of_the_answer_with_what_changed(open_window: Open) -> None:
    running = open_window(CORRECTED)
    running.ask_and_wait("Capital of France?")
    assert running.text.splitlines() == ["Capital of France?", "Corrected", "It is Lyon, Paris, I think."]
    assert marked(running) == (["Lyon,"], ["Paris,"])
    running.press("Show first answer")
    assert running.text.splitlines()[3:] == ["First answer", BEFORE]
    assert "Hide first answer" in running.offered()
    running.press("Hide first answer")
    assert "First answer" not in running.text


def test_a_correction_in_other_words_is_not_covered_with_marks(open_window: Open) -> None:
    second = "Up there the air is **thin**, so about 71 degrees are enough for the kettle."
    running = open_window(
        Reply(answer="Water boils at 100 degrees wherever you are.", verdict="correct", refinement=second)
    )
    running.ask_and_wait("And on Everest?")
    assert running.text.splitlines()[2] == second.replace("*", "")
    assert marked(running) == ([], ["thin"])


def test_marks_stand_at_the_words_they_mean(open_window: Open) -> None:
    """Characters beyond the first plane count twice in a document, and code and tables keep their form."""
    first = "\U0001f600 a **small** dog\n\n- one cat\n- two cats\n\n```\nx = 1\n```"
    second = "\U0001f600 a **big** dog\n\n- one cat\n- ten cats\n\n```\nx = 2\n```"
    running = open_window(Reply(answer=first, verdict="correct", refinement=second))
    running.ask_and_wait("Pets?")
    assert running.text.splitlines()[2:] == ["\U0001f600 a small big dog", "one cat", "two ten cats", "x = 2"]
    assert marked(running) == (["small", "two"], ["big", "ten", "2"])


def test_what_was_looked_at_is_told_by_the_quiet_mark(open_window: Open) -> None:
    running = open_window(Reply(answer="It is 397.8.", looks_up="calculate", why="calculate says the same"))
    running.ask_and_wait("17 percent of 2340?")
    assert running.text.splitlines()[2] == "Second thought agrees · calculate"
    cursor = QTextCursor(running.window.transcript.document().findBlockByNumber(2))
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    for words in (
        "SmolLM2-135M-Instruct",
        "Calculate says the same",
        "calculate (expression: 17% of 2340) (2 ms): It is 397.8.",
    ):
        assert words in cursor.charFormat().toolTip()
    running.press("Show details")
    assert running.text.splitlines()[3:][-1] == "calculate (expression: 17% of 2340) (2 ms): It is 397.8."
    running.press("Hide details")
    assert len(running.text.splitlines()) == 3


def test_either_answer_can_be_kept_and_the_other_stays_in_reach(open_window: Open) -> None:
    running = open_window(CORRECTED)
    running.ask_and_wait("Capital of France?")
    running.press("Keep first")
    running.wait(lambda: "You kept the first answer" in running.text)
    assert running.text.splitlines() == ["Capital of France?", BEFORE, "You kept the first answer"]
    assert marked(running) == ([], [])
    running.press("Show second answer")
    assert running.text.splitlines()[3:] == ["Second answer", NOW]
    running.press("Keep second")
    running.wait(lambda: "You kept the second answer" in running.text)
    assert running.text.splitlines()[:2] == ["Capital of France?", NOW]
    (rows,) = running.session.store.rows.values()
    assert rows[0].kept == "refined"
    running.press("Copy answer")
    assert QApplication.clipboard().text() == NOW


def test_what_was_kept_is_still_so_in_another_run(open_window: Open) -> None:
    running = open_window(
        CORRECTED, Reply(answer="It is 8.", looks_up="calculate"), Reply(answer="Noon.", tool="clock")
    )
    for question in ("Capital of France?", "2 times 4?", "What time is it?"):
        running.ask_and_wait(question)
    running.press("Keep first", 0)
    running.wait(lambda: "You kept the first answer" in running.text)
    later = restarted(open_window, running)
    assert later.window.transcript.toHtml() == running.window.transcript.toHtml()
    later.press("Keep second", 0)
    later.wait(lambda: "You kept the second answer" in later.text)


def restarted(open_window: Open, running: Running) -> Running:
    """Another window on what the first one left behind, with the same conversation in sight."""
    session = ScriptedSession(*running.session.replies)
    session.store = running.session.store
    later = open_window(session=session)
    later.window.resize(running.window.size())
    later.presenter.open_conversation(next(iter(session.store.rows)))
    count = len(running.window.transcript.turn_ids)
    later.wait(lambda: len(later.window.transcript.turn_ids) == count)
    return later


def test_only_the_last_answer_can_be_thought_over_again(open_window: Open) -> None:
    running = open_window(
        Reply(answer="One."), Reply(answer=BEFORE), Reply(answer="", verdict="correct", refinement=NOW, planner_s=0.2)
    )
    running.ask_and_wait("First?")
    running.ask_and_wait("Capital of France?")
    assert "Think again" not in running.offered(0)
    running.press("Think again")
    assert "Thinking again…" in running.text
    assert running.window.input.stop.isVisible()
    assert running.offered() == ["Stop"]
    running.wait(lambda: "Corrected" in running.text)
    running.wait(lambda: not running.window.input.stop.isVisible())
    assert running.text.splitlines()[-1] == "It is Lyon, Paris, I think."


def test_thinking_again_can_be_stopped_and_leaves_all_as_it_was(open_window: Open) -> None:
    running = open_window(CORRECTED, Reply(answer="", verdict="agree", planner_s=60.0))
    running.ask_and_wait("Capital of France?")
    before = running.text
    running.press("Think again")
    running.wait(lambda: running.session._running is not None and not running.session._running.done())
    running.press("Stop")
    running.wait(lambda: not running.window.input.stop.isVisible())
    assert running.text == before
    assert "Think again" in running.offered()


def test_thinking_again_works_on_what_another_run_answered(open_window: Open) -> None:
    running = open_window(Reply(answer=BEFORE))
    running.ask_and_wait("Capital of France?")
    running.session.replies = [Reply(answer="", verdict="correct", refinement=NOW)]
    later = restarted(open_window, running)
    later.press("Think again")
    later.wait(lambda: "Corrected" in later.text)
    assert later.text.splitlines()[-1] == "It is Lyon, Paris, I think."


def test_a_wish_that_cannot_be_is_one_notice(open_window: Open) -> None:
    running = open_window(CORRECTED)
    running.ask_and_wait("Capital of France?")
    row = running.session.store.rows[running.session.conversation][0]
    row.refinement = ""
    running.press("Keep first")
    running.wait(lambda: running.window.notices.text == "This turn has no second answer to choose from.")
    running.session.store.rows[running.session.conversation].append(
        row.__class__(id="x", conversation="c", source="typed", text="")
    )
    running.press("Think again")
    running.wait(lambda: running.window.notices.text == "Only the last answer can be thought over again.")
    assert "Thinking again" not in running.text
    assert not running.window.input.stop.isVisible()


def test_what_can_be_done_is_seen_near_and_reached_by_the_keyboard(open_window: Open) -> None:
    running = open_window(CORRECTED)
    running.ask_and_wait("Capital of France?")
    transcript = running.window.transcript
    (id,) = transcript.turn_ids
    row = transcript.controls(id)
    assert row is not None
    faint = {button.text(): button.faint for button in row.row}
    assert faint == {"Show first answer": False, "…": False, "Keep first": True, "Keep this": True, "Think again": True}
    assert [action.text() for action in row.menu().actions()] == [
        "Show first answer", "Keep first", "Keep this", "Think again", "Show details", "Copy answer",
    ]  # fmt: skip
    for button in row.row:
        assert button.accessibleName()
        assert "Capital of France?" in button.accessibleDescription()
    words = transcript.viewport().mapFromGlobal(row.mapToGlobal(QPoint(0, row.height() + 4)))
    running.qtbot.mouseMove(transcript.viewport(), words)
    running.wait(lambda: not any(button.faint for button in row.row))
    transcript._controls.point_at(None)
    assert row.row[2].faint
    running.window.activateWindow()
    transcript.setFocus()
    reached = []
    for _ in range(5):
        running.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached == row.row
    assert not any(button.faint for button in row.row)
    running.qtbot.keyClick(row.row[2], Qt.Key.Key_Space)
    running.wait(lambda: "You kept the first answer" in running.text)
    running.wait(lambda: QApplication.focusWidget().text() == "Show second answer")


def test_buttons_stand_beside_the_words_and_move_with_them(open_window: Open) -> None:
    running = open_window(Reply(answer="line\n\n" * 40), CORRECTED)
    running.ask_and_wait("long")
    running.ask_and_wait("Capital of France?")
    transcript = running.window.transcript
    for width in (1080, 420, 800):
        running.window.resize(width, 700)
        label = running.window.transcript.document().findBlockByNumber(transcript.document().blockCount() - 2)
        assert label.text() == "Corrected"
        running.wait(lambda label=label: abs(label_right(running, label) - button_left(running)) < 3)
        row = transcript.controls(transcript.turn_ids[-1])
        assert row is not None
        assert row.geometry().right() <= transcript.viewport().width()
    transcript.verticalScrollBar().setValue(0)
    assert transcript.controls(transcript.turn_ids[-1]) is None


def label_right(running: Running, label: QTextBlock) -> float:
    """Where the button's words should begin: behind those of the label."""
    transcript = running.window.transcript
    line = label.layout().lineAt(0)
    rect = transcript.rect_of(label)
    return rect.x() + line.naturalTextRect().right() + 8


def button_left(running: Running) -> float:
    row = running.window.transcript.controls(running.window.transcript.turn_ids[-1])
    return row.x() if row is not None else -1.0


def test_doing_without_a_second_thought_for_one_question_or_for_good(open_window: Open) -> None:
    running = open_window(Reply(answer="Yes."))
    field, twice = running.window.input.field, running.window.input.twice
    field.insertPlainText("Once?")
    running.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    running.wait(lambda: not running.window.input.stop.isVisible())
    assert running.text.splitlines() == ["Once?", "Yes."]
    running.ask_and_wait("Twice?")
    assert running.text.splitlines()[-1] == "Second thought agrees"
    menu = running.window.findChild(PlannerMenu)
    field.insertPlainText("By the menu?")
    menu.once.trigger()
    running.wait(lambda: "By the menu?" in running.text and not running.window.input.stop.isVisible())
    assert running.text.splitlines()[-1] == "Yes."
    assert (menu.twice.isChecked(), twice.accessibleName()) == (True, "Second thoughts: on")
    menu.twice.trigger()
    running.wait(lambda: twice.accessibleName() == "Second thoughts: off")
    assert not running.session.planner
    assert not menu.twice.isChecked()
    running.ask_and_wait("And now?")
    assert running.text.splitlines()[-1] == "Yes."


def test_second_thoughts_that_cannot_be_had_are_told_and_stay_off(open_window: Open) -> None:
    running = open_window(planner=False)
    assert running.window.input.twice.accessibleName() == "Second thoughts: off"
    running.session.planner_problem = BadSetting("They begin with the next start.")
    menu = running.window.findChild(PlannerMenu)
    menu.twice.trigger()
    running.wait(lambda: running.window.notices.text == "They begin with the next start.")
    assert not menu.twice.isChecked()


def test_the_context_menu_has_all_that_can_be_done(open_window: Open) -> None:
    running = open_window(CORRECTED)
    running.ask_and_wait("Capital of France?")
    transcript = running.window.transcript
    menu = transcript.context_menu(transcript.cursorRect(transcript.document().find("It is Lyon")).center())
    texts = [action.text() for action in menu.actions()]
    assert texts[:2] == ["Show first answer", "Keep first"]
    assert any("Select All" in text for text in texts)
    menu.actions()[1].trigger()
    running.wait(lambda: "You kept the first answer" in running.text)
    menu.aboutToHide.emit()
    transcript.show_turns([])
    menu = transcript.context_menu(QPoint(5, 5))
    assert not any("Keep" in action.text() for action in menu.actions())
    menu.aboutToHide.emit()


def test_while_a_second_thought_goes_on_it_is_shown_and_no_older_answer_can_have_one(open_window: Open) -> None:
    running = open_window(Reply(answer="One."), Reply(answer="Two.", planner_s=60.0))
    running.ask_and_wait("First?")
    assert "Think again" in running.offered(0)
    running.ask("Second?")
    assert running.text.splitlines()[-1] == "Thinking…"
    assert "Think again" not in running.offered(0)
    running.wait(lambda: "Thinking again…" in running.text)
    assert "Think again" not in running.offered(0)
    assert running.offered() == ["Stop"]
    running.press("Stop")
    running.wait(lambda: "Thinking again…" not in running.text)
