"""The menu of the ways in: hands-free, the held key, or a wake word. It only offers, and says what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.settings import WAKE_WORDS, WayIn


class WaysMenu(QMenu):
    """Emits `chosen` with the way in and the wake words, comma-separated, and `test_wanted`.

    Shows what is so only by `show_way_in`.
    """

    chosen = Signal(str, str)
    test_wanted = Signal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__("How to be heard", parent)
        self._way_in: WayIn = "hands-free"
        self._words: tuple[str, ...] = ()
        self._ways: dict[WayIn, QAction] = {}
        group = QActionGroup(self)
        offers: dict[WayIn, str] = {
            "hands-free": "Hands-free: just speak",
            "push-to-talk": f"Push to talk: hold {key}",
            "wake-word": "Wake word first",
        }
        for way_in, says in offers.items():
            action = self.addAction(says)
            action.setCheckable(True)
            group.addAction(action)
            self._ways[way_in] = action
            action.triggered.connect(lambda _, way_in=way_in: self._choose(way_in))
        self.addSeparator()
        self._word_actions: dict[str, QAction] = {}
        self._after_words = self.addSeparator()
        self._own_words(())
        self.test = self.addAction("Try microphone and speaker…")
        self.test.triggered.connect(self.test_wanted)

    def show_way_in(self, way_in: WayIn, words: Sequence[str]) -> None:
        """Mark what is so."""
        self._way_in, self._words = way_in, tuple(words)
        self._ways[way_in].setChecked(True)
        self._own_words([word for word in words if word not in WAKE_WORDS])
        for word, action in self._word_actions.items():
            action.setChecked(word in self._words)

    def _own_words(self, own: Sequence[str]) -> None:
        """Offer the bundled words, and those that the settings name by file."""
        for word in (*WAKE_WORDS, *own):
            if word not in self._word_actions:
                action = QAction(f"Wake word “{called(word)}”", self)
                action.setCheckable(True)
                self.insertAction(self._after_words, action)
                action.triggered.connect(lambda on, word=word: self._toggle(word, on))
                self._word_actions[word] = action

    def _toggle(self, word: str, on: bool) -> None:
        """A word is added or taken away, but the last one; choosing one makes the wake word the way in."""
        words = [one for one in self._words if one != word] + ([word] if on else [])
        self.chosen.emit("wake-word", ", ".join(words or [word]))
        self._restore()

    def _choose(self, way_in: WayIn) -> None:
        self.chosen.emit(way_in, ", ".join(self._words or ("hey_jarvis",)))
        self._restore()

    def _restore(self) -> None:
        """Until it is so, the menu shows what was."""
        self.show_way_in(self._way_in, self._words)


def called(word: str) -> str:
    """A wake word as people write it: "Hey Jarvis"."""
    name = word.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".json")
    return " ".join(part.capitalize() for part in name.replace("_", " ").split())
