"""Microphone, notices, keys, list, colours: what the window is made of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from conftest import Open
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication
from scripted import Reply

from app.events import PartialTranscript, SpeechEnded, SpeechStarted, Warning
from app.ui import icons, theme
from app.ui.conversation_list import day


def test_the_microphone_tells_each_state_of_a_spoken_turn(open_window: Open) -> None:
    running = open_window(Reply(answer="Sunny.", planner_s=0.2))
    bar = running.window.input
    seen: list[str] = []
    show = bar.show_microphone
    bar.show_microphone = lambda state, why="": (seen.append(state), show(state, why))
    assert bar.microphone_state == "off"
    bar.microphone.click()
    assert bar.microphone_state == "opening"
    running.wait(lambda: bool(running.session.conversation))
    running.session.speak("what is the weather")
    running.wait(lambda: "speaking" in seen and seen[-1] == "listening")
    for earlier, later in (("opening", "hearing"), ("hearing", "thinking"), ("thinking", "speaking")):
        assert seen.index(earlier) < seen.index(later)
    assert running.text.splitlines()[:2] == ["what is the weather", "Sunny."]
    bar.microphone.click()
    running.wait(lambda: bar.microphone_state == "off")


def test_what_is_heard_so_far_is_shown(open_window: Open) -> None:
    running = open_window()
    bar = running.window.input
    bar.microphone.click()
    running.session.emit(SpeechStarted(at_s=0.1), PartialTranscript(turn="x", text="what is"))
    running.wait(lambda: bar.says.text() == "“what is”")
    running.session.emit(SpeechEnded(at_s=1.0))
    running.wait(lambda: bar.says.text() == "Listening. Just speak.")
    running.qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    running.wait(lambda: bar.microphone_state == "off")


def test_without_sound_the_microphone_says_why(open_window: Open) -> None:
    problem = "There is no sound because the PortAudio library is missing; run: sudo apt install libportaudio2"
    running = open_window(problem=problem)
    bar = running.window.input
    assert bar.microphone_state == "unavailable"
    assert not bar.microphone.isEnabled()
    assert bar.microphone.toolTip() == problem
    running.window.microphone_wanted.emit()
    assert bar.microphone_state == "unavailable"


def test_warnings_are_one_quiet_line_that_can_be_put_away(open_window: Open) -> None:
    running = open_window()
    notices = running.window.notices
    assert not notices.isVisible()
    for text in ("First.", "Second.", "First."):
        running.session.emit(Warning(text=text))
    running.wait(lambda: notices.text == "First.")
    assert notices.isVisible()
    notices.close_button.click()
    assert notices.text == "Second."
    notices.close_button.click()
    assert not notices.isVisible()


def test_enter_sends_and_shift_enter_does_not(open_window: Open) -> None:
    running = open_window()
    field = running.window.input.field
    height = field.height()
    assert not running.window.input.send.isEnabled()
    running.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert running.text == ""
    field.insertPlainText("one")
    running.qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    field.insertPlainText("two")
    assert field.toPlainText() == "one\ntwo"
    assert field.height() > height
    running.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.toPlainText() == ""
    assert field.height() == height
    running.wait(lambda: "Yes." in running.text)


def test_a_very_long_question_and_odd_characters_are_bearable(open_window: Open) -> None:
    running = open_window()
    running.presenter.ask("long " * 20_000 + "\U0001f600\x00\ud800 end")
    running.wait(lambda: "Yes." in running.text)
    assert "\U0001f600" in running.text


def test_every_control_has_a_name_and_can_be_reached(open_window: Open) -> None:
    running = open_window()
    buttons = running.window.findChildren(QAbstractButton)
    assert len(buttons) >= 6
    for button in buttons:
        if type(button).__module__.startswith("app."):
            assert button.accessibleName(), button
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    for widget in (running.window.transcript, running.window.input.field, running.window.sidebar.conversations):
        assert widget.accessibleName()
    running.ask_and_wait("Hello?")
    running.window.input.field.setFocus()
    reached = set()
    for _ in range(12):
        running.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert {running.window.transcript, running.window.sidebar.new, running.window.input.microphone} <= reached


def test_a_narrow_window_lays_the_side_panel_over_the_text(open_window: Open) -> None:
    running = open_window()
    window = running.window
    assert window.sidebar.isVisible()
    window.resize(480, 700)
    running.wait(lambda: not window.sidebar.isVisible())
    width = window.transcript.parentWidget().width()
    window.toggle.click()
    assert window.sidebar.isVisible()
    assert window.transcript.parentWidget().width() == width
    running.qtbot.keyClick(window.input.field, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    window.resize(1080, 760)
    running.wait(lambda: window.sidebar.isVisible())


def test_reading_back_is_not_disturbed_by_what_comes(open_window: Open) -> None:
    running = open_window(Reply(answer="line\n\n" * 60), Reply(answer="more " * 300))
    running.ask_and_wait("long")
    bar = running.window.transcript.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    running.presenter.ask("again")
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    running.wait(lambda: not running.window.input.stop.isVisible())
    assert bar.value() == 0


def test_a_change_of_theme_keeps_turns_and_changes_colours(open_window: Open, qapp: QApplication) -> None:
    running = open_window(Reply(answer="Sydney.", verdict="correct", refinement="Canberra."))
    running.ask_and_wait("Capital?")
    before = running.text
    light = running.window.grab().toImage().pixelColor(600, 300)
    theme.apply(qapp, "dark")
    assert light.lightnessF() > 0.9
    running.wait(lambda: running.window.grab().toImage().pixelColor(600, 300).lightnessF() < 0.2)
    assert running.text == before
    theme.apply(qapp, "light")


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_can_be_read_on_every_ground(colours: theme.Colours) -> None:
    for ink in (colours.text, colours.muted, colours.accent):
        for ground in (colours.window, colours.sidebar, colours.surface):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    palette = theme.palette(dark=colours is theme.DARK)
    assert contrast(colours.text, theme.bubble(palette).name()) >= 4.5
    for state in ("ready", "loading", "failed"):
        assert contrast(theme.state_colour(state, palette).name(), colours.sidebar) >= 3
    assert palette.color(QPalette.ColorRole.Accent) == QColor(colours.accent)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def luminance(name: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(name).getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_days_are_said_as_people_say_them() -> None:
    now = datetime.now(UTC).astimezone()
    assert ":" in day(now.isoformat(), now.date())
    assert day((now - timedelta(days=1)).isoformat(), now.date()) == "Yesterday"
    assert day((now - timedelta(days=3)).isoformat(), now.date()) not in ("", "Yesterday")
    assert day("2001-02-03T12:00:00+00:00", date(2026, 1, 1)) != ""
    assert day("not a date", now.date()) == ""


def test_every_icon_draws_something(qapp: QApplication) -> None:
    names = sorted(path.stem for path in icons.FOLDER.glob("*.svg"))
    assert "duet" in names

    for name in names:
        image = QImage(48, 48, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        icons.paint(painter, name, QRectF(0, 0, 48, 48), QColor("red"))
        painter.end()
        assert any(image.pixelColor(x, y).alpha() for x in range(48) for y in range(48)), name
    assert not icons.application_icon().isNull()
