"""Where the program's own read-only files are: resources and model recipes. Knows nothing of the user's files."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """A file of the folder `resources`."""
    return _own("resources").joinpath(*parts)


def recipe_file(name: str) -> Path:
    """A file of the folder `models`, e.g. "Modelfile.starter"."""
    return _own("models") / name


def _own(folder: str) -> Path:
    # In a checkout the folders lie beside the package; a wheel or a frozen program carries them inside it.
    inside = _PACKAGE / f"_{folder}"
    return inside if inside.is_dir() else _PACKAGE.parent / folder
