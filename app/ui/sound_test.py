"""The window's test of microphone and speaker: asks for a few words, plays a noise, and says what was found.

The assistant's side does the test (`Session.test_sound`); this is what people see of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.ui.session import SoundFinding

ASKS = {
    "listen": "Say something, as you would to Duet: {seconds:.0f} seconds from now.",
    "listen elsewhere": "Nothing was heard. Once more, please, for the other microphones: {seconds:.0f} seconds.",
    "play": "Now a short noise from the speaker. Please be silent for a moment.",
}


class SoundTest(QDialog):
    """`begin` it, give `progress.emit` to the test (which may call it from any thread), then show what came of it.

    Attributes
    ----------
    running
        Whether the test goes on; closing the dialog does not end it.
    """

    progress = Signal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Microphone and speaker")
        self.setMinimumWidth(440)
        self.running = False
        self.says = QLabel(self)
        self.says.setWordWrap(True)
        self.says.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(20)
        layout.addWidget(self.says, 1)
        layout.addWidget(buttons)
        self.progress.connect(self._ask)

    def begin(self) -> None:
        self.running = True
        self._say("One moment: the devices are opened.")

    def show_findings(self, findings: Sequence[SoundFinding]) -> None:
        self.running = False
        lines = []
        for finding in findings:
            lines.append(f"{'✓' if finding.ok else '✗'}  {finding.name}: {finding.detail}")
            if finding.mend:
                lines.append(f"     {finding.mend}")
        self._say("\n\n".join(lines))

    def show_problem(self, why: str) -> None:
        self.running = False
        self._say(why)

    def _ask(self, step: str, seconds: float) -> None:
        self._say(ASKS[step].format(seconds=seconds))

    def _say(self, text: str) -> None:
        self.says.setText(text)
        self.adjustSize()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.says, text))
