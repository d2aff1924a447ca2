"""Settings: the typed model, the file they come from, the places of Duet's files, and keys in the system's keyring."""

from app.settings.file import Loaded, load, reset, set_value
from app.settings.places import cache_dir, data_dir, default_settings_path, log_path
from app.settings.schema import (
    WAKE_WORDS,
    AssistantSettings,
    AudioSettings,
    ComputeSettings,
    HearingSettings,
    ModelSettings,
    RemoteSettings,
    Section,
    Settings,
    StoreSettings,
    VoiceSettings,
    WayIn,
    WindowSettings,
    describe,
    flatten,
    with_way_in,
)

__all__ = [
    "WAKE_WORDS",
    "AssistantSettings",
    "AudioSettings",
    "ComputeSettings",
    "HearingSettings",
    "Loaded",
    "ModelSettings",
    "RemoteSettings",
    "Section",
    "Settings",
    "StoreSettings",
    "VoiceSettings",
    "WayIn",
    "WindowSettings",
    "cache_dir",
    "data_dir",
    "default_settings_path",
    "describe",
    "flatten",
    "load",
    "log_path",
    "reset",
    "set_value",
    "with_way_in",
]
