"""Renders messages with a model's own chat template, in a sandbox, whatever the template thinks of them.

A template is code from a file: it runs in Jinja2's immutable sandbox (CVE-2024-34359). One that raises, refuses a
system message, wants strictly alternating roles or knows no tools is given the same words in a form that it accepts;
one that cannot be used at all is replaced by ChatML. Nothing here tokenises.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.engines.language.base import Message

log = logging.getLogger(__name__)

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class _GenerationTags(Extension):
    """`{% generation %}` marks training data in some templates and means nothing here."""

    tags = {"generation"}  # noqa: RUF012 - the base class declares it so

    def parse(self, parser: Parser) -> Node | list[Node]:
        parser.stream.skip(1)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _refuse(message: str = "the template refused the messages") -> NoReturn:
    raise jinja2.TemplateError(str(message))


def _to_json(value: Any, indent: int | None = None, ensure_ascii: bool = False, sort_keys: bool = False) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=ensure_ascii, sort_keys=sort_keys)


def _now(form: str) -> str:
    return datetime.datetime.now().astimezone().strftime(form)


class ChatTemplate:
    """One model's way to write a conversation down.

    source: the template's text, or None for ChatML. bos, eos: the texts of those tokens.
    control: texts of the model's control tokens; where they stand in a message they are made harmless.
    """

    def __init__(self, source: str | None, *, bos: str = "", eos: str = "", control: Sequence[str] = ()) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[_GenerationTags, loopcontrols]
        )
        environment.filters["tojson"] = _to_json
        environment.globals.update(
            raise_exception=_refuse, strftime_now=_now, bos_token=bos, eos_token=eos, tools=None, documents=None
        )
        self.hash = hashlib.sha256((source or CHATML).encode("utf-8", "replace")).hexdigest()
        self._plain = environment.from_string(CHATML)
        self._template = self._compile(environment, source)
        ordered = sorted({text for text in control if len(text) > 2}, key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def _compile(self, environment: ImmutableSandboxedEnvironment, source: str | None) -> jinja2.Template:
        if not source:
            return self._plain
        try:
            return environment.from_string(source)
        except (jinja2.TemplateError, RecursionError, ValueError, OverflowError) as error:
            log.warning("the model's chat template cannot be read (%s); ChatML is used", error)
            return self._plain

    def render(self, messages: tuple[Message, ...], *, opening: bool = True) -> str:
        """The prompt for `messages`; with `opening` it ends where the answer begins."""
        safe = tuple(Message(m.role, self._harmless(m.content)) for m in messages)
        for form in _FORMS:
            adapted = form(safe)
            text = self._try(self._template, adapted, opening)
            if text is not None and _complete(text, adapted):
                return text
        log.warning("the model's chat template refuses every form of the messages; ChatML is used")
        return self._plain.render(messages=_as_dicts(safe), add_generation_prompt=opening)

    def _try(self, template: jinja2.Template, messages: tuple[Message, ...], opening: bool) -> str | None:
        try:
            return template.render(messages=_as_dicts(messages), add_generation_prompt=opening)
        except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            log.debug("the chat template failed: %s", error)
        except (RecursionError, MemoryError) as error:
            log.warning("the chat template failed: %s", type(error).__name__)
        return None

    def _harmless(self, text: str) -> str:
        """Words of a message must not act as control tokens: a joiner that nobody sees breaks them."""
        if self._control is None:
            return text
        return self._control.sub(lambda m: m[0][0] + "\u2060" + m[0][1:], text)


def _as_dicts(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    return [{"role": m.role, "content": m.content} for m in messages]


def _complete(text: str, messages: tuple[Message, ...]) -> bool:
    """Whether no instruction, question or tool result was left out. Templates may drop old thinking of answers."""
    return all(m.content.strip() in text for m in messages if m.role != "assistant")


def _unchanged(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    return messages


def _tools_as_user(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    return tuple(Message("user", f"Result of a tool: {m.content}") if m.role == "tool" else m for m in messages)


def _alternating(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """No system role, strictly user, assistant, user: neighbours of one role become one message."""
    merged: list[Message] = []
    for m in _tools_as_user(messages):
        role = "user" if m.role == "system" else m.role
        if merged and merged[-1].role == role:
            merged[-1] = Message(role, f"{merged[-1].content}\n\n{m.content}")
        else:
            merged.append(Message(role, m.content))
    return tuple(merged)


_FORMS: tuple[Callable[[tuple[Message, ...]], tuple[Message, ...]], ...] = (_unchanged, _tools_as_user, _alternating)
