"""Decides what the window shows: folds events into turns and states, and turns wishes into calls of the assistant.

Lives on the window's thread and never waits: everything of the assistant and of the database goes through the bridge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox

from app.events import (
    AlarmRang,
    AnswerFinished,
    DeviceChanged,
    Event,
    ListeningChanged,
    ModelAdvised,
    ModelChanged,
    PartialTranscript,
    PlaybackStarted,
    Refined,
    Resumed,
    SendingAsked,
    SendingSettled,
    SpeechEnded,
    SpeechStarted,
    TurnCommitted,
    TurnDropped,
    TurnFinished,
    TurnReopened,
    Warning,
    WorkerStateChanged,
)
from app.settings import AudioSettings
from app.ui.bridge import AssistantThread
from app.ui.second_thoughts import SecondThoughts
from app.ui.session import Session, StoredConversation, StoredTurn
from app.ui.turns import LiveTurns, ShownTurn, from_store
from app.ui.voice_control import VoiceControl, announce
from app.ui.window import MainWindow
from app.ui.worker_status import WORKERS, Status

_LIST_DELAY_MS = 200
"""Changes of the list of conversations that come together are read together."""


@dataclass(slots=True, eq=False)
class _Place:
    """The conversation in sight. `id` is None until a new one has its first turn; the assistant's loop sets it."""

    id: str | None = None
    loaded: bool = True

    def ensure(self, session: Session) -> str:
        """On the assistant's loop: the id, made if there is none; spoken turns join it from now on."""
        if self.id is None:
            self.id = session.new_conversation()
        else:
            session.select(self.id)
        return self.id


