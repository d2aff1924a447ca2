"""Every setting of Duet, typed, with its default and its sentence of help.

Where the values come from and how one is changed without losing a comment is `app.settings.file`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from app.errors import BadSetting
from app.settings.models import SERVER_NAME, Mode, ModelSettings, RolesSettings, ServerSettings, check_server_name
from app.settings.section import Section

WAKE_WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
"""The wake words that come with the program."""

WayIn = Literal["hands-free", "push-to-talk", "wake-word"]


class HearingSettings(Section):
    """What turns speech into text."""

    engine: str = Field("sphinx", description="sphinx, whisper, or the name of an installed engine")
    model: str = Field("", description="the folder of a Whisper model")
    language: str = Field("en", description='a language code, or "auto" to detect it')
    turn_model: str = Field("", description="an .onnx model that hears ends of turns (Smart Turn v3 or turn-1-mini)")


class VoiceSettings(Section):
    """What speaks."""

    engine: str = Field("espeak", description="espeak, piper, or the name of an installed engine")
    model: str = Field("", description="the .onnx file of a Piper voice")
    voice: str = Field("", description="a voice of the engine; empty for its default")
    voices: dict[str, str] = Field(
        default_factory=dict,
        description="who speaks which language, such as en=en-us, de=de; empty for the engine's own",
    )
    rate: float = Field(1.0, ge=0.25, le=4.0, description="1 is the voice's own pace")
    volume: float = Field(1.0, ge=0.0, le=1.0, description="0 to 1")
    replies: bool = Field(True, description="whether answers to typed turns are spoken in the window")

    @field_validator("voices", mode="before")
    @classmethod
    def _pairs(cls, value: Any) -> Any:
        """Text such as "en=en-us, de=de" (what `settings set` gets) as the table that it means."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if any(not (code.strip() and equals and voice.strip()) for code, equals, voice in pairs):
            raise ValueError("it must be pairs such as en=en-us, de=de")
        return {code.strip(): voice.strip() for code, _, voice in pairs}


def _wake_word(given: str) -> str:
    """A wake word's name, or the path of a model as it is."""
    name = "_".join(given.lower().split())
    if name in WAKE_WORDS:
        return name
    if given.strip().lower().endswith(".json"):
        return given.strip()
    raise ValueError(f"it must name wake words out of {', '.join(WAKE_WORDS)}, or the .json file of a model")


class AudioSettings(Section):
    """Devices, by name or part of one; empty for the system's default."""

    input: str = Field("", description="microphone")
    output: str = Field("", description="speaker")
    silence_ms: int = Field(1500, ge=200, le=5000, description="silence after which a spoken turn is over in any case")
    way_in: WayIn = Field("hands-free", description="what opens a spoken turn: speech, a held key, or the wake word")
    wake_words: str = Field(
        "hey_jarvis",
        description=f"one or more of {', '.join(WAKE_WORDS)}, or .json files of microWakeWord models; commas between",
    )
    follow_up_s: float = Field(8.0, ge=0.0, le=120.0, description="after an answer no wake word is needed for so long")
    talk_key: str = Field("F9", description='the key to hold while speaking, for example "F9" or "Ctrl+Space"')
    global_key: bool = Field(True, description="whether that key works while other windows have the keyboard")

    @field_validator("wake_words", mode="before")
    @classmethod
    def _known_wake_words(cls, value: Any) -> Any:
        """One comma-separated line, from that or from a list; names as people write them are understood."""
        if not isinstance(value, (str, list, tuple)):
            return value
        given = value.split(",") if isinstance(value, str) else [str(word) for word in value]
        return ", ".join(dict.fromkeys(_wake_word(word) for word in given if word.strip()))

    @property
    def wake_word_list(self) -> tuple[str, ...]:
        """The wake words one by one."""
        return tuple(word.strip() for word in self.wake_words.split(",") if word.strip())


class ComputeSettings(Section):
    """How much of the machine Duet takes."""

    threads: int = Field(0, ge=0, le=256, description="threads of a language model; 0 chooses from the free cores")
    gpu_layers: int = Field(0, ge=-1, description="layers on the GPU; -1 for all")
    kv_type: Literal["f16", "q8_0", "q4_0"] = Field("f16", description="how the KV cache is stored")
    policy: Literal["auto", "yield", "share"] = Field(
        "auto",
        description="what the planner does while Duet answers: yield (waits), share (goes on), auto (as measured here)",
    )
    memory_limit_mb: int = Field(0, ge=0, description="a worker above this is restarted; 0 for four fifths of memory")


