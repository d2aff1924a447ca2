"""Being heard, as the window has it: the held key, mute, the wake word, and the menu that chooses among them."""

from __future__ import annotations

import pytest
from conftest import Open, Running
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from scripted import Reply

from app.errors import BadModel, BadSetting
from app.settings import WAKE_WORDS, AudioSettings
from app.ui.hotkey.keys import read_key
from app.ui.sound_test import SoundTest
from app.ui.ways_menu import WaysMenu, called

PUSH = AudioSettings(way_in="push-to-talk")
CONTROL = Qt.KeyboardModifier.ControlModifier


def key_event(running: Running, kind: QEvent.Type, *, repeat: bool = False) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier, "", repeat)
    QApplication.sendEvent(running.window.input.field, event)


def hold(running: Running) -> None:
    key_event(running, QEvent.Type.KeyPress)


def let_go(running: Running) -> None:
    key_event(running, QEvent.Type.KeyRelease)


def focus(running: Running) -> None:
    running.window.activateWindow()
    running.wait(running.window.input.field.hasFocus)


def begin(running: Running, state: str) -> None:
    running.window.input.microphone.click()
    running.wait(lambda: running.window.input.microphone_state == state)


def test_a_held_key_talks_and_its_release_ends_it(open_window: Open) -> None:
    running = open_window(audio=PUSH)
    bar = running.window.input
    focus(running)
    begin(running, "waiting")
    assert bar.says.text() == "Hold F9 and speak."
    hold(running)
    running.wait(lambda: bar.microphone_state == "listening")
    let_go(running)
    running.wait(lambda: bar.microphone_state == "waiting")
    assert running.session.keys == [True, False]
    assert bar.field.toPlainText() == ""


def test_the_repeats_of_a_held_key_are_nothing(open_window: Open) -> None:
    running = open_window(audio=PUSH)
    focus(running)
    begin(running, "waiting")
    hold(running)
    for _ in range(5):
        key_event(running, QEvent.Type.KeyRelease, repeat=True)
        key_event(running, QEvent.Type.KeyPress, repeat=True)
    running.wait(lambda: running.window.input.microphone_state == "listening")
    let_go(running)
    running.wait(lambda: running.session.keys == [True, False])


def test_a_window_that_loses_the_keyboard_lets_go(open_window: Open) -> None:
    running = open_window(audio=PUSH)
    focus(running)
    begin(running, "waiting")
    hold(running)
    running.wait(lambda: running.session.keys == [True])
    QApplication.sendEvent(running.window, QEvent(QEvent.Type.WindowDeactivate))
    running.wait(lambda: running.session.keys == [True, False])
    let_go(running)
    hold(running)
    running.wait(lambda: running.session.keys == [True, False, True])


def test_the_key_opens_the_microphone_of_who_pushes_to_talk(open_window: Open) -> None:
    running = open_window(audio=PUSH)
    focus(running)
    hold(running)
    running.wait(lambda: running.window.input.microphone_state == "listening")
    assert running.session.attention.held


def test_who_is_hands_free_opens_the_microphone_with_its_button_only(open_window: Open) -> None:
    running = open_window()
    focus(running)
    hold(running)
    running.wait(lambda: running.session.keys == [True])
    assert running.window.input.microphone_state == "off"


@pytest.mark.parametrize("first", [Qt.Key.Key_Space, Qt.Key.Key_Control])
def test_a_key_with_a_modifier_is_up_when_either_is(open_window: Open, first: Qt.Key) -> None:
    running = open_window(audio=AudioSettings(way_in="push-to-talk", talk_key="Ctrl+Space"))
    focus(running)
    begin(running, "waiting")
    field, second = running.window.input.field, Qt.Key.Key_Space
    running.qtbot.keyPress(field, Qt.Key.Key_Control, CONTROL)
    running.qtbot.keyPress(field, second, CONTROL)
    running.wait(lambda: running.session.keys == [True])
    running.qtbot.keyRelease(field, first, CONTROL)
    running.wait(lambda: running.session.keys == [True, False])
    running.qtbot.keyPress(field, Qt.Key.Key_Space)
    assert running.session.keys == [True, False]
    assert field.toPlainText() == " "


def test_a_bad_key_is_told_and_the_usual_one_works(open_window: Open) -> None:
    running = open_window(audio=AudioSettings(way_in="push-to-talk", talk_key="A"))
    texts = [running.window.notices.text]
    running.window.notices.dismiss()
    texts.append(running.window.notices.text)
    assert any("needed for typing" in text for text in texts)
    focus(running)
    hold(running)
    running.wait(lambda: running.session.keys == [True])


def test_where_there_is_no_key_for_the_background_it_is_told_in_a_sentence(open_window: Open) -> None:
    running = open_window(audio=PUSH)
    assert running.window.notices.text == (
        "F9 works while this window has the keyboard, not elsewhere: "
        "this desktop offers no keys to programs in the background."
    )
    assert open_window().window.notices.text == ""
    quiet = open_window(audio=AudioSettings(way_in="push-to-talk", global_key=False))
    assert quiet.window.notices.text == ""


