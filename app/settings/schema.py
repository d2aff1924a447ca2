"""Every setting of Duet, typed, with its default and its sentence of help.

Where the values come from and how one is changed without losing a comment is `app.settings.file`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.errors import BadSetting

WAKE_WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
"""The wake words that come with the program."""

WayIn = Literal["hands-free", "push-to-talk", "wake-word"]


class Section(BaseModel):
    """A table of the settings file."""

    model_config = ConfigDict(extra="ignore", validate_assignment=True, allow_inf_nan=False)


class ModelSettings(Section):
    """Which model plays which part: "starter", the path of a GGUF file, or "remote" (see the section `remote`)."""

    fast: str = Field("starter", description="the model that answers at once")
    planner: str = Field("starter", description="the model that thinks again in the background")
    fast_context: int = Field(4096, ge=512, le=1_048_576, description="tokens of context of the fast model")
    planner_context: int = Field(4096, ge=512, le=1_048_576, description="tokens of context of the planner")
    adapter: str = Field("", description="a LoRA file (GGUF) for the fast model, or nothing")


class RemoteSettings(Section):
    """An OpenAI-compatible server. Its key is kept in the system's keyring, never here."""

    base_url: str = Field(
        "", description="for example http://127.0.0.1:8080/v1; nothing is ever sent while it is empty"
    )
    model: str = Field("", description="the model's name on that server")
    context: int = Field(8192, ge=512, description="tokens of context that the server gives")
    timeout_s: float = Field(60.0, gt=0, description="longest wait for a reply")
    retries: int = Field(2, ge=0, le=10, description="how often a failed request is tried again")


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
    patience: float = Field(
        1.0, ge=0.5, le=3.0, description="how long Duet waits to see whether you go on; 1 is as tuned, 2 is slower"
    )
    system_prompt: str = Field("", description="replaces the system prompt of the fast model's recipe")
    answer_deadline_s: float = Field(60.0, gt=0, description="longest time for an answer")
    planner_deadline_s: float = Field(120.0, gt=0, description="longest time for the planner")


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
    remote: RemoteSettings = RemoteSettings()
    hearing: HearingSettings = HearingSettings()
    voice: VoiceSettings = VoiceSettings()
    audio: AudioSettings = AudioSettings()
    compute: ComputeSettings = ComputeSettings()
    assistant: AssistantSettings = AssistantSettings()
    window: WindowSettings = WindowSettings()
    store: StoreSettings = StoreSettings()


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


def sections() -> dict[str, type[Section]]:
    """The tables of the settings file by name, in the order of the model."""
    return {name: type(field.default) for name, field in Settings.model_fields.items()}


def flatten(settings: Settings) -> dict[str, Any]:
    """`{"section.key": value}` with plain values (a path is a string, a missing one None)."""
    tables = settings.model_dump(mode="json")
    return {f"{section}.{key}": value for section, table in tables.items() for key, value in table.items()}


def describe(key: str) -> str:
    """The sentence of help of `section.key`; empty for an unknown one."""
    section, _, name = key.partition(".")
    model = sections().get(section)
    field = model.model_fields.get(name) if model else None
    return (field.description or "") if field else ""
