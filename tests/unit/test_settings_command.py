"""`duet settings`, and the contract that every command keeps: exit codes, one JSON document, sentences, the log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backend import KeyringBackend
from keyring.backends import fail

from app.cli import logs
from app.cli.common import DuetGroup, json_option, loaded_settings, logging_options, print_json, printable
from app.cli.settings import settings_group
from app.errors import BadInput, EngineUnavailable

ROOT = Path(__file__).parents[2]


@click.group(cls=DuetGroup, name="duet")
@logging_options
def duet() -> None:
    """A program as small as one can be."""


duet.add_command(settings_group)


@duet.command()
@click.argument("how")
@json_option
def go(how: str, as_json: bool) -> None:
    """End as told."""
    loaded_settings()
    if how in ENDINGS:
        raise ENDINGS[how]
    if as_json:
        print_json({"how": how})
    else:
        click.echo(how)


ENDINGS: dict[str, BaseException] = {
    "input": BadInput("That is no file; give another."),
    "engine": EngineUnavailable("The server is away; start it."),
    "interrupt": KeyboardInterrupt(),
    "bug": RuntimeError("secret detail"),
    "exit": click.exceptions.Exit(7),
    "click": click.ClickException("Something of click's."),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in list(os.environ):
        if name.startswith("DUET_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DUET_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("COLUMNS", raising=False)
    yield tmp_path / "home"
    logs.close()


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(duet, arguments, input=input, prog_name="duet")


def document(result: Result) -> Any:
    """Exactly one JSON document on stdout, or this fails."""
    return json.loads(result.stdout)


# -- the contract ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "code", "sentence"),
    [
        ("input", 3, "That is no file; give another."),
        ("engine", 4, "The server is away; start it."),
        ("interrupt", 130, "Interrupted."),
        ("click", 3, "Something of click's."),
        ("bug", 1, "Something went wrong inside Duet; details are in the log (duet --debug prints its path)."),
    ],
)
def test_an_error_is_one_sentence_and_its_code(home: Path, how: str, code: int, sentence: str) -> None:
    plain, as_json = run("go", how), run("go", how, "--json")
    assert plain.exit_code == as_json.exit_code == code
    assert plain.stdout == ""
    assert plain.stderr.strip() == as_json.stderr.strip() == f"duet: {sentence}"
    assert document(as_json) == {"error": sentence, "exit_code": code}


def test_a_bug_is_told_to_the_log_only(home: Path) -> None:
    result = run("go", "bug")
    assert "secret detail" not in result.output
    log = (home / "logs" / "duet.log").read_text()
    assert "Traceback" in log
    assert "RuntimeError: secret detail" in log


def test_debug_says_where_the_log_is(home: Path) -> None:
    result = run("--debug", "go", "bug")
    assert f"log: {home / 'logs' / 'duet.log'}" in result.stderr
    assert "secret detail" in result.stderr
    assert result.stdout == ""
    assert document(run("--debug", "go", "well", "--json")) == {"how": "well"}


def test_a_bug_without_a_place_for_the_log(home: Path) -> None:
    home.write_text("a file in place of the folder")
    result = run("go", "bug")
    assert result.exit_code == 3, "which is no bug but a setting that cannot be read"
    assert "Traceback" not in result.output


def test_usage_errors(home: Path) -> None:
    for arguments in (["nothing"], ["go"], ["go", "--nothing"], ["settings", "set", "one"]):
        result = run(*arguments, "--json")
        assert result.exit_code == 2
        assert document(result)["exit_code"] == 2
        assert document(result)["error"].endswith("--help`.")
    assert run("go", "exit").exit_code == 7
    assert run("--help").exit_code == 0
    assert document(run("go", "--json", "--", "input"))["exit_code"] == 3
    assert run("go", "--", "--json").stdout == "--json\n", "an argument, not an option"


def test_warnings_go_to_stderr(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("colour = 1\n")
    result = run("go", "well", "--json")
    assert document(result) == {"how": "well"}
    assert "duet: warning: " in result.stderr
    assert "colour" in result.stderr


def test_nothing_printed_can_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\x07\0c\nd\te🙂 é\x9b") == "a\ufffd[2Jb\ufffd\ufffdc\nd\te🙂 é\ufffd"


def program(*arguments: str, **more: Any) -> subprocess.Popen[bytes]:
    code = (
        "import click, sys; from app.cli.common import DuetGroup; from app.cli.settings import settings_group\n"
        "group = DuetGroup('duet'); group.add_command(settings_group)\n"
        "@group.command()\n"
        "def much():\n"
        "    while True: click.echo('x' * 1000)\n"
        "@group.command()\n"
        "def odd(): click.echo('\\u00e9\\U0001f642\\ud800')\n"
        "group.main(prog_name='duet')"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def test_a_reader_that_has_had_enough_is_no_error(home: Path) -> None:
    process = program("much")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


def test_a_terminal_that_lacks_letters_gets_escapes(home: Path) -> None:
    process = program("odd", env={**os.environ, "PYTHONIOENCODING": "cp1252"})
    out, err = process.communicate(timeout=60)
    assert out.strip() == b"\xe9\\U0001f642\\ud800"
    assert (err, process.returncode) == (b"", 0)


def test_a_real_process_keeps_the_contract(home: Path) -> None:
    process = program("settings", "get", "nothing", "--json")
    out, err = process.communicate(timeout=60)
    assert json.loads(out)["exit_code"] == process.returncode == 3
    assert err.startswith(b"duet: There is no setting")


# -- duet settings ---------------------------------------------------------------------------------------------


def test_set_get_reset(home: Path) -> None:
    assert document(run("settings", "set", "audio.silence_ms", "900", "--json")) == {
        "key": "audio.silence_ms",
        "path": str(home / "settings.toml"),
        "value": 900,
        "origin": "file",
    }
    assert run("settings", "get", "audio.silence_ms").stdout == "900\n"
    found = document(run("settings", "get", "audio.silence_ms", "--json"))
    assert (found["value"], found["origin"]) == (900, "file")
    assert run("settings", "reset", "audio.silence_ms").stdout == "audio.silence_ms is 1500\n"
    assert document(run("settings", "get", "--json"))["audio.silence_ms"] == 1500


def test_a_negative_value_is_no_option(home: Path) -> None:
    assert run("settings", "set", "compute.gpu_layers", "-1").stdout == "compute.gpu_layers is -1\n"


def test_a_refused_value(home: Path) -> None:
    result = run("settings", "set", "audio.silence_ms", "3", "--json")
    assert result.exit_code == 3
    assert "greater than or equal to 200" in document(result)["error"]


def test_setting_what_the_environment_decides_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUET_VOICE__RATE", "2")
    result = run("settings", "set", "voice.rate", "3", "--json")
    assert (document(result)["value"], document(result)["origin"]) == (2.0, "environment")
    assert "wins over the file" in result.stderr


def test_list_names_all_settings(home: Path) -> None:
    rows = document(run("settings", "list", "--json"))["settings"]
    table = run("settings", "list").stdout
    assert len(rows) > 30
    for row in rows:
        assert row["key"] in table
        assert row["help"] in table
        assert row["value"] == row["default"]
    assert run("settings", "get").stdout.count("\n") == len(rows) + 1


def test_path(home: Path) -> None:
    assert run("settings", "path").stdout.strip() == str(home / "settings.toml")
    assert document(run("settings", "path", "--json")) == {"path": str(home / "settings.toml"), "exists": False}


def test_a_broken_file_can_be_mended_by_command(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text('[audio]\nsilence_ms = "x"\n[window]\ntheme = "pink"\n')
    first = run("settings", "get")
    assert first.exit_code == 3
    assert "duet settings reset audio.silence_ms" in first.stderr
    assert run("settings", "reset", "audio.silence_ms").exit_code == 0
    assert run("settings", "set", "window.theme", "dark", "--json").exit_code == 0
    assert run("settings", "get", "window.theme").stdout == "dark\n"


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets when the test is over."""

    priority = -1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def memory() -> Iterator[MemoryKeyring]:
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_the_key_comes_from_standard_input_and_is_never_shown(home: Path, memory: MemoryKeyring) -> None:
    assert "remote.base_url" in run("settings", "key", "set", input="sk-secret\n").stderr
    run("settings", "set", "remote.base_url", "http://127.0.0.1:1/v1")
    result = run("settings", "key", "set", "--json", input="sk-secret\n")
    assert document(result) == {"server": "http://127.0.0.1:1/v1", "stored": True}
    assert memory.kept == {"http://127.0.0.1:1/v1": "sk-secret"}
    assert "sk-secret" not in result.output
    assert not any(b"sk-secret" in file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert run("settings", "key", "delete").exit_code == 0
    assert run("settings", "key", "delete").exit_code == 3
    assert memory.kept == {}


def test_without_a_keyring_the_key_is_refused(home: Path, memory: MemoryKeyring) -> None:
    keyring.set_keyring(fail.Keyring())
    run("settings", "set", "remote.base_url", "http://127.0.0.1:1/v1")
    result = run("settings", "key", "set", input="sk-secret\n")
    assert result.exit_code == 3
    assert "no keyring" in result.stderr
