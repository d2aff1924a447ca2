"""The remote server's key: kept by a real keyring, refused where there is none or one that writes plain text."""

from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.errors import BadSetting
from app.settings import keys

URL = "http://127.0.0.1:8080/v1"


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets when the test is over."""

    priority = -1  # type: ignore[assignment] - never chosen by itself

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[service, username]


class LockedKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("sk-secret")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(password)


class PlainTextKeyring(MemoryKeyring):
    """As keyring.alt's file backend, which a chain would fall back to."""


PlainTextKeyring.__module__ = "keyrings.alt.file"


@pytest.fixture(autouse=True)
def _restore_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def test_a_key_is_kept_found_and_forgotten() -> None:
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    assert keys.get_key(URL) is None
    keys.set_key(URL + "/", "sk-secret")
    assert keys.get_key(URL) == "sk-secret"
    assert list(backend.kept) == [("Duet", URL)]
    assert keys.delete_key(URL) is True
    assert keys.delete_key(URL) is False
    assert keys.get_key(URL) is None


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), PlainTextKeyring()])
def test_without_an_encrypting_keyring_a_key_is_refused(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    assert keys.get_key(URL) is None
    with pytest.raises(BadSetting, match="no keyring"):
        keys.set_key(URL, "sk-secret")
    with pytest.raises(BadSetting, match="no keyring"):
        keys.delete_key(URL)
    assert not getattr(backend, "kept", {})


def test_a_chain_never_falls_back_to_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, safe = PlainTextKeyring(), MemoryKeyring()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, safe])
    keyring.set_keyring(chainer.ChainerBackend())
    keys.set_key(URL, "sk-secret")
    assert not plain.kept
    assert safe.kept


def test_a_locked_keyring_is_a_sentence_without_the_key() -> None:
    keyring.set_keyring(LockedKeyring())
    for attempt in (lambda: keys.get_key(URL), lambda: keys.set_key(URL, "sk-secret")):
        with pytest.raises(BadSetting, match="KeyringLocked") as caught:
            attempt()
        assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "  ", "sk\nx", "sk\0"])
def test_what_is_no_key_is_refused(key: str) -> None:
    keyring.set_keyring(MemoryKeyring())
    with pytest.raises(BadSetting, match="empty or holds"):
        keys.set_key(URL, key)


def test_a_server_is_needed() -> None:
    keyring.set_keyring(MemoryKeyring())
    with pytest.raises(BadSetting, match=r"remote\.base_url"):
        keys.set_key("", "sk-secret")
