"""A planner with a mind of its own thinks in steps: it may call tools, and ends with an answer and a judgement.

Each step is one JSON document that must satisfy a schema, so nothing of it is guessed at, and every call is validated
against its tool's own schema before it runs. What the planner thinks on the way is never shown nor spoken.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.client import LanguageClient
from app.errors import BadInput, DeadlineExceeded
from app.tools.base import Call, Outcome

log = logging.getLogger(__name__)

STEPS = 4
"""Replies in which the planner may call tools; the last one must answer."""

CALLS = 3
"""Calls in one step."""

LONGEST_RESULT = 1500
"""Characters of a result that the planner is shown."""

ASK = """{question}

The user has already heard this quick answer to it: {answer}
{facts}
Check that answer. {tools}Then reply with one JSON object:
"calls": the tools you need first, [] if none;
"answer": your own best answer to the user in one to three short sentences, "" while you still need tools;
"verdict": "agree" if the quick answer is right and enough, "add" if it lacks what matters, "correct" if it is wrong;
"confidence": how sure you are, 0 to 1."""

TOOLS = "You may use these tools:\n{tools}\n"

ANSWER_NOW = "Answer now, with no more calls."


class StepCall(BaseModel):
    """A call as the planner writes it."""

    model_config = ConfigDict(extra="forbid")

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Step(BaseModel):
    """One reply of the planner."""

    model_config = ConfigDict(extra="forbid")

    calls: list[StepCall] = Field(default_factory=list, max_length=CALLS)
    answer: str = ""
    verdict: Literal["agree", "add", "correct"] = "agree"
    confidence: float = Field(0.0, ge=0.0, le=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What the planner ended with, and what became of every call on the way."""

    answer: str
    verdict: Literal["agree", "add", "correct"]
    confidence: float
    outcomes: tuple[Outcome, ...]


def request_text(question: str, answer: str, schemas: Sequence[dict[str, Any]], facts: Sequence[str]) -> str:
    """What the planner is asked, as the user's message."""
    told = "".join(f"\nThis is certain: {fact}" for fact in facts)
    tools = "\n".join(f"- {_signature(each)}: {each['description']}" for each in schemas)
    return ASK.format(
        question=question,
        answer=json.dumps(answer, ensure_ascii=False),
        facts=told,
        tools=TOOLS.format(tools=tools) if schemas else "",
    )


def _signature(tool: dict[str, Any]) -> str:
    """The tool as a model reads it: `convert(value, from, to)`, with what each argument is where that is told."""
    fields: dict[str, Any] = tool["arguments"].get("properties", {})
    told = [f"{name} ({about['description']})" if "description" in about else name for name, about in fields.items()]
    return f"{tool['name']}({', '.join(told)})"


def step_schema(schemas: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The JSON schema of a step that may call these tools. Definitions of the tools' own schemas move to the top."""
    definitions: dict[str, Any] = {}
    calls = [
        {
            "type": "object",
            "properties": {"tool": {"const": each["name"]}, "arguments": _hoisted(each, definitions)},
            "required": ["tool", "arguments"],
            "additionalProperties": False,
        }
        for each in schemas
    ]
    items: dict[str, Any] = {"anyOf": calls} if calls else {"type": "object"}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "calls": {"type": "array", "maxItems": CALLS if calls else 0, "items": items},
            "answer": {"type": "string"},
            "verdict": {"enum": ["agree", "add", "correct"]},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        },
        "required": ["calls", "answer", "verdict", "confidence"],
        "additionalProperties": False,
    }
    return schema | ({"$defs": definitions} if definitions else {})


def _hoisted(tool: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A tool's schema with its definitions under names of its own in `definitions`."""
    own = dict(tool["arguments"])
    for name, definition in own.pop("$defs", {}).items():
        definitions[f"{tool['name']}.{name}"] = _renamed(definition, tool["name"])
    renamed: dict[str, Any] = _renamed(own, tool["name"])
    return renamed


def _renamed(part: Any, prefix: str, names: bool = False) -> Any:
    """`part` of a schema with its references pointed at the hoisted definitions, without what a grammar cannot use.

    names: the keys of `part` are names of properties.
    """
    if isinstance(part, dict):
        return {
            key: value.replace("#/$defs/", f"#/$defs/{prefix}.")
            if key == "$ref"
            else _renamed(value, prefix, names=key == "properties" and not names)
            for key, value in part.items()
            if names or key not in ("title", "description", "default", "examples")
        }
    return [_renamed(each, prefix) for each in part] if isinstance(part, list) else part


async def deliberate(
    planner: LanguageClient,
    messages: tuple[Message, ...],
    sampling: Sampling,
    schemas: Sequence[dict[str, Any]],
    run: Callable[[Call], Awaitable[Outcome]],
    *,
    generation: int,
    deadline_s: float,
    clock: Callable[[], float],
) -> Conclusion:
    """Let the planner think in steps. `messages` end with `request_text`.

    Raises what the worker raises, `DeadlineExceeded`, and `BadInput` when what came is no step, twice.
    """
    ends = clock() + deadline_s
    outcomes: list[Outcome] = []
    wrong = 0
    for left_steps in range(STEPS, 0, -1):
        offered = schemas if left_steps > 1 else ()
        reply = await _generate(planner, messages, sampling, step_schema(offered), generation, ends - clock())
        try:
            step = Step.model_validate_json(reply)
        except ValidationError as error:
            wrong += 1
            if wrong > 1 or left_steps == 1:
                raise BadInput("The planner's reply could not be understood.") from error
            messages = _said(messages, reply, "That was not the JSON object that was asked for. Try once more.")
            continue
        if not step.calls or left_steps == 1:
            return Conclusion(
                answer=step.answer.strip(),
                verdict=step.verdict,
                confidence=step.confidence,
                outcomes=tuple(outcomes),
            )
        results = [await run(Call(call.tool, call.arguments)) for call in step.calls]
        outcomes += results
        told = "\n".join(_told(result) for result in results)
        messages = _said(messages, reply, told + (f"\n{ANSWER_NOW}" if left_steps == 2 else ""))
    raise AssertionError("the last step returns")  # pragma: no cover


async def _generate(
    planner: LanguageClient,
    messages: tuple[Message, ...],
    sampling: Sampling,
    schema: dict[str, Any],
    generation: int,
    left_s: float,
) -> str:
    if left_s <= 0:
        raise DeadlineExceeded("The planner had no answer in time.")
    request = GenerateRequest(messages=messages, sampling=replace(sampling, stop=()), schema=schema, deadline_s=left_s)
    async with planner.generate(request, generation) as stream:
        async for _ in stream:
            pass
        if stream.result.finish == "deadline":
            raise DeadlineExceeded("The planner had no answer in time.")
        text: str = stream.result.text
        return text


def _said(messages: tuple[Message, ...], reply: str, answer: str) -> tuple[Message, ...]:
    return (*messages, Message("assistant", reply), Message("user", answer))


def _told(outcome: Outcome) -> str:
    """A result as the planner is shown it."""
    if outcome.result is None:
        return f"{outcome.call.tool} failed: {outcome.error}"
    values = json.dumps(dict(outcome.result.values), ensure_ascii=False, default=str)
    return f"{outcome.call.tool}: {outcome.result.text} {values}"[:LONGEST_RESULT]
