"""The key to talk while other windows have the keyboard: on a real X11, and on a portal of our own."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.errors import EngineUnavailable
from app.ui.hotkey.keys import read_key
from app.ui.hotkey.macos import MacKey
from app.ui.hotkey.windows import WindowsKey

if sys.platform.startswith("linux"):
    from portal import SESSION, Portal, private_bus

    from app.ui.hotkey.portal import PortalKey
else:
    pytest.skip("the tests of global keys run on Linux", allow_module_level=True)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT_S = 60.0

needs_xdotool = pytest.mark.skipif(shutil.which("xdotool") is None, reason="xdotool is not installed")


class Grabber:
    """A process that grabbed a key; `next` gives what it tells, line by line."""

    def __init__(self, key: str, environment: dict[str, str]) -> None:
        path = os.pathsep.join([str(ROOT), environment.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "grabbing.py"), key],
            env={**environment, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line.strip())
        self._lines.put("")

    def next(self) -> str:
        return self._lines.get(timeout=LIMIT_S)

    def quiet(self) -> bool:
        return self._lines.empty()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        self._reader.join(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


Grab = Callable[..., Grabber]


@pytest.fixture
def grabber() -> Iterator[Grab]:
    made: list[Grabber] = []

    def make(key: str, environment: dict[str, str]) -> Grabber:
        made.append(Grabber(key, environment))
        return made[-1]

    yield make
    for one in made:
        one.kill()


@pytest.fixture
def x11(x_server: str) -> dict[str, str]:
    return {**os.environ, "DISPLAY": x_server, "QT_QPA_PLATFORM": "xcb"}


def xdotool(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=environment, check=True, timeout=60, capture_output=True)


@needs_xdotool
def test_on_x11_the_key_tells_when_it_goes_down_and_when_it_comes_up(x11: dict[str, str], grabber: Grab) -> None:
    grabbed = grabber("F9", x11)
    assert grabbed.next() == "grabbed"
    for _ in range(3):
        xdotool(x11, "keydown", "F9")
        assert grabbed.next() == "down"
        xdotool(x11, "keyup", "F9")
        assert grabbed.next() == "up"


@needs_xdotool
def test_on_x11_a_key_that_repeats_is_down_once(x11: dict[str, str], grabber: Grab) -> None:
    grabbed = grabber("F9", x11)
    assert grabbed.next() == "grabbed"
    # The server repeats by its own clock, after 0.66 s, 25 times a second.
    xdotool(x11, "keydown", "F9", "sleep", "1.2", "keyup", "F9")
    assert [grabbed.next(), grabbed.next()] == ["down", "up"]
    assert grabbed.quiet()


@needs_xdotool
def test_on_x11_other_keys_and_other_modifiers_are_left_alone_and_locks_do_not_matter(
    x11: dict[str, str], grabber: Grab
) -> None:
    grabbed = grabber("Ctrl+Space", x11)
    assert grabbed.next() == "grabbed"
    xdotool(x11, "key", "F9", "key", "space", "key", "ctrl+shift+space", "key", "Num_Lock", "key", "Caps_Lock")
    xdotool(x11, "keydown", "ctrl", "keydown", "space")
    assert grabbed.next() == "down"
    xdotool(x11, "keyup", "ctrl", "keyup", "space")
    assert grabbed.next() == "up"
    assert grabbed.quiet()


@needs_xdotool
def test_on_x11_a_key_that_another_program_has_is_told(x11: dict[str, str], grabber: Grab) -> None:
    first = grabber("F9", x11)
    assert first.next() == "grabbed"
    second = grabber("F9", x11)
    assert second.next() == (
        "refused F9 works while this window has the keyboard, not elsewhere: "
        "another program has it; set audio.talk_key to another key."
    )
    first.kill()
    third = grabber("F9", x11)
    assert third.next() == "grabbed"


def test_where_the_desktop_offers_nothing_it_is_told(grabber: Grab) -> None:
    refused = grabber("F9", {**os.environ, "QT_QPA_PLATFORM": "offscreen"}).next()
    assert refused.startswith("refused F9 works while this window has the keyboard, not elsewhere:")
    assert refused.endswith(".")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    with private_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@contextmanager
def portal_key(bus: str, qtbot: QtBot, *, allows: bool = True) -> Iterator[tuple[Portal, list[object]]]:
    """A portal, and what a key that was asked of it tells."""
    told: list[object] = []
    portal, parent = Portal(bus, allows=allows), QObject()
    try:
        key = PortalKey(read_key("Ctrl+Space"), parent)
        key.changed.connect(told.append)
        key.failed.connect(told.append)
        qtbot.waitUntil(portal.ready.is_set, timeout=20_000)
        yield portal, told
        key.close()
        key.close()
    finally:
        portal.close()


def test_a_portal_binds_the_key_and_tells_press_and_release(bus: str, qtbot: QtBot) -> None:
    with portal_key(bus, qtbot) as (portal, told):
        ((name, wanted),) = portal.bound
        assert name == "talk"
        assert wanted["preferred_trigger"] == ("s", "CTRL+space")
        portal.press(True, shortcut="other")
        portal.press(True, session=SESSION + "2")
        for down in (True, True, False, True, False):
            portal.press(down)
        qtbot.waitUntil(lambda: told == [True, False, True, False], timeout=20_000)


def test_a_user_who_says_no_to_the_portal_is_told_what_still_works(bus: str, qtbot: QtBot) -> None:
    with portal_key(bus, qtbot, allows=False) as (portal, told):
        qtbot.waitUntil(lambda: bool(told), timeout=20_000)
        assert told == [
            "Ctrl+Space works while this window has the keyboard, not elsewhere: the desktop did not allow it."
        ]
        portal.press(True)


def test_a_desktop_without_the_portal_is_told(bus: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineUnavailable, match="no portal for global shortcuts"):
        PortalKey(read_key("F9"), QObject())
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    with pytest.raises(EngineUnavailable, match="no portal for global shortcuts"):
        PortalKey(read_key("F9"), QObject())


def test_the_keys_of_other_systems_say_that_they_are_not_here(qtbot: QtBot) -> None:
    for name, kind in (("win32", WindowsKey), ("darwin", MacKey)):
        if sys.platform != name:
            with pytest.raises(EngineUnavailable, match=r"^this is not "):
                kind(read_key("F9"), QObject())
    with pytest.raises(EngineUnavailable, match="a Mac's keyboard lacks it"):
        MacKey(read_key("Pause"), QObject())
