"""The key to talk on Wayland: the desktop's GlobalShortcuts portal, which asks the user and may choose another key.

Written from the documentation of xdg-desktop-portal (org.freedesktop.portal.GlobalShortcuts, version 1), over a D-Bus
connection of its own that Qt's loop reads. The desktop answers in its own time, so `failed` may come late.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg
from PySide6.QtCore import QObject, QSocketNotifier, QTimer

from app.errors import EngineUnavailable
from app.ui.hotkey.everywhere import GlobalKey
from app.ui.hotkey.keys import TalkKey

_BUS, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_SHORTCUTS = DBusAddress(_PATH, _BUS, "org.freedesktop.portal.GlobalShortcuts")
_TALK = "talk"
_PATIENCE_S = 2.0
"""For the bus itself; the desktop's own answers are waited for by Qt's loop."""


class PortalKey(GlobalKey):
    """See `GlobalKey`. Raises `EngineUnavailable` without a session bus or without the portal."""

    def __init__(self, key: TalkKey, parent: QObject) -> None:
        super().__init__(parent)
        self._key = key
        self._down = False
        self._session = self._portal = ""
        self._inbox: deque[Message] = deque()
        self._numbers = count(1)
        self._answers: dict[str, Callable[[dict[str, Any]], None]] = {}
        try:
            self._bus: DBusConnection | None = open_dbus_connection("SESSION")
            self._subscribe()
            self._request("CreateSession", "", (), self._bind, session_handle_token=("s", self._token()))
        except Exception as error:
            self._disconnect()
            raise EngineUnavailable("this desktop has no portal for global shortcuts.") from error
        self._notifier = QSocketNotifier(self._bus.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        # What came together with a reply is not announced again; it is told when somebody can have connected.
        QTimer.singleShot(0, self, self._read)

    def close(self) -> None:
        if self._bus is not None:
            self._notifier.setEnabled(False)
            self._disconnect()  # the portal ends the session of who leaves the bus

    def _disconnect(self) -> None:
        bus, self._bus = getattr(self, "_bus", None), None
        if bus is not None:
            bus.close()

    def _subscribe(self) -> None:
        assert self._bus is not None
        for interface, member in (
            ("org.freedesktop.portal.Request", "Response"),
            ("org.freedesktop.portal.GlobalShortcuts", "Activated"),
            ("org.freedesktop.portal.GlobalShortcuts", "Deactivated"),
        ):
            rule = MatchRule(type="signal", sender=_BUS, interface=interface, member=member)
            unwrap_msg(self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=_PATIENCE_S))
            here = MatchRule(type="signal", interface=interface, member=member)  # senders have their own names here
            self._bus.filter(here, queue=self._inbox)

    def _token(self) -> str:
        return f"duet_{os.getpid()}_{next(self._numbers)}"

    def _request(
        self,
        method: str,
        signature: str,
        values: tuple[Any, ...],
        done: Callable[[dict[str, Any]], None],
        **options: tuple[str, Any],
    ) -> None:
        """Call a method of the portal, whose results come as the `Response` of a request object."""
        assert self._bus is not None
        options["handle_token"] = ("s", self._token())
        call = new_method_call(_SHORTCUTS, method, signature + "a{sv}", (*values, options))
        reply = self._bus.send_and_get_reply(call, timeout=_PATIENCE_S)
        (request,) = unwrap_msg(reply)
        self._portal = reply.header.fields[HeaderFields.sender]
        self._answers[request] = done

    def _bind(self, results: dict[str, Any]) -> None:
        self._session = str(results["session_handle"][1])
        wanted = {"description": ("s", "Hold to talk to Duet"), "preferred_trigger": ("s", self._key.portal_trigger)}
        self._request("BindShortcuts", "oa(sa{sv})s", (self._session, [(_TALK, wanted)], ""), lambda _: None)

    def _read(self) -> None:
        """Take in all messages that have come; answering one may bring more, read together with a reply."""
        while self._bus is not None:
            try:
                self._bus.recv_messages(timeout=0)
            except TimeoutError:
                if not self._inbox:
                    return
            except (OSError, EOFError):
                self._lost("the session bus has gone.")
                return
            while self._bus is not None and self._inbox:
                self._take(self._inbox.popleft())

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if fields.get(HeaderFields.sender) != self._portal:
            return
        member, path = fields[HeaderFields.member], fields[HeaderFields.path]
        if member == "Response":
            self._answer(path, *message.body)
        elif message.body[:2] == (self._session, _TALK):
            self._set(member == "Activated")

    def _answer(self, request: str, code: int, results: dict[str, Any]) -> None:
        done = self._answers.pop(request, None)
        if done is None:
            return
        if code:  # 1: the user said no; 2: it ended in another way
            self._lost("the desktop did not allow it.")
            return
        try:
            done(results)
        except Exception as error:  # noqa: BLE001 - whatever a portal may answer
            self._lost(f"the desktop's portal answered oddly ({type(error).__name__}).")

    def _lost(self, why: str) -> None:
        self._set(False)
        self.close()
        self.failed.emit(f"{self._key.name} works while this window has the keyboard, not elsewhere: {why}")

    def _set(self, down: bool) -> None:
        if down != self._down:
            self._down = down
            self.changed.emit(down)
