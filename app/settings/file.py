"""Where the values of the settings come from, and how one is changed in the file.

Order: environment (`DUET_AUDIO__SILENCE_MS`) over the TOML file over the defaults. Unknown keys are reported and kept.
Writing keeps comments and order (tomlkit) and replaces the file in one step, so that a reader sees the old file or the
new one, never half of one.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from app.errors import BadSetting
from app.settings.atomic import replace_file
from app.settings.models import ServerSettings
from app.settings.places import default_settings_path
from app.settings.schema import Settings, table, tables
from app.settings.section import Section

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

PREFIX = "DUET_"
Origin = Literal["default", "file", "environment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Settings, the file they would be changed in, what was odd about it, and where each set key came from."""

    settings: Settings
    path: Path
    warnings: tuple[str, ...] = ()
    origins: Mapping[str, Origin]

    def origin(self, key: str) -> Origin:
        return self.origins.get(key, "default")


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Loaded:
    """Read the settings; a missing file is an empty one.

    Raises BadSetting for a file that cannot be read or is not TOML, and for a value that is out of range or of the
    wrong type.
    """
    environ = os.environ if environ is None else environ
    path = default_settings_path(environ) if path is None else path
    table = _parse(path)
    try:
        settings = _validate(table, environ)
    except ValidationError as error:
        raise BadSetting(_explain(error, path, environ)) from None
    origins: dict[str, Origin] = dict.fromkeys(_known(table), "file")
    origins.update(dict.fromkeys(_known(_from_environment(environ)), "environment"))
    return Loaded(settings=settings, path=path, warnings=_warnings(table, path, environ), origins=origins)


def set_value(path: Path, key: str, text: str) -> None:
    """Write `section.key` to the file as the type that the model gives it; text that stands for nothing removes it.

    Raises BadSetting for an unknown key, a value that is not allowed, and a file that cannot be read or written.
    """
    section, name, model = _split(key)
    values = model()
    try:
        setattr(values, name, text)
    except ValidationError as error:
        raise BadSetting(f"{key} cannot be {_quoted(text)}: {_reason(error)}.") from None
    value = values.model_dump(mode="json")[name]
    if value is None:
        reset(path, key)
        return
    document = _document(path)
    holder = _holder(document, section, path, key)
    if name == "base_url" and holder.get(name) != value:
        holder.pop("allowed", None)  # what was allowed was the other server
    holder[name] = value
    _write(path, document)


def _holder(document: TOMLDocument, section: str, path: Path, key: str) -> Any:
    """The table `section` of the document, made where it is not there."""
    import tomlkit  # only writing needs it

    holder: Any = document
    *outer, last = section.split(".")
    for part in (*outer, last):
        if part not in holder:
            holder[part] = tomlkit.table(is_super_table=part is not last)
        holder = holder[part]
        if not isinstance(holder, dict):
            raise BadSetting(f"{part} in {path} is a value, not a table; rename or remove it, then set {key} again.")
    return holder


def reset(path: Path, key: str) -> None:
    """Take `section.key` out of the file, so that its default counts again; unknown keys can be removed as well."""
    *outer, name = key.split(".")
    document = _document(path)
    holder: Any = document
    for part in outer:
        holder = holder.get(part) if isinstance(holder, dict) else None
    if outer and isinstance(holder, dict) and name in holder:
        del holder[name]
        _write(path, document)
        return
    _split(key)


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path} is not valid TOML: {error}; correct that line, or rename the file.") from None


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        raise BadSetting(f"{path} is a folder, but the settings need a file of that name; rename the folder.") from None
    except UnicodeDecodeError:
        raise BadSetting(f"{path} is not UTF-8 text; save it as UTF-8, or rename it.") from None
    except OSError as error:
        if path.is_dir():  # what Windows answers for a folder is a PermissionError
            raise BadSetting(f"{path} is a folder, but the settings need a file; rename the folder.") from None
        raise BadSetting(f"{path} cannot be read ({error.strerror}); check its permissions.") from None


def _document(path: Path) -> TOMLDocument:
    import tomlkit  # only writing needs it

    _parse(path)  # the standard parser's message names the line
    return tomlkit.parse(_read(path))