def test_mute_is_shown_whatever_goes_on_and_undone_by_the_same_key(open_window: Open) -> None:
    running = open_window(Reply(answer="word " * 400, pace_s=0.01))
    bar = running.window.input
    assert not bar.mute.isVisible()
    begin(running, "listening")
    assert bar.mute.isVisible()
    running.session.speak("tell me a story")
    running.wait(lambda: bar.microphone_state == "thinking")
    bar.mute.click()
    running.wait(lambda: bar.microphone_state == "muted")
    assert not running.session.attention.microphone
    assert bar.says.text() == "Muted: the microphone is closed."
    assert (bar.mute.accessibleName(), bar.mute.isChecked()) == ("Unmute", True)
    focus(running)
    running.qtbot.keyClick(bar.field, Qt.Key.Key_M, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    running.wait(lambda: bar.microphone_state != "muted")
    assert running.session.attention.microphone
    assert (bar.mute.accessibleName(), bar.mute.isChecked()) == ("Mute", False)
    running.session.stop()


def test_who_chose_the_wake_word_is_waited_for_without_a_click(open_window: Open) -> None:
    running = open_window(audio=AudioSettings(way_in="wake-word", wake_words="alexa, okay_nabu"))
    bar = running.window.input
    running.wait(lambda: bar.microphone_state == "asleep")
    assert bar.says.text() == "Say “Alexa or Okay Nabu”."
    ways_in = running.session.ways_in
    assert ways_in is not None
    assert running.session.loop is not None
    running.session.loop.call_soon_threadsafe(ways_in.wake, "alexa", 1.0)
    running.wait(lambda: bar.microphone_state == "listening")


def test_the_menu_chooses_a_way_in_and_shows_only_what_is_so(open_window: Open) -> None:
    running = open_window()
    bar, menu = running.window.input, running.presenter._voice._menu
    ways = {action.text().split(":")[0]: action for action in menu.actions() if action.text()}
    assert ways["Hands-free"].isChecked()
    assert {f"Wake word “{called(word)}”" for word in WAKE_WORDS} <= set(ways)
    ways["Wake word first"].trigger()
    assert ways["Hands-free"].isChecked()
    running.wait(lambda: bar.microphone_state == "asleep")
    assert ways["Wake word first"].isChecked()
    assert bar.says.text() == "Say “Hey Jarvis”."
    ways["Wake word “Alexa”"].trigger()
    running.wait(lambda: bar.says.text() == "Say “Hey Jarvis or Alexa”.")
    ways["Wake word “Hey Jarvis”"].trigger()
    running.wait(lambda: bar.says.text() == "Say “Alexa”.")
    ways["Push to talk"].trigger()
    running.wait(lambda: bar.microphone_state == "waiting")
    ways["Hands-free"].trigger()
    running.wait(lambda: bar.microphone_state == "listening")


def test_a_way_in_that_cannot_be_is_told_and_the_old_one_stays(open_window: Open) -> None:
    running = open_window()
    menu = running.presenter._voice._menu
    running.session.way_in_problem = BadModel("The wake word model is damaged; fetch it again.")
    ways = {action.text().split(":")[0]: action for action in menu.actions()}
    ways["Wake word first"].trigger()
    running.wait(lambda: running.window.notices.text == "The wake word model is damaged; fetch it again.")
    assert ways["Hands-free"].isChecked()
    assert running.window.input.microphone_state == "off"


def test_the_worker_of_the_wake_word_is_shown_while_it_runs(open_window: Open) -> None:
    running = open_window()
    row = running.window.sidebar.workers.rows["listening"]
    assert not row.isVisible()
    running.session.workers["listening"] = type(running.session.workers["fast"])("alexa", "ready")
    running.session.change_worker("listening", "ready")
    running.wait(row.isVisible)
    running.session.change_worker("listening", "stopped")
    running.wait(lambda: not row.isVisible())


def test_microphone_and_speaker_are_tried_with_the_user(open_window: Open) -> None:
    running = open_window()
    dialog = running.window.findChild(SoundTest)
    (test,) = [action for action in running.window.findChild(WaysMenu).actions() if "Try" in action.text()]
    test.trigger()
    running.wait(lambda: dialog.says.text().startswith("Say something"))
    test.trigger()  # while one goes on there is no second one
    running.session.loop.call_soon_threadsafe(running.session.test_goes_on.set)
    running.wait(lambda: "you were heard well" in dialog.says.text())
    assert "✗  speaker: nothing came back" in dialog.says.text()
    assert "Turn it up." in dialog.says.text()
    assert not dialog.running
    dialog.reject()


@pytest.mark.parametrize(
    ("text", "x11", "windows", "macos", "portal"),
    [
        ("F9", 0xFFC6, 0x78, 101, "F9"),
        ("Ctrl+Space", 0x20, 0x20, 49, "CTRL+space"),
        ("Ctrl+Alt+T", 0x74, 0x54, 17, "CTRL+ALT+t"),
        ("Meta+1", 0x31, 0x31, 18, "LOGO+1"),
        ("Pause", 0xFF13, 0x13, None, "Pause"),
        ("F24", 0xFFD5, 0x87, None, "F24"),
        ("F20", 0xFFD1, 0x83, 90, "F20"),
    ],
)
def test_each_system_has_its_own_name_for_a_key(
    text: str, x11: int, windows: int, macos: int | None, portal: str
) -> None:
    key = read_key(text)
    assert (key.x11_keysym, key.windows_code, key.macos_code, key.portal_trigger) == (x11, windows, macos, portal)
    assert read_key(key.name) == key


@pytest.mark.parametrize("text", ["", "bogus", "A", "Space", "Shift+A", "Ctrl", "F9, F10", "Ctrl+;", "Return"])
def test_what_is_no_key_to_talk_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadSetting, match=r"^audio\.talk_key cannot be “"):
        read_key(text)
