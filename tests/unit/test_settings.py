"""Where settings come from, how they are changed, and what is said when that cannot be done."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import BadSetting
from app.settings import (
    Settings,
    data_dir,
    default_settings_path,
    describe,
    flatten,
    load,
    log_path,
    reset,
    set_value,
)

POSIX_MODES = pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_a_missing_file_gives_the_defaults(file: Path) -> None:
    loaded = load(file, {})
    assert loaded.settings == Settings()
    assert loaded.warnings == ()
    assert loaded.origin("audio.silence_ms") == "default"


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(file: Path) -> None:
    file.write_text('[models]\nfast = "a.gguf"\nplanner = "b.gguf"\n')
    loaded = load(file, {"DUET_MODELS__FAST": "c.gguf", "duet_assistant__planner": "off", "HOME": "/x"})
    assert loaded.settings.models.fast == "c.gguf"
    assert loaded.settings.models.planner == "b.gguf"
    assert loaded.settings.models.fast_context == 4096
    assert loaded.settings.assistant.planner is False
    assert [loaded.origin(f"models.{key}") for key in ("fast", "planner", "fast_context")] == [
        "environment",
        "file",
        "default",
    ]


def test_a_number_in_the_environment_stays_text_where_text_is_wanted(file: Path) -> None:
    assert load(file, {"DUET_MODELS__FAST": "123"}).settings.models.fast == "123"


def test_unknown_keys_are_named_and_kept(file: Path) -> None:
    text = 'colour = 1\n[audio]\nsilence = 4\nsilence_ms = 900\n[plugin]\nkey = "secret"\n'
    file.write_text(text)
    loaded = load(file, {"DUET_AUDIO__INPUTT": "mic", "DUET_HOME": "/x", "DUET_OTHER": "y"})
    assert loaded.settings.audio.silence_ms == 900
    said = "\n".join(loaded.warnings)
    for key in ("colour", "audio.silence (did you mean audio.silence_ms?)", "plugin", "DUET_AUDIO__INPUTT"):
        assert key in said
    assert len(loaded.warnings) == 4
    assert "secret" not in said
    set_value(file, "voice.rate", "1.5")
    assert file.read_text().startswith(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[audio]\nsilence_ms = 3\n", ["audio.silence_ms", '"3"', "200", "duet settings reset audio.silence_ms"]),
        ('[voice]\nreplies = "perhaps"\n', ["voice.replies", "perhaps", "boolean"]),
        ("[models]\nfast = 3\n", ["models.fast", "string"]),
        ('[window]\ntheme = "pink"\n', ["window.theme", "pink", "'light' or 'dark'"]),
        ("[voice]\nrate = nan\n", ["voice.rate", "finite"]),
        ("[remote]\ntimeout_s = inf\n", ["remote.timeout_s", "finite"]),
        ("audio = 3\n", ["audio", "[audio]"]),
        ("[audio]\n\nsilence_ms = = 3\n", ["not valid TOML", "line 3"]),
        ("[audio\n", ["not valid TOML"]),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(file: Path, text: str, parts: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(BadSetting) as caught:
        load(file, {})
    sentence = str(caught.value)
    assert str(file) in sentence
    assert all(part in sentence for part in parts), sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("environ", "part"),
    [
        ({"DUET_AUDIO__SILENCE_MS": "soon"}, 'DUET_AUDIO__SILENCE_MS in the environment cannot be "soon"'),
        ({"DUET_AUDIO": "soon"}, "environment"),
    ],
)
def test_a_bad_variable_is_named(file: Path, environ: dict[str, str], part: str) -> None:
    with pytest.raises(BadSetting, match=part):
        load(file, environ)


def test_files_that_are_no_text_or_no_files(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'[models]\nfast = "\xe9"\n')
    with pytest.raises(BadSetting, match="not UTF-8"):
        load(tmp_path / "latin", {})
    with pytest.raises(BadSetting, match="folder"):
        load(tmp_path, {})
    with pytest.raises(BadSetting, match="folder"):
        set_value(tmp_path, "voice.rate", "1")


def test_a_byte_order_mark_does_no_harm(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[audio]\r\nsilence_ms = 900\r\n")
    assert load(file, {}).settings.audio.silence_ms == 900


def test_setting_keeps_comments_order_and_line_ends(file: Path) -> None:
    file.write_bytes(b"# mine\r\n[audio]  # sound\r\nsilence_ms = 900 # long\r\n\r\n[models]\r\nfast = 'x'\r\n")
    set_value(file, "audio.silence_ms", "1000")
    content = file.read_bytes()
    assert content == b"# mine\r\n[audio]  # sound\r\nsilence_ms = 1000 # long\r\n\r\n[models]\r\nfast = 'x'\r\n"


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("audio.silence_ms", "900", 900),
        ("voice.rate", "1.5", 1.5),
        ("voice.voices", "en=en-gb, de=de+f3", {"en": "en-gb", "de": "de+f3"}),
        ("assistant.planner", "no", False),
        ("models.fast", "007", "007"),
        ("models.fast", 'quote " and \\ and 🙂', 'quote " and \\ and 🙂'),
        ("compute.gpu_layers", "-1", -1),
        ("store.data_dir", "/somewhere", str(Path("/somewhere"))),
    ],
)
def test_what_is_set_is_what_is_loaded(file: Path, key: str, text: str, value: object) -> None:
    set_value(file, key, text)
    loaded = load(file, {})
    assert flatten(loaded.settings)[key] == value
    assert loaded.origin(key) == "file"
    reset(file, key)
    assert flatten(load(file, {}).settings) == flatten(Settings())


def test_an_empty_path_means_the_default(file: Path) -> None:
    set_value(file, "store.data_dir", "/somewhere")
    set_value(file, "store.data_dir", "")
    assert load(file, {}).settings.store.data_dir is None


@pytest.mark.parametrize(
    ("key", "text", "part"),
    [
        ("audio.silence_ms", "3", "greater than or equal to 200"),
        ("audio.silence_ms", "x", "valid integer"),
        ("voice.rate", "inf", "finite"),
        ("audio.silense_ms", "3", r"did you mean audio.silence_ms\?"),
        ("audio", "3", "no setting"),
        ("", "3", "no setting"),
        ("a.b.c", "3", "no setting"),
    ],
)
def test_a_refused_value_leaves_no_file(file: Path, key: str, text: str, part: str) -> None:
    with pytest.raises(BadSetting, match=part):
        set_value(file, key, text)
    assert not file.exists()


def test_set_and_reset_mend_a_file_that_cannot_be_loaded(file: Path) -> None:
    file.write_text('[audio]\nsilence_ms = "x"\n[window]\ntheme = "pink"\nold = 1\n')
    set_value(file, "audio.silence_ms", "700")
    reset(file, "window.theme")
    reset(file, "window.old")
    assert load(file, {}).settings.audio.silence_ms == 700
    assert load(file, {}).warnings == ()
    with pytest.raises(BadSetting, match="no setting"):
        reset(file, "window.old")


def test_broken_toml_is_never_overwritten(file: Path) -> None:
    file.write_text("[audio\n")
    with pytest.raises(BadSetting, match="not valid TOML"):
        set_value(file, "voice.rate", "1")
    assert file.read_text() == "[audio\n"


def test_a_table_that_is_a_value_is_not_overwritten(file: Path) -> None:
    file.write_text("audio = 3\n")
    with pytest.raises(BadSetting, match="not a table"):
        set_value(file, "audio.silence_ms", "900")
    assert file.read_text() == "audio = 3\n"


@POSIX_MODES
def test_replacing_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles" / "duet.toml", tmp_path / "settings.toml"
    real.parent.mkdir()
    real.write_text("")
    real.chmod(0o640)
    link.symlink_to(real)
    set_value(link, "voice.rate", "2")
    assert link.is_symlink()
    assert "rate = 2.0" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [entry.name for entry in real.parent.iterdir()] == ["duet.toml"]
    set_value(tmp_path / "new" / "settings.toml", "voice.rate", "2")
    assert stat.S_IMODE((tmp_path / "new" / "settings.toml").stat().st_mode) == 0o600


def test_a_failed_replacement_keeps_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_value(file, "voice.rate", "2")
    before = file.read_bytes()

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(BadSetting, match="No space left on device"):
        set_value(file, "voice.rate", "3")
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_duet_home_moves_everything(tmp_path: Path) -> None:
    environ = {"DUET_HOME": str(tmp_path)}
    assert default_settings_path(environ) == tmp_path / "settings.toml"
    assert data_dir(Settings(), environ) == tmp_path
    assert log_path(Settings(), environ) == tmp_path / "logs" / "duet.log"
    chosen = load(tmp_path / "none", {"DUET_STORE__DATA_DIR": "elsewhere"}).settings
    assert data_dir(chosen, environ) == tmp_path / "elsewhere"


def test_without_duet_home_the_system_chooses() -> None:
    assert default_settings_path({}).name == "settings.toml"
    assert "duet" in str(default_settings_path({})).lower()
    assert "duet" in str(data_dir(Settings(), {})).lower()


def test_every_setting_has_a_sentence_of_help() -> None:
    for key in flatten(Settings()):
        assert describe(key), key
    assert describe("nothing.here") == describe("audio.nothing") == ""


def test_importing_the_settings_stays_light() -> None:
    """What only writing or the keyring needs must not cost every start."""
    code = (
        "import sys, app.settings; print([m for m in sys.modules if m in ('tomlkit', 'keyring', 'pydantic_settings')])"
    )
    root = Path(__file__).parents[2]
    out = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("alexa", "alexa"),
        ("Hey Jarvis, alexa,", "hey_jarvis, alexa"),
        (["alexa", "okay_nabu", "alexa"], "alexa, okay_nabu"),
        ("", ""),
        ("~/words/Computer.json", "~/words/Computer.json"),
    ],
)
def test_wake_words_are_a_line_or_a_list(file: Path, given: object, kept: str) -> None:
    file.write_text(f"[audio]\nwake_words = {given!r}\n")
    assert load(file, {}).settings.audio.wake_words == kept
    if isinstance(given, str):
        assert load(file, {"DUET_AUDIO__WAKE_WORDS": given}).settings.audio.wake_words == kept


def test_a_wake_word_that_there_is_not_is_told_with_the_choices(file: Path) -> None:
    with pytest.raises(BadSetting, match=r"wake words out of okay_nabu, hey_jarvis, hey_mycroft, alexa, or the \.json"):
        set_value(file, "audio.wake_words", "hey_computer")
    set_value(file, "audio.wake_words", "Okay Nabu,alexa")
    assert load(file, {}).settings.audio.wake_word_list == ("okay_nabu", "alexa")


def test_the_way_in_is_one_of_three(file: Path) -> None:
    with pytest.raises(BadSetting, match="'hands-free', 'push-to-talk' or 'wake-word'"):
        set_value(file, "audio.way_in", "telepathy")


def test_tables_within_tables_are_set_read_and_taken_out(file: Path) -> None:
    file.write_text("# mine\n[roles.code]  # the clever one\ntemperature = 0.5\n")
    set_value(file, "roles.code.model", "server:big")
    set_value(file, "servers.big.base_url", "http://127.0.0.1:1/v1")
    set_value(file, "servers.big.model", "qwen")
    loaded = load(file, {})
    assert loaded.warnings == ()
    assert loaded.settings.roles.code.model == "server:big"
    assert loaded.settings.servers["big"].model == "qwen"
    values = flatten(loaded.settings)
    assert (values["roles.code.temperature"], values["servers.big.context"]) == (0.5, 8192)
    assert loaded.origin("roles.code.temperature") == loaded.origin("servers.big.model") == "file"
    assert loaded.origin("roles.summary.model") == "default"
    assert file.read_text().startswith("# mine\n[roles.code]  # the clever one\n")
    set_value(file, "roles.code.temperature", "")
    assert load(file, {}).settings.roles.code.temperature is None
    reset(file, "servers.big")
    reset(file, "roles.code.model")
    assert load(file, {}).settings == Settings()


def test_tables_within_tables_come_from_the_environment_too(file: Path) -> None:
    file.write_text('[servers.big]\nmodel = "qwen"\n')
    environ = {
        "DUET_ROLES__CODE__MAX_TOKENS": "9",
        "DUET_SERVERS__BIG__BASE_URL": "http://x/v1",
        "DUET_ROLES__COOK__X": "1",
    }
    loaded = load(file, environ)
    assert loaded.settings.roles.code.max_tokens == 9
    assert (loaded.settings.servers["big"].model, loaded.settings.servers["big"].base_url) == ("qwen", "http://x/v1")
    assert loaded.origin("servers.big.base_url") == "environment"
    assert [line for line in loaded.warnings if "DUET_ROLES__COOK" in line]


def test_another_address_needs_a_new_permission(file: Path) -> None:
    for section in ("servers.big", "remote"):
        set_value(file, f"{section}.base_url", "http://a/v1")
        set_value(file, f"{section}.allowed", "true")
        set_value(file, f"{section}.base_url", "http://a/v1")
        assert flatten(load(file, {}).settings)[f"{section}.allowed"] is True
        set_value(file, f"{section}.base_url", "http://b/v1")
        assert flatten(load(file, {}).settings)[f"{section}.allowed"] is False


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("roles.coed.model", "did you mean roles.code.model"),
        ("roles.code", "no setting"),
        ("servers.big.modell", "did you mean servers.big.model"),
        ("servers.Big.model", "no setting"),
        ("servers.remote.model", "no setting"),
        ("servers", "no setting"),
        ("audio.input.x", "no setting"),
    ],
)
def test_a_key_in_no_table_is_named(file: Path, key: str, part: str) -> None:
    with pytest.raises(BadSetting, match=part):
        set_value(file, key, "x")
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "[roles.code]\ntemperature = 9\n",
            ["roles.code.temperature", "2", "duet settings reset roles.code.temperature"],
        ),
        ("[servers.big]\ncontext = 1\n", ["servers.big.context", "512"]),
        ('[servers."Big One"]\nmodel = "x"\n', ["servers", "Big One"]),
        ("[roles]\ncode = 3\n", ["roles.code"]),
        ("servers = 3\n", ["servers"]),
    ],
)
def test_a_bad_table_within_a_table_is_told_in_one_sentence(file: Path, text: str, parts: list[str]) -> None:
    file.write_text(text)
    with pytest.raises(BadSetting) as caught:
        load(file, {})
    assert all(part in str(caught.value) for part in parts), caught.value
    assert "\n" not in str(caught.value)