def _write(path: Path, document: TOMLDocument) -> None:
    import tomlkit

    try:
        replace_file(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise BadSetting(f"{path} cannot be written ({error.strerror}); check the folder and its free space.") from None


def _validate(table: dict[str, Any], environ: Mapping[str, str]) -> Settings:
    from pydantic_settings import (  # slow to import
        BaseSettings,
        EnvSettingsSource,
        PydanticBaseSettingsSource,
        SettingsConfigDict,
        SettingsError,
    )

    class Environment(EnvSettingsSource):
        """The environment that was handed in, which need not be the process's own."""

        def _load_env_vars(self) -> Mapping[str, str | None]:
            return {name.lower(): value for name, value in environ.items()}

    class Layered(Settings, BaseSettings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="ignore")

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return Environment(settings_cls), init_settings

    try:
        layered = Layered(**table)
    except SettingsError as error:
        raise BadSetting(f"A {PREFIX}... variable of the environment cannot be read: {error}.") from None
    return Settings.model_validate(layered.model_dump())


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The DUET_SECTION__KEY variables as tables. Others that begin with DUET_ are not settings."""
    found: dict[str, Any] = {}
    for variable, value in environ.items():
        *outer, name = variable.upper().removeprefix(PREFIX).lower().split("__")
        if not variable.upper().startswith(PREFIX) or not outer:
            continue
        holder = found
        for part in outer:
            inner = holder.setdefault(part, {})
            holder = inner if isinstance(inner, dict) else {}
        holder[name] = value
    return found


def _known(values: Mapping[str, Any]) -> list[str]:
    return [key for key, known in _keys(values, Settings, "") if known]


def _unknown(values: Mapping[str, Any]) -> list[str]:
    return [key for key, known in _keys(values, Settings, "") if not known]


def _keys(values: Mapping[str, Any], model: type[Section], prefix: str) -> Iterator[tuple[str, bool]]:
    """Every key of a parsed file below `model`, and whether there is a setting of that name."""
    for name, value in values.items():
        key, field = prefix + name, model.model_fields.get(name)
        if field is None:
            yield key, False
        elif key == "servers" and isinstance(value, Mapping):
            for server, inner in value.items():
                if isinstance(inner, Mapping):
                    yield from _keys(inner, ServerSettings, f"servers.{server}.")
        elif isinstance(kind := field.annotation, type) and issubclass(kind, Section):
            if isinstance(value, Mapping):
                yield from _keys(value, kind, f"{key}.")
        else:
            yield key, True


def _warnings(table: Mapping[str, Any], path: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    lines = [f"{path} has an unknown key {key}{_hint(key)}, which is ignored." for key in _unknown(table)]
    for key in _unknown(_from_environment(environ)):
        variable = PREFIX + key.replace(".", "__").upper()
        lines.append(f"The environment has {variable}, which is no setting{_hint(key)} and is ignored.")
    return tuple(lines)


def _hint(key: str) -> str:
    close = difflib.get_close_matches(key, _all_keys(key), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _all_keys(like: str) -> list[str]:
    """All keys; of a server, those of the one that `like` names."""
    found = dict(tables())
    if (model := table(like.rpartition(".")[0])) is not None:
        found[like.rpartition(".")[0]] = model
    return [f"{name}.{field}" for name, model in found.items() for field in model.model_fields]


def _split(key: str) -> tuple[str, str, type[Section]]:
    """Table, name and the table's model. Raises `BadSetting` for a key that there is not."""
    section, _, name = key.rpartition(".")
    model = table(section)
    if model is None or name not in model.model_fields:
        raise BadSetting(f"There is no setting {_quoted(key)}{_hint(key)}; `duet settings list` shows them all.")
    return section, name, model


def _explain(error: ValidationError, path: Path, environ: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"][: 3 if first["loc"][0] in ("roles", "servers") else 2])
    names = {name.upper(): name for name in environ}
    variable = PREFIX + key.replace(".", "__").upper()
    if variable in names:
        return f"{names[variable]} in the environment cannot be {_quoted(first['input'])}: {_reason(error)}."
    mend = f"correct it, or run `duet settings reset {key}`" if "." in key else "correct it"
    return f"{key} in {path} cannot be {_quoted(first['input'])}: {_reason(error)}; {mend}."


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] in ("model_type", "model_attributes_type"):
        return f"it is a table of its own, [{first['loc'][0]}]"
    message = first["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return message.replace("should be", "it must be", 1).partition(", unable")[0].rstrip(".")


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f'"{text[:60]}{"..." if len(text) > 60 else ""}"'
