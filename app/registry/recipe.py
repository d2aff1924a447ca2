'''Reads a model's recipe: an Ollama-compatible Modelfile, the format that people know.

FROM, ADAPTER, PARAMETER, SYSTEM, MESSAGE, TEMPLATE and LICENSE are understood; texts may span lines between `"""`.
It says what the recipe holds. It does not look for the models that it names.
'''

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn, get_args

from app.engines.language.base import Message, Role, Sampling
from app.engines.language.sampling_limits import check_sampling
from app.errors import BadInput, DuetError

_TRIPLE = '"""'
_WORDS = ("FROM", "PARAMETER", "SYSTEM", "MESSAGE", "TEMPLATE", "ADAPTER", "LICENSE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is to be used. `context` in tokens; None where the recipe does not say.

    base: a path, or a name that the registry knows. examples: exchanges that stand before every conversation.
    """

    base: str
    system: str = ""
    examples: tuple[Message, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    context: int | None = None
    adapters: tuple[str, ...] = ()
    template: str | None = None
    license: str = ""

    @property
    def opening(self) -> tuple[Message, ...]:
        """The messages before the first of a conversation: the system prompt, then the examples."""
        return ((Message("system", self.system),) if self.system else ()) + self.examples


def read_recipe(path: Path) -> Recipe:
    """Read a Modelfile. Raises `BadInput` with the file's name and the line's number."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The recipe {path} cannot be read ({error}); choose a Modelfile.") from error
    return parse_recipe(text, str(path))


def parse_recipe(text: str, name: str = "the recipe") -> Recipe:
    """Parse a Modelfile's text. `name` is what errors call it."""
    base: str | None = None
    made: dict[str, Any] = {"examples": (), "adapters": (), "license": ""}
    sampling = Sampling()
    for line, word, value in _instructions(text, name):
        if word == "FROM":
            if base is not None:
                _fail(name, line, "FROM stands in it twice")
            base = value
        elif word == "PARAMETER":
            sampling = _parameter(value, sampling, made, name, line)
        elif word == "MESSAGE":
            made["examples"] += (_message(value, name, line),)
        elif word == "ADAPTER":
            made["adapters"] += (value,)
        else:
            made[word.lower()] = value
    if base is None:
        raise BadInput(f"{name} does not say which model it is for; begin it with FROM and a model.")
    return Recipe(base=base, sampling=sampling, **made)


def _instructions(text: str, name: str) -> Iterator[tuple[int, str, str]]:
    """(line number, instruction, value) of each instruction."""
    lines = iter(enumerate(text.removeprefix("\ufeff").splitlines(), 1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        if word.upper() not in _WORDS:
            _fail(name, number, f"{word!r} is no instruction; use one of {', '.join(_WORDS)}")
        value = _value(rest.strip(), lines, name, number)
        if not value:
            _fail(name, number, f"{word.upper()} has no value")
        yield number, word.upper(), value


def _value(first: str, lines: Iterator[tuple[int, str]], name: str, number: int) -> str:
    """What an instruction holds: the rest of its line without quotes, or all up to the closing three quotes."""
    before, opened, rest = first.partition(_TRIPLE)
    if not opened or (before and not re.fullmatch(r"\w+\s+", before)):
        return _unquoted(first)
    parts = [rest]
    while _TRIPLE not in parts[-1]:
        following = next(lines, None)
        if following is None:
            _fail(name, number, f"the text that begins with {_TRIPLE} never ends")
        parts.append(following[1])
    last, _, left = parts[-1].partition(_TRIPLE)
    if left.strip():
        _fail(name, number, f"{left.strip()!r} stands after the closing {_TRIPLE}")
    return before + "\n".join([*parts[:-1], last]).strip("\n")


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text


def _message(value: str, name: str, line: int) -> Message:
    role, _, content = value.partition(" ")
    if role not in get_args(Role) or not content.strip():
        _fail(name, line, "MESSAGE needs a role (system, user, assistant) and a text")
    found: Role = role  # type: ignore[assignment]  # checked above
    return Message(found, _unquoted(content.strip()))


_FLOATS = ("temperature", "top_p", "min_p", "repeat_penalty")
_INTEGERS = {"top_k": "top_k", "seed": "seed", "num_predict": "max_tokens"}
_UNUSED = frozenset(
    {"mirostat", "mirostat_eta", "mirostat_tau", "repeat_last_n", "tfs_z", "typical_p", "num_gpu", "num_thread"}
    | {"num_batch", "num_keep", "use_mmap", "presence_penalty", "frequency_penalty"}
)
"""Parameters of Ollama's that mean nothing here: a foreign Modelfile stays readable, and they are left out."""


def _parameter(value: str, sampling: Sampling, made: dict[str, Any], name: str, line: int) -> Sampling:
    key, _, text = value.partition(" ")
    text = _unquoted(text.strip())
    if not text:
        _fail(name, line, f"the parameter {key} has no value")
    if key == "stop":
        return replace(sampling, stop=(*sampling.stop, text))
    if key == "num_ctx":
        made["context"] = _number(int, key, text, name, line)
        if made["context"] < 1:
            _fail(name, line, f"num_ctx is {text}; it must be above 0")
        return sampling
    if key in _UNUSED:
        return sampling
    if key in _FLOATS:
        changed = replace(sampling, **{key: _number(float, key, text, name, line)})
    elif key in _INTEGERS:
        changed = replace(sampling, **{_INTEGERS[key]: _number(int, key, text, name, line)})
    else:
        _fail(name, line, f"there is no parameter {key!r}")
    try:
        check_sampling(changed)
    except DuetError as error:
        _fail(name, line, str(error).rstrip("."))
    return changed


def _number(kind: Callable[[str], Any], key: str, text: str, name: str, line: int) -> Any:
    try:
        return kind(text)
    except ValueError:
        _fail(name, line, f"{key} is {text!r}, which is no number")


def _fail(name: str, line: int, why: str) -> NoReturn:
    raise BadInput(f"{name}, line {line}: {why}; correct that line.")
