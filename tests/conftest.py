"""What every test shares: a data folder of its own, no way out to the user's desktop, and the recordings.

Fixtures that belong to one part stand in the conftest.py of that part's folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

ROOT = Path(__file__).resolve().parent.parent


class MemoryKeyring(KeyringBackend):
    """A keyring that is gone with the test; the user's own is never opened."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.secrets:
            raise PasswordDeleteError(username)
        del self.secrets[service, username]


@pytest.fixture(autouse=True)
def duet_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; DUET_HOME points there, for child processes as well, and no other DUET_ variable is set."""
    for name in [name for name in os.environ if name.startswith("DUET_")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("duet-home")
    monkeypatch.setenv("DUET_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """A keyring in memory for this process; child processes get one that holds nothing."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture(autouse=True, scope="session")
def no_desktop() -> Iterator[None]:
    """Hide the display: windows are drawn off screen, unless a test starts a display of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            patch.delenv(name, raising=False)
        patch.setenv("QT_QPA_PLATFORM", "offscreen")
        yield


@pytest.fixture(scope="session")
def shared_speech() -> Path:
    """The folder of recordings with known words, which is not part of the repository."""
    folder = ROOT.parent / "shared" / "speech"
    if not folder.is_dir():
        pytest.skip("the recordings of ../shared/speech are not here")
    return folder


@pytest.fixture(scope="session")
def tiny_whisper() -> Path:
    """The folder of the tests' own Whisper model: it truly hears some 600 words in the voices of espeak-ng."""
    return ROOT / "tests" / "data" / "tiny-whisper"


@pytest.fixture
def x_server() -> Iterator[str]:
    """A display of its own, `Xvfb` choosing a free number."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (Debian: apt install xvfb)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        server.wait(10)
        pytest.skip("Xvfb could not start")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
