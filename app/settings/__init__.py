"""Settings: the typed model, the file they come from, the places of Duet's files, and keys in the system's keyring."""

from app.settings.file import Loaded, load, reset, set_value
from app.settings.models import ROLES, Mode, ModelSettings, RoleSettings, RolesSettings, ServerSettings
from app.settings.places import cache_dir, data_dir, default_settings_path, log_path
from app.settings.schema import (
    WAKE_WORDS,
    AssistantSettings,
    AudioSettings,
    ComputeSettings,
    HearingSettings,
    Settings,
    StoreSettings,
    VoiceSettings,
    WayIn,
    WindowSettings,
    default,
    describe,
    flatten,
    with_way_in,
)
from app.settings.section import Section

__all__ = [
    "ROLES",
    "WAKE_WORDS",
    "AssistantSettings",
    "AudioSettings",
    "ComputeSettings",
    "HearingSettings",
    "Loaded",
    "Mode",
    "ModelSettings",
    "RoleSettings",
    "RolesSettings",
    "Section",
    "ServerSettings",
    "Settings",
    "StoreSettings",
    "VoiceSettings",
    "WayIn",
    "WindowSettings",
    "cache_dir",
    "data_dir",
    "default",
    "default_settings_path",
    "describe",
    "flatten",
    "load",
    "log_path",
    "reset",
    "set_value",
    "with_way_in",
]
