"""A portal for global shortcuts on a private bus: the service's side of the protocol, driven by a test."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.GlobalShortcuts"
SESSION = "/org/freedesktop/portal/desktop/session/1/duet"


class Portal:
    """Answers as the user would; `bound` has the shortcuts that were asked for."""

    def __init__(self, address: str, *, allows: bool) -> None:
        self.allows = allows
        self.bound: list[tuple[str, dict[str, Any]]] = []
        self.ready = threading.Event()
        self._ended = threading.Event()
        self._requests = 0
        self._bus: DBusConnection = open_dbus_connection(address)
        self._bus.send_and_get_reply(message_bus.RequestName(NAME))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def press(self, down: bool, shortcut: str = "talk", session: str = SESSION) -> None:
        self._signal("Activated" if down else "Deactivated", "osta{sv}", (session, shortcut, 1234, {}))

    def close(self) -> None:
        self._ended.set()
        self._thread.join(30)
        self._bus.close()

    def _signal(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        self._bus.send(new_signal(DBusAddress(PATH, interface=INTERFACE), name, signature, body))

    def _serve(self) -> None:
        while not self._ended.is_set():
            with suppress(TimeoutError):
                message = self._bus.receive(timeout=0.05)
                if message.header.message_type == MessageType.method_call:
                    self._answer(message)

    def _answer(self, call: Message) -> None:
        self._requests += 1
        request = f"{PATH}/request/1/r{self._requests}"
        self._bus.send(new_method_return(call, "o", (request,)))
        member = call.header.fields[HeaderFields.member]
        if member == "CreateSession":
            self._respond(request, 0, {"session_handle": ("s", SESSION)})
        elif member == "BindShortcuts":
            self.bound = call.body[1]
            self._respond(request, 0 if self.allows else 1, {})
            self.ready.set()

    def _respond(self, request: str, code: int, results: dict[str, Any]) -> None:
        emitter = DBusAddress(request, interface="org.freedesktop.portal.Request")
        self._bus.send(new_signal(emitter, "Response", "ua{sv}", (code, results)))


@contextmanager
def private_bus() -> Iterator[str]:
    """The address of a session bus of this test's own."""
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.kill()
        daemon.wait(30)
        daemon.stdout.close()