class AssistantSettings(Section):
    """How a turn goes."""

    planner: bool = Field(True, description="whether the planner thinks again")
    mode: Mode = Field(
        "balanced", description="light: short answers, no second thought; best: more second thoughts and more time"
    )
    patience: float = Field(
        1.0, ge=0.5, le=3.0, description="how long Duet waits to see whether you go on; 1 is as tuned, 2 is slower"
    )
    system_prompt: str = Field("", description="replaces the system prompt of the fast model's recipe")


class WindowSettings(Section):
    """How the window looks."""

    theme: Literal["system", "light", "dark"] = Field("system", description="system follows the desktop, live")


class StoreSettings(Section):
    """Where things are kept."""

    data_dir: Path | None = Field(None, description="folder of the database and the logs; empty for the system's place")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value


class Settings(Section):
    """All settings."""

    models: ModelSettings = ModelSettings()
    roles: RolesSettings = RolesSettings()
    remote: ServerSettings = ServerSettings()
    servers: dict[str, ServerSettings] = Field(default_factory=dict)
    hearing: HearingSettings = HearingSettings()
    voice: VoiceSettings = VoiceSettings()
    audio: AudioSettings = AudioSettings()
    compute: ComputeSettings = ComputeSettings()
    assistant: AssistantSettings = AssistantSettings()
    window: WindowSettings = WindowSettings()
    store: StoreSettings = StoreSettings()

    @field_validator("servers")
    @classmethod
    def _server_names(cls, value: dict[str, ServerSettings]) -> dict[str, ServerSettings]:
        return {check_server_name(name): server for name, server in value.items()}


def with_way_in(settings: Settings, way_in: WayIn, wake_words: str) -> Settings:
    """`settings` with another way in. Raises `BadSetting` for wake words that there are not."""
    try:
        audio = AudioSettings.model_validate(
            {**settings.audio.model_dump(), "way_in": way_in, "wake_words": wake_words}
        )
    except ValidationError as error:
        reason = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise BadSetting(f"audio.wake_words cannot be “{wake_words}”: {reason}.") from None
    return settings.model_copy(update={"audio": audio})


def table(name: str) -> type[Section] | None:
    """The model of a table of the settings file, such as "audio", "roles.code" or "servers.NAME"; None for no table."""
    outer, _, inner = name.partition(".")
    if outer == "servers" and inner:
        return ServerSettings if SERVER_NAME.fullmatch(inner) and inner != "remote" else None
    model = _section(Settings, outer)
    if inner:
        model = _section(model, inner) if model else None
    return None if model is None or any(_section(model, field) for field in model.model_fields) else model


def tables() -> dict[str, type[Section]]:
    """The tables that are always there, in the order of the model; those of `servers` are the user's."""
    names = [n for outer in Settings.model_fields for n in (outer, *(f"{outer}.{inner}" for inner in _inner(outer)))]
    return {name: model for name in names if (model := table(name)) is not None}


def _section(model: type[Section], field: str) -> type[Section] | None:
    """The section that a field of `model` holds, if it holds one."""
    info = model.model_fields.get(field)
    kind = info.annotation if info else None
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _inner(outer: str) -> list[str]:
    model = _section(Settings, outer)
    return list(model.model_fields) if model else []


def flatten(settings: Settings) -> dict[str, Any]:
    """`{"section.key": value}` with plain values (a path is a string, a missing one None)."""
    return dict(_flat(settings, settings.model_dump(mode="json"), ""))


def _flat(value: Any, plain: Any, key: str) -> Iterator[tuple[str, Any]]:
    """The leaves below `value`, whose plain form is `plain`."""
    if isinstance(value, Section):
        for name in type(value).model_fields:
            yield from _flat(getattr(value, name), plain[name], f"{key}.{name}" if key else name)
    elif key == "servers":
        for name, server in value.items():
            yield from _flat(server, plain[name], f"servers.{name}")
    else:
        yield key, plain


def describe(key: str) -> str:
    """The sentence of help of `section.key`; empty for an unknown one."""
    field = _field(key)
    return (field.description or "") if field else ""


def default(key: str) -> Any:
    """What counts while `section.key` is not set, as a plain value; None for an unknown one."""
    name, _, field = key.rpartition(".")
    model = table(name)
    return model().model_dump(mode="json").get(field) if model else None


def _field(key: str) -> FieldInfo | None:
    name, _, field = key.rpartition(".")
    model = table(name)
    return model.model_fields.get(field) if model else None
