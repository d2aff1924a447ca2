"""`duet settings`: read and change what Duet does, and keep the remote server's key."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import click

from app.cli.common import DuetGroup, json_option, loaded_settings, print_json, print_table, printable
from app.errors import BadInput, BadSetting
from app.registry.servers import REMOTE
from app.settings import default, default_settings_path, describe, flatten, reset, set_value


@click.group("settings", cls=DuetGroup)
def settings_group() -> None:
    """Read and change the settings."""


@settings_group.command("list")
@json_option
def list_settings(as_json: bool) -> None:
    """All settings with their values, and where each comes from."""
    loaded = loaded_settings()
    rows = [
        {"key": key, "value": value, "default": default(key), "origin": loaded.origin(key), "help": describe(key)}
        for key, value in flatten(loaded.settings).items()
    ]
    if as_json:
        print_json({"path": str(loaded.path), "warnings": list(loaded.warnings), "settings": rows})
        return
    print_table(
        ("SETTING", "VALUE", "FROM", "WHAT IT IS"),
        [(row["key"], shown(row["value"]), row["origin"], row["help"]) for row in rows],
    )


@settings_group.command("get")
@click.argument("key", required=False)
@json_option
def get_setting(key: str | None, as_json: bool) -> None:
    """The value of KEY, or all values."""
    loaded = loaded_settings()
    values = flatten(loaded.settings)
    if key is None:
        if as_json:
            print_json(values)
        else:
            print_table(("SETTING", "VALUE"), [(name, shown(value)) for name, value in values.items()])
        return
    if key not in values:
        raise BadSetting(f'There is no setting "{key}"; `duet settings list` shows them all.')
    if as_json:
        print_json({"key": key, "value": values[key], "origin": loaded.origin(key), "help": describe(key)})
    else:
        click.echo(printable(plain(values[key])))


# -1 is a value here, not an option
@settings_group.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@json_option
def set_setting(key: str, value: str, as_json: bool) -> None:
    """Give KEY a VALUE, for example: duet settings set audio.silence_ms 900"""
    path = default_settings_path()
    set_value(path, key, value)
    _tell_change(key, as_json)


@settings_group.command("reset")
@click.argument("key")
@json_option
def reset_setting(key: str, as_json: bool) -> None:
    """Give KEY its default again."""
    reset(default_settings_path(), key)
    _tell_change(key, as_json)


@settings_group.command("path")
@json_option
def settings_path(as_json: bool) -> None:
    """Where the settings file is, whether it exists or not."""
    path = default_settings_path()
    if as_json:
        print_json({"path": str(path), "exists": path.exists()})
    else:
        click.echo(str(path))


@settings_group.group("key", cls=DuetGroup)
def key_group() -> None:
    """The key of a remote server, in the system's keyring."""


@key_group.command("set")
@click.argument("server", default=REMOTE)
@json_option
def set_remote_key(server: str, as_json: bool) -> None:
    """Keep the key that is typed, or that comes on standard input, for a SERVER of servers.SERVER or for remote."""
    from app.settings import keys

    address = _address(server)
    keys.set_key(address, _read_key())
    _tell_key(address, stored=True, as_json=as_json)


@key_group.command("delete")
@click.argument("server", default=REMOTE)
@json_option
def delete_remote_key(server: str, as_json: bool) -> None:
    """Forget the key for a SERVER of servers.SERVER or for remote."""
    from app.settings import keys

    address = _address(server)
    if not keys.delete_key(address):
        raise BadInput(f"No key is kept for {address}.")
    _tell_key(address, stored=False, as_json=as_json)


def _address(server: str) -> str:
    settings, name = loaded_settings().settings, server.removeprefix("server:")
    found = settings.remote if name == REMOTE else settings.servers.get(name)
    if found is None or not found.base_url:
        section = REMOTE if name == REMOTE else f"servers.{name}"
        raise BadSetting(f"No such server is set; run `duet settings set {section}.base_url URL` first.")
    return found.base_url


def _read_key() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Key", hide_input=True, err=True)
        return answer.strip()
    return sys.stdin.readline().strip()


def _tell_key(server: str, *, stored: bool, as_json: bool) -> None:
    if as_json:
        print_json({"server": server, "stored": stored})
    else:
        click.echo(f"The key for {server} is {'in' if stored else 'no longer in'} the keyring.")


def _tell_change(key: str, as_json: bool) -> None:
    """What counts from now on, which the environment may have decided, and which another bad value may hide."""
    document: dict[str, Any] = {"key": key, "path": str(default_settings_path())}
    with contextlib.suppress(BadSetting):
        loaded = loaded_settings()
        document["value"] = flatten(loaded.settings).get(key)
        document["origin"] = loaded.origin(key)
    if as_json:
        print_json(document)
    elif "value" in document:
        click.echo(printable(f"{key} is {shown(document['value'])}"))
    if document.get("origin") == "environment":
        click.echo("duet: warning: The environment sets this key, and wins over the file.", err=True)


def plain(value: object) -> str:
    """A value as `settings set` would take it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(value: object) -> str:
    """A value for the eye: nothing at all would look like a mistake."""
    return plain(value) or "-"
