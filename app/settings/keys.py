"""A remote server's key, in the system's keyring or in a variable of the environment, and nowhere else.

There is no fallback to a file: without a keyring, or with one that writes plain text, a key is refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.errors import BadSetting

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Duet"
NO_KEYRING = (
    "There is no keyring on this system that keeps the key encrypted; start one (on Linux GNOME Keyring, KWallet or "
    "another Secret Service) and try again."
)


def key_variable(server: str) -> str:
    """The variable of the environment that may hold the key of the server of that name."""
    return "DUET_KEY_" + server.upper().replace("-", "_")


def get_key(base_url: str, server: str = "", environ: Mapping[str, str] | None = None) -> str | None:
    """The key of the server at `base_url`, or None where none is kept or there is no keyring to keep one.

    A variable `DUET_KEY_SERVER`, after the server's name, counts before the keyring. Raises BadSetting if the keyring
    is there but cannot be read, for example because it is locked.
    """
    given = (os.environ if environ is None else environ).get(key_variable(server), "") if server else ""
    if given.strip():
        return given.strip()
    backend = _backend()
    if backend is None:
        return None
    from keyring.errors import KeyringError  # keyring is slow to import and rarely needed

    try:
        return backend.get_password(SERVICE, _account(base_url))
    except KeyringError as error:
        raise _unusable(error) from None


def set_key(base_url: str, key: str) -> None:
    """Keep `key` for the server at `base_url`. Raises BadSetting if there is no keyring, or it refuses."""
    backend = _backend()
    if backend is None:
        raise BadSetting(NO_KEYRING)
    if not key.strip() or not key.isprintable():
        raise BadSetting("The key is empty or holds characters that no key has; give it again.")
    from keyring.errors import KeyringError

    try:
        backend.set_password(SERVICE, _account(base_url), key)
    except KeyringError as error:
        raise _unusable(error) from None


def delete_key(base_url: str) -> bool:
    """Forget the key of the server at `base_url`; False if there was none. Raises BadSetting as `set_key`."""
    backend = _backend()
    if backend is None:
        raise BadSetting(NO_KEYRING)
    if get_key(base_url) is None:
        return False
    from keyring.errors import KeyringError

    try:
        backend.delete_password(SERVICE, _account(base_url))
    except KeyringError as error:
        raise _unusable(error) from None
    return True


def _account(base_url: str) -> str:
    account = base_url.strip().rstrip("/")
    if not account:
        raise BadSetting("No server is set; run `duet settings set remote.base_url URL` first.")
    return account


def _backend() -> KeyringBackend | None:
    """The first encrypting keyring. keyring.alt's file backends are plain text or need a password on every start."""
    import keyring
    from keyring.backends import chainer, fail, null

    chosen = keyring.get_keyring()
    candidates = chosen.backends if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    for backend in candidates:
        plain = type(backend).__module__.startswith("keyrings.alt")
        if not plain and not isinstance(backend, (fail.Keyring, null.Keyring)):
            return backend
    return None


def _unusable(error: Exception) -> BadSetting:
    return BadSetting(f"The system's keyring cannot be used ({type(error).__name__}); unlock it and try again.")
