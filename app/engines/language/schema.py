"""JSON schemas: into a llama.cpp grammar, and the check of what came out. Keeps no state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from app.errors import BadInput, EngineUnavailable

MAX_BYTES = 20_000
"""Grammars are applied to whole vocabularies at every token; one that is larger than this makes a model crawl."""


def validator(schema: Mapping[str, Any]) -> Validator:
    """A validator for `schema`. Raises `BadInput` if it is no JSON schema, is too large or points outside itself."""
    try:
        text = json.dumps(schema)
        plain = json.loads(text)
        kind = validator_for(plain, default=jsonschema.Draft202012Validator)
        kind.check_schema(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadInput(f"The JSON schema is not JSON ({error}); correct it.") from error
    except jsonschema.SchemaError as error:
        raise BadInput(f"The JSON schema cannot be used: {error.message}; correct it.") from error
    if len(text) > MAX_BYTES:
        raise BadInput(f"The JSON schema has {len(text)} characters; at most {MAX_BYTES} can be enforced.")
    if any(not ref.startswith("#") for ref in _references(plain)):
        raise BadInput("The JSON schema points to another document ($ref); put all of it into one.")
    return kind(plain)


def check(text: str, schema: Validator, model: str) -> None:
    """Raise `EngineUnavailable` unless `text` is one JSON document that satisfies the schema."""
    try:
        schema.validate(json.loads(text))
    except ValueError as error:
        raise EngineUnavailable(
            f"{model} answered with something that is no JSON; ask again or use another model."
        ) from error
    except jsonschema.ValidationError as error:
        reason = error.message if len(error.message) < 200 else f"{error.message[:200]}..."
        raise EngineUnavailable(
            f"{model} answered outside the JSON schema ({reason}); ask again or simplify it."
        ) from error


def grammar(schema: Mapping[str, Any]) -> bytes:
    """The llama.cpp grammar (GBNF) of a schema that `validator` accepted. Raises `BadInput` if it has none."""
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    try:
        text = json_schema_to_gbnf(json.dumps(schema))
    except Exception as error:
        raise BadInput(f"The JSON schema cannot be enforced ({type(error).__name__}: {error}); simplify it.") from error
    return str(text).encode()


def _references(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in _references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in _references(value)]
    return []
