"""The part of the presenter that deals with being heard: microphone, mute, the key to talk, and the way in.

Lives on the window's thread and never waits. What sound is used for, the assistant decides and tells as an event.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.errors import BadSetting
from app.events import ListeningState
from app.settings import AudioSettings, WayIn
from app.ui.bridge import AssistantThread
from app.ui.hotkey.everywhere import GlobalKey, grab
from app.ui.hotkey.in_window import InWindowKey
from app.ui.hotkey.keys import TalkKey, read_key
from app.ui.input_bar import MicrophoneState
from app.ui.session import Session, SoundFinding
from app.ui.sound_test import SoundTest
from app.ui.ways_menu import WaysMenu, called
from app.ui.window import MainWindow

Activity = Literal["hearing", "thinking", "speaking"]


class VoiceControl(QObject):
    """Joins the controls of the voice and the assistant. `home` makes spoken turns join the conversation in sight."""

    def __init__(
        self,
        window: MainWindow,
        assistant: AssistantThread,
        audio: AudioSettings,
        home: Callable[[Session], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._assistant = assistant
        self._home = home
        self._way_in: WayIn = audio.way_in
        self._words = audio.wake_word_list
        self._begun = self._ending = False
        self._used_for: ListeningState | None = None
        self._activity: Activity | None = None
        self._keys_down: set[QObject] = set()
        self._key = self._read_key(audio)
        self._menu = WaysMenu(self._key.name, window)
        self.sound_test = SoundTest(window)
        self._everywhere = audio.global_key
        self._inside = InWindowKey(self._key, window)
        self._outside: GlobalKey | None = None
        self._connect()
        self._show_way_in()

    def _connect(self) -> None:
        self._window.microphone_wanted.connect(self.toggle)
        self._window.mute_wanted.connect(self.toggle_mute)
        self._window.input.ways.clicked.connect(self._open_menu)
        self._menu.chosen.connect(self.choose)
        self._menu.test_wanted.connect(self.test_sound)
        self._inside.changed.connect(lambda down: self._hold(self._inside, down))
        self._window.closed.connect(self.close)

    def _read_key(self, audio: AudioSettings) -> TalkKey:
        try:
            return read_key(audio.talk_key)
        except BadSetting as error:
            self._window.notices.tell(str(error))
            return read_key(AudioSettings().talk_key)

    def _watch_key(self) -> None:
        """Follow the key in the window; and everywhere, but only while it is the way in: other programs want it too."""
        if self._way_in == "push-to-talk" and self._everywhere and self._outside is None:
            outside = grab(self._key, self)
            if isinstance(outside, str):
                self._window.notices.tell(outside)
                return
            outside.changed.connect(lambda down: self._hold(outside, down))
            outside.failed.connect(self._window.notices.tell)
            self._outside = outside
        elif self._way_in != "push-to-talk" and self._outside is not None:
            self._hold(self._outside, False)
            self._outside.close()
            self._outside = None

    # -- wishes ------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Begin the conversation by voice, or end it."""
        state = self._window.input.microphone_state
        if state in ("unknown", "unavailable"):
            return
        if self._begun:
            self._ending = True
            self._assistant.submit(lambda session: session.stop_listening())
            return
        self._begun, self._used_for, self._activity = True, None, None
        self._show()

        async def work(session: Session) -> None:
            self._home(session)
            await session.listen()

        self._assistant.submit(work, lambda _: self._over(""), self._over)

    def end(self) -> None:
        """End it, if it was begun."""
        if self._begun:
            self.toggle()

    def toggle_mute(self) -> None:
        if self._begun:
            muted = self._used_for != "muted"
            self._assistant.call(lambda session: session.mute(muted))
        self._show(anew=True)  # the button shows what is so, not what was wished

    def choose(self, way_in: WayIn, words: str) -> None:
        """Another way in; what cannot be is told, and all stays as it was."""

        async def work(session: Session) -> None:
            await session.choose_way_in(way_in, words)

        def done(_: None) -> None:
            self._way_in, self._words = way_in, AudioSettings(wake_words=words).wake_word_list
            self._show_way_in()
            if way_in == "wake-word" and not self._begun:
                self.toggle()

        self._assistant.submit(work, done, self._window.notices.tell)

    def test_sound(self) -> None:
        """Try microphone and speaker with the user; nobody is heard otherwise meanwhile."""
        dialog = self.sound_test
        dialog.open()
        if dialog.running:
            return
        dialog.begin()
        step = dialog.progress.emit

        async def work(session: Session) -> Sequence[SoundFinding]:
            return await session.test_sound(step)

        self._assistant.submit(work, dialog.show_findings, dialog.show_problem)

    def follow(self) -> None:
        """Let spoken turns join the conversation that is in sight now."""
        if self._begun:

            async def select(session: Session) -> None:
                self._home(session)

            self._assistant.submit(select)

    def _hold(self, source: QObject, down: bool) -> None:
        """The key went down or came up, as one of those who watch it says; it is down while one says so."""
        was = bool(self._keys_down)
        (self._keys_down.add if down else self._keys_down.discard)(source)
        if bool(self._keys_down) == was:
            return
        if down and not self._begun and self._way_in == "push-to-talk":
            self.toggle()
        self._assistant.call(lambda session: session.key(down))

    def close(self) -> None:
        """Let go of the key."""
        if self._outside is not None:
            self._outside.close()
            self._outside = None

    def _open_menu(self) -> None:
        button = self._window.input.ways
        self._menu.popup(button.mapToGlobal(QPoint(0, -self._menu.sizeHint().height())))

    # -- what is so --------------------------------------------------------------------------------------------

    def show_sound(self, problem: str | None) -> None:
        """Whether there is a microphone is known. Who chose the wake word need not press a button as well."""
        if problem:
            self._window.input.show_microphone("unavailable", problem)
            return
        self._window.input.show_microphone("off")
        if self._way_in == "wake-word":
            self.toggle()

    def listens(self, state: ListeningState) -> None:
        """What sound is used for has changed."""
        if not self._begun or self._ending:
            return
        self._used_for = state
        if state in ("muted", "asleep"):
            self._activity = None
        if self._show():
            announce(self._window.input.says, self._window.input.says_of(self._state))

    def at(self, activity: Activity | None) -> None:
        """What the conversation by voice is at; typed turns leave the microphone alone."""
        if self._begun:
            self._activity = activity
            self._show()

    def hear(self, words: str) -> None:
        """What is understood so far."""
        if self._begun:
            self._window.input.say(f"“{words}”")

    def _over(self, why: str) -> None:
        """The conversation has ended, for a reason or because it was wished."""
        self._begun = self._ending = False
        self._window.input.show_microphone("off")
        announce(self._window.input.says, "The microphone is off.")
        if why:
            self._window.notices.tell(why)

    def _show(self, *, anew: bool = False) -> bool:
        """Show the state, if it changed (words that were heard so far stay), or `anew`; whether it was shown."""
        bar = self._window.input
        shown = self._begun and (anew or bar.microphone_state != self._state)
        if shown:
            bar.show_microphone(self._state)
        return shown

    @property
    def _state(self) -> MicrophoneState:
        """Muted is muted, whatever goes on; then what goes on; then what is waited for."""
        if self._used_for == "muted":
            return "muted"
        if self._activity is not None:
            return self._activity
        if self._used_for is None:
            return "opening"
        return "waiting" if self._used_for == "off" else self._used_for

    def _show_way_in(self) -> None:
        bar = self._window.input
        bar.key = self._key.name
        bar.word = " or ".join(called(word) for word in self._words) or "the wake word"
        self._menu.show_way_in(self._way_in, self._words)
        self._watch_key()
        self._show(anew=True)


def announce(widget: QWidget, text: str) -> None:
    """Read `text` to those who listen to the screen."""
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
