"""Recipes: what a Modelfile says, and the line that is wrong in one that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engines.language.base import Message, Sampling
from app.errors import BadInput
from app.registry.recipe import parse_recipe, read_recipe

WHOLE = '''# A comment
FROM ./model.gguf
PARAMETER temperature 0.5
parameter top_k 20
PARAMETER num_predict 99
PARAMETER num_ctx 2048
PARAMETER stop "<end>"
PARAMETER stop User:
PARAMETER mirostat 1
ADAPTER ./lora.gguf
SYSTEM """You are short.

You are right."""
MESSAGE user Is it cold?
MESSAGE assistant """No.
It is warm."""
TEMPLATE """{{ .Prompt }}"""
LICENSE "MIT"
'''


def test_a_whole_recipe() -> None:
    recipe = parse_recipe(WHOLE)
    assert recipe.base == "./model.gguf"
    assert recipe.system == "You are short.\n\nYou are right."
    assert recipe.examples == (Message("user", "Is it cold?"), Message("assistant", "No.\nIt is warm."))
    assert recipe.sampling == Sampling(temperature=0.5, top_k=20, max_tokens=99, stop=("<end>", "User:"))
    assert recipe.context == 2048
    assert recipe.adapters == ("./lora.gguf",)
    assert recipe.template == "{{ .Prompt }}"
    assert recipe.license == "MIT"
    assert recipe.opening == (Message("system", recipe.system), *recipe.examples)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("FROM a\nFORM b", 2, "no instruction"),
        ("FROM a\n\nPARAMETER temperature hot", 3, "no number"),
        ("FROM a\nPARAMETER temperature -3", 2, "must lie between"),
        ("FROM a\nPARAMETER warmth 3", 2, "no parameter"),
        ("FROM a\nPARAMETER top_k", 2, "no value"),
        ("FROM a\nPARAMETER num_ctx 0", 2, "above 0"),
        ("FROM a\nSYSTEM", 2, "no value"),
        ('FROM a\nSYSTEM """never\nends', 2, "never ends"),
        ('FROM a\nSYSTEM """ends""" here', 2, "stands after"),
        ("FROM a\nMESSAGE robot hello", 2, "role"),
        ("FROM a\nFROM b", 2, "twice"),
    ],
)
def test_an_error_names_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(BadInput, match=rf"line {line}: .*{why}"):
        parse_recipe(text)


def test_a_recipe_needs_a_model() -> None:
    with pytest.raises(BadInput, match="FROM"):
        parse_recipe("SYSTEM hello")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "Modelfile"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="cannot be read"):
        read_recipe(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_recipe(tmp_path / "missing")


def test_the_starters_recipe_can_be_read() -> None:
    recipe = read_recipe(Path(__file__).parents[2] / "models" / "Modelfile.starter")
    assert recipe.base == "starter"
    assert recipe.system
    assert recipe.sampling.temperature == 0.0
