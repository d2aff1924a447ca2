"""The part of the presenter that deals with second thoughts and tools: keeping, thinking again, consent, alarms.

Lives on the window's thread and never waits. What comes of a wish, the assistant tells as an event; what cannot be is
one notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication

from app.events import AlarmRang
from app.tools.timers.spoken import announcement
from app.ui.bridge import AssistantThread
from app.ui.planner_menu import PlannerMenu
from app.ui.session import Session
from app.ui.turns import LiveTurns, ShownTurn
from app.ui.voice_control import announce
from app.ui.window import MainWindow


class SecondThoughts(QObject):
    """Joins the controls of the turns and the assistant. `refresh` shows a turn whose state has changed."""

    def __init__(
        self,
        window: MainWindow,
        assistant: AssistantThread,
        live: LiveTurns,
        refresh: Callable[[ShownTurn], None],
        *,
        planner: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._assistant = assistant
        self._live = live
        self._refresh = refresh
        self._on = planner
        self.menu = PlannerMenu(window)
        window.transcript.wished.connect(self._wish)
        window.input.twice.clicked.connect(self._open_menu)
        self.menu.toggled.connect(self.use_planner)
        self.menu.once_wanted.connect(window.input.ask_once)
        self._show_on()

    # -- wishes ------------------------------------------------------------------------------------------------

    def _wish(self, id: str, wish: str) -> None:
        turn = self._window.transcript.turn(id)
        if turn is None:
            return
        match wish:
            case "again":
                self.think_again(turn)
            case "stop":
                self._stop()
            case "keep-first":
                self.keep(turn, "first")
            case "keep-second":
                self.keep(turn, "refined")
            case "allow" | "refuse":
                self.answer(turn, allowed=wish == "allow")

    def think_again(self, turn: ShownTurn) -> None:
        """Have an answer thought over once more, and show at once that it is."""
        self._live.adopt(turn)
        turn.thinking, turn.finished = True, False
        self._refresh(turn)

        async def work(session: Session) -> None:
            session.select(turn.conversation)
            await session.think_again(turn.id)

        def over(_: object = None) -> None:
            turn.thinking, turn.finished = False, True
            self._refresh(turn)

        def failed(why: str) -> None:
            over()
            self._window.notices.tell(why)

        self._assistant.submit(work, over, failed)

    def keep(self, turn: ShownTurn, which: Literal["first", "refined"]) -> None:
        """One of the two answers counts from now on."""
        self._live.adopt(turn)

        async def work(session: Session) -> None:
            session.select(turn.conversation)
            await session.keep(turn.id, which)

        self._assistant.submit(work, failed=self._window.notices.tell)

    def answer(self, turn: ShownTurn, *, allowed: bool) -> None:
        """The user's word on what a tool asked."""

        async def work(session: Session) -> bool:
            session.select(turn.conversation)
            return await session.allow(allowed) is not None

        def done(was_open: bool) -> None:
            if not was_open:
                self._live.close_question(turn)
                self._refresh(turn)
                self._window.notices.tell("That question is no longer open.")

        self._window.input.field.setFocus()
        self._assistant.submit(work, done, self._window.notices.tell)

    def _stop(self) -> None:
        self._assistant.call(lambda session: session.stop())

    def use_planner(self, wanted: bool) -> None:
        """Whether answers are thought over from now on."""

        async def work(session: Session) -> None:
            await session.use_planner(wanted)

        def done(_: None) -> None:
            self._on = wanted
            self._show_on()
            announce(self._window.input.twice, self._window.input.twice.accessibleName())

        self._assistant.submit(work, done, self._window.notices.tell)

    def _open_menu(self) -> None:
        button = self._window.input.twice
        self.menu.offer_once(bool(self._window.input.field.toPlainText().strip()))
        size = self.menu.sizeHint()
        self.menu.popup(button.mapToGlobal(QPoint(button.width() - size.width(), -size.height())))

    def _show_on(self) -> None:
        self._window.input.show_twice(self._on)
        self.menu.show_on(self._on)

    # -- alarms ------------------------------------------------------------------------------------------------

    def ring(self, event: AlarmRang) -> None:
        """A timer or an alarm is due: tell it until it is dismissed."""
        text = announcement(event)
        self._window.notices.ring(text, self._stop)
        announce(self._window.notices, text)
        QApplication.alert(self._window)