class Presenter(QObject):
    """Joins a window and an assistant. `planner` is whether answers are thought over."""

    def __init__(
        self,
        window: MainWindow,
        assistant: AssistantThread,
        parent: QObject | None = None,
        *,
        audio: AudioSettings | None = None,
        planner: bool = True,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._assistant = assistant
        self._live = LiveTurns()
        self._place = _Place()
        self._pending: dict[str, ShownTurn] = {}
        self._asked = 0
        self._second = SecondThoughts(window, assistant, self._live, self._refresh, planner=planner, parent=self)
        self._voice = VoiceControl(window, assistant, audio or AudioSettings(), self._ensure_place, self)
        self._statuses: dict[str, Status] = {}
        self._questions: dict[str, QMessageBox] = {}
        self._list_timer = QTimer(self)
        self._list_timer.setSingleShot(True)
        self._list_timer.setInterval(_LIST_DELAY_MS)
        self._list_timer.timeout.connect(self._read_list)
        self._connect()
        for name in WORKERS:
            self._show_status(name, Status("loading"))

    def _connect(self) -> None:
        window, assistant = self._window, self._assistant
        assistant.arrived.connect(self._take)
        assistant.opened.connect(self._begin)
        assistant.broke.connect(self._could_not_begin)
        window.input.asked.connect(self.ask)
        window.new_wanted.connect(self.new_conversation)
        window.stop_wanted.connect(self.stop)
        window.sidebar.conversations.chosen.connect(self.open_conversation)
        window.sidebar.conversations.unwanted.connect(self._confirm_deletion)

    # -- wishes ------------------------------------------------------------------------------------------------

    def ask(self, text: str, twice: bool = True) -> None:
        """Show the question at once, and have it answered as soon as the assistant can.

        twice: have the answer thought over, if answers are.
        """
        self._asked += 1
        place = self._place
        turn = ShownTurn(id=f"asked-{self._asked}", conversation=place.id or "", question=text)
        self._pending[turn.id] = turn
        self._show(turn)
        self._window.transcript.go_to_end()
        self._show_busy()

        async def work(session: Session) -> None:
            await session.ask(text, conversation=place.ensure(session), planner=None if twice else False)

        self._assistant.submit(work, lambda _: self._over(turn, ""), lambda why: self._over(turn, why))

    def stop(self) -> None:
        """Stop what is going on; with nothing going on, stop listening."""
        if self._busy:
            self._assistant.call(lambda session: session.stop())
        else:
            self._voice.end()

    def new_conversation(self) -> None:
        self._place = _Place()
        self._window.transcript.show_turns([])
        self._window.show_empty(True)
        self._window.show_title("")
        self._window.sidebar.conversations.mark(None)
        self._window.leave_sidebar()
        self._window.input.field.setFocus()
        self._voice.follow()

    def open_conversation(self, id: str) -> None:
        place = self._place = _Place(id, loaded=False)
        self._voice.follow()
        self._window.leave_sidebar()
        self._window.input.field.setFocus()

        async def read(session: Session) -> Sequence[StoredTurn]:
            return await asyncio.to_thread(session.store.turns, id)

        self._assistant.submit(read, lambda turns: self._show_stored(place, turns), self._window.notices.tell)

    def _ensure_place(self, session: Session) -> None:
        """On the assistant's loop: spoken turns join the conversation in sight from now on."""
        self._place.ensure(session)

    def _confirm_deletion(self, id: str, title: str) -> None:
        box = QMessageBox(self._window)
        box.setWindowTitle("Delete conversation")
        box.setText(f"Delete “{title}”?")
        box.setInformativeText("Its turns are removed from this machine and cannot be brought back.")
        box.setStandardButtons(QMessageBox.StandardButton.Cancel | QMessageBox.StandardButton.Yes)
        box.button(QMessageBox.StandardButton.Yes).setText("Delete")
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: self.delete_conversation(id))
        box.finished.connect(box.deleteLater)
        box.open()

    def delete_conversation(self, id: str) -> None:
        """Delete it for good; what it was answering is stopped first."""
        if self._place.id == id:
            self.new_conversation()
        self._assistant.submit(
            lambda session: session.delete(id), lambda _: self._read_list(), self._window.notices.tell
        )

    # -- the session -------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        async def snapshot(session: Session) -> dict[str, Status]:
            return {n: Status(w.state, w.model, w.cause or "") for n, w in session.workers.items()}

        async def sound(session: Session) -> str | None:
            return await asyncio.to_thread(session.sound_problem)

        self._assistant.submit(snapshot, self._show_snapshot)
        self._assistant.submit(sound, self._voice.show_sound, self._voice.show_sound)
        self._read_list()

    def _could_not_begin(self, why: str) -> None:
        for name in WORKERS:
            self._show_status(name, Status("stopped"))
        self._window.notices.tell(why)
        self._voice.show_sound(why)

    def _show_snapshot(self, statuses: dict[str, Status]) -> None:
        for name, status in statuses.items():
            self._show_status(name, status)

    def _read_list(self) -> None:
        async def read(session: Session) -> Sequence[StoredConversation]:
            return await asyncio.to_thread(session.store.conversations)

        self._assistant.submit(read, self._show_list, self._window.notices.tell)

    def _show_list(self, conversations: Sequence[StoredConversation]) -> None:
        sidebar = self._window.sidebar
        sidebar.conversations.show_conversations(conversations)
        sidebar.conversations.mark(self._place.id)
        sidebar.nothing.setVisible(not any(c.turns for c in conversations))
        for conversation in conversations:
            if conversation.id == self._place.id and conversation.turns:
                self._window.show_title(conversation.title)

    # -- events ------------------------------------------------------------------------------------------------

    def _take(self, events: list[Event]) -> None:
        """Fold a batch in, then show each changed turn once."""
        changed: dict[str, ShownTurn] = {}
        for event in events:
            if isinstance(event, TurnCommitted):
                self._adopt(event)
            turn = self._live.apply(event)
            if turn is not None:
                changed[turn.id] = turn
            self._note(event)
        for turn in changed.values():
            self._refresh(turn)
        self._show_busy()

    def _refresh(self, turn: ShownTurn) -> None:
        """Something of a turn has changed: show it if it is in sight."""
        if turn.conversation == self._place.id and self._place.loaded:
            self._show(turn)
        self._show_busy()

    def _note(self, event: Event) -> None:
        """What an event means beside the transcript."""
        match event:
            case WorkerStateChanged():
                old = self._statuses.get(event.worker, Status())
                self._show_status(event.worker, Status(event.state, event.model or old.model, event.cause or ""))
            case ModelChanged():
                old = self._statuses.get(event.worker, Status())
                self._show_status(event.worker, Status(old.state, event.model, old.cause))
            case Warning(text=text) | ModelAdvised(text=text):
                self._window.notices.tell(text)
            case SendingAsked():
                self._ask_before_sending(event)
            case SendingSettled(server=server) if server in self._questions:
                self._questions[server].close()
            case DeviceChanged(problem=str(problem)):
                self._window.notices.tell(problem)
            case TurnCommitted() | TurnFinished():
                self._list_timer.start()
                self._voice.at("thinking" if isinstance(event, TurnCommitted) else None)
            case SpeechStarted() | TurnReopened():
                self._voice.at("hearing")
            case SpeechEnded() | TurnDropped(generation=None):
                self._voice.at(None)
            case PartialTranscript(text=text) if text:
                self._voice.hear(text)
            case PlaybackStarted() | Resumed():
                self._voice.at("speaking")
            case ListeningChanged(state=state):
                self._voice.listens(state)
            case AnswerFinished(text=text):
                announce(self._window.transcript, text)
            case Refined(verdict="correct", text=text):
                announce(self._window.transcript, f"Corrected: {text}")
            case Refined(verdict="add", text=text):
                announce(self._window.transcript, f"On second thought: {text}")
            case AlarmRang():
                self._second.ring(event)

    def _ask_before_sending(self, event: SendingAsked) -> None:
        """A question that does not stop the window; closing it means no."""
        box = QMessageBox(self._window)
        box.setWindowTitle("Before anything leaves this machine")
        box.setText(event.question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        server = event.server

        def settle(result: int) -> None:
            del self._questions[server]
            allowed = result == QMessageBox.StandardButton.Yes.value
            self._assistant.call(lambda session: session.allow_server(server, allowed))

        box.finished.connect(settle)
        box.finished.connect(box.deleteLater)
        self._questions[server] = box
        box.open()

    def _adopt(self, event: TurnCommitted) -> None:
        """The question that was shown before the assistant knew it is this turn."""
        if event.source != "typed" or event.turn is None:
            return
        for id, turn in tuple(self._pending.items()):
            if turn.question.strip() == event.text.strip() and turn.state == "answering":
                del self._pending[id]
                turn.id = event.turn
                if self._window.transcript.turn(id) is not None:
                    self._window.transcript.rename_turn(id, event.turn)
                return

    def _over(self, turn: ShownTurn, why: str) -> None:
        """A typed turn has come to its end, or could not be."""
        if turn.id in self._pending:
            del self._pending[turn.id]
            if why and self._window.transcript.turn(turn.id) is not None:
                turn.state, turn.failure, turn.finished = "failed", why, True
                self._show(turn)
            elif why:
                self._window.notices.tell(why)
        else:
            left = self._live.end(turn.id)
            if left is not None:
                self._refresh(left)
            if why:
                self._window.notices.tell(why)
        self._show_busy()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def _busy(self) -> bool:
        return self._live.busy or bool(self._pending)

    def _show(self, turn: ShownTurn) -> None:
        self._window.show_empty(False)
        self._window.transcript.show_turn(turn)
        if not self._window.title.text():
            self._window.show_title(turn.question)

    def _show_stored(self, place: _Place, stored: Sequence[StoredTurn]) -> None:
        """Show what the disk has of a conversation, and what this run knows better."""
        if place is not self._place or place.id is None:
            return
        place.loaded = True
        turns = [self._live.newest(from_store(turn, place.id)) for turn in stored]
        known = {turn.id for turn in turns}
        turns += [turn for turn in self._live.of(place.id) if turn.id not in known]
        turns += [turn for turn in self._pending.values() if turn.conversation == place.id]
        self._window.transcript.show_turns(turns)
        self._window.show_empty(not turns)
        self._window.show_title("")
        self._read_list()

    def _show_busy(self) -> None:
        self._window.input.show_busy(self._busy)

    def _show_status(self, worker: str, status: Status) -> None:
        self._statuses[worker] = status
        panel = self._window.sidebar.workers
        panel.show_status(worker, status)
        self._window.summary.show_summary(*panel.summary)
