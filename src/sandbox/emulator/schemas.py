"""Checks JSON against the schemas of an OpenAPI 3.0 document.

Each schema becomes a function, once, when it is first needed: a check gives the
problems it finds as texts, the place first. Formats are checked loosely, and
words that a document may use and that say nothing about a value are passed by.

https://spec.openapis.org/oas/v3.0.3#schema-object
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any, str], list[str]]

_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda it: isinstance(it, str),
    "boolean": lambda it: isinstance(it, bool),
    "integer": lambda it: isinstance(it, int) and not isinstance(it, bool) or isinstance(it, float) and it.is_integer(),
    "number": lambda it: isinstance(it, (int, float)) and not isinstance(it, bool),
    "array": lambda it: isinstance(it, list),
    "object": lambda it: isinstance(it, dict),
}


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._named: dict[str, Check] = {}

    def resolve(self, item: dict[str, Any]) -> dict[str, Any]:
        """What a reference refers to, or the thing itself."""
        while "$ref" in item:
            found: Any = self._document
            for part in item["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            item = found
        return item

    def check(self, schema: dict[str, Any]) -> Check:
        reference = schema.get("$ref")
        if reference is None:
            return self._compile(schema)
        if reference not in self._named:
            # A schema may hold itself, so what is not ready yet is looked up when it is used.
            self._named[reference] = lambda value, at: self._named[reference](value, at)
            self._named[reference] = self._compile(self.resolve(schema))
        return self._named[reference]

    def _compile(self, schema: dict[str, Any]) -> Check:
        checks = [
            make(self, schema) for word, make in _WORDS.items() if word in schema
        ]
        nullable = schema.get("nullable") is True
        kind = schema.get("type")
        fits = _TYPES.get(kind or "", lambda _: True)

        def check(value: Any, at: str) -> list[str]:
            if value is None and nullable:
                return []
            if not fits(value):
                return [f"{at}: {_show(value)} is no {kind}"]
            return [problem for one in checks for problem in one(value, at)]

        return check


def _properties(schemas: Schemas, schema: dict[str, Any]) -> Check:
    known = {name: schemas.check(one) for name, one in schema["properties"].items()}

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return []
        return [it for name, one in known.items() if name in value for it in one(value[name], f"{at}/{name}")]

    return check


def _additional(schemas: Schemas, schema: dict[str, Any]) -> Check:
    known, more = set(schema.get("properties", {})), schema["additionalProperties"]
    rest = schemas.check(more) if isinstance(more, dict) else None

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict) or more is True:
            return []
        others = [name for name in value if name not in known]
        if rest is None:
            return [f"{at}: there is no {name}" for name in others]
        return [it for name in others for it in rest(value[name], f"{at}/{name}")]

    return check


def _required(_: Schemas, schema: dict[str, Any]) -> Check:
    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return []
        return [f"{at}: {name} is missing" for name in schema["required"] if name not in value]

    return check


def _items(schemas: Schemas, schema: dict[str, Any]) -> Check:
    one = schemas.check(schema["items"])

    def check(value: Any, at: str) -> list[str]:
        return [it for n, item in enumerate(value) for it in one(item, f"{at}/{n}")] if isinstance(value, list) else []

    return check


def _enum(_: Schemas, schema: dict[str, Any]) -> Check:
    # `true` is no 1 in JSON, though it is in Python.
    values = [json.dumps(it, sort_keys=True) for it in schema["enum"]]

    def check(value: Any, at: str) -> list[str]:
        return [] if json.dumps(value, sort_keys=True) in values else [f"{at}: {_show(value)} is not allowed here"]

    return check


def _one_of(schemas: Schemas, schema: dict[str, Any]) -> Check:
    return _some(schemas, schema["oneOf"], 1)


def _any_of(schemas: Schemas, schema: dict[str, Any]) -> Check:
    return _some(schemas, schema["anyOf"], None)


def _some(schemas: Schemas, variants: list[dict[str, Any]], most: int | None) -> Check:
    checks = [(schemas.check(one), _marks(schemas.resolve(one))) for one in variants]

    def check(value: Any, at: str) -> list[str]:
        failed = []
        fitting = 0
        for one, marks in checks:
            problems = one(value, at)
            if not problems:
                fitting += 1
            else:
                meant = isinstance(value, dict) and any(value.get(name) in allowed for name, allowed in marks.items())
                failed.append((not meant, len(problems), problems))
        if fitting == 0:
            return min(failed, key=lambda it: it[:2])[2]  # of the variant that was meant, most likely
        return [f"{at}: fits {fitting} variants"] if most and fitting > most else []

    return check


def _marks(schema: dict[str, Any]) -> dict[str, list[Any]]:
    """The members by which a variant is told from others: each with one value or few."""
    properties = schema.get("properties", {})
    return {name: one["enum"] for name, one in properties.items()
            if len(one.get("enum", ())) == 1 and name in schema.get("required", ())}


def _all_of(schemas: Schemas, schema: dict[str, Any]) -> Check:
    checks = [schemas.check(one) for one in schema["allOf"]]
    return lambda value, at: [it for one in checks for it in one(value, at)]


def _not(schemas: Schemas, schema: dict[str, Any]) -> Check:
    other = schemas.check(schema["not"])
    return lambda value, at: [] if other(value, at) else [f"{at}: {_show(value)} is not allowed here"]


def _limit(word: str, kinds: tuple[type, ...], wrong: Callable[[Any, Any], bool]) -> Any:
    def make(_: Schemas, schema: dict[str, Any]) -> Check:
        limit = schema[word]

        def check(value: Any, at: str) -> list[str]:
            if not isinstance(value, kinds) or isinstance(value, bool) or not wrong(value, limit):
                return []
            return [f"{at}: {_show(value)} does not keep {word} {limit}"]

        return check

    return make


def _unique(_: Schemas, schema: dict[str, Any]) -> Check:
    def check(value: Any, at: str) -> list[str]:
        if not schema["uniqueItems"] or not isinstance(value, list):
            return []
        seen = [json.dumps(item, sort_keys=True) for item in value]
        return [] if len(seen) == len(set(seen)) else [f"{at}: an item comes twice"]

    return check


def _pattern(_: Schemas, schema: dict[str, Any]) -> Check:
    pattern = re.compile(schema["pattern"])

    def check(value: Any, at: str) -> list[str]:
        bad = isinstance(value, str) and not pattern.search(value)
        return [f"{at}: {_show(value)} is not like {schema['pattern']}"] if bad else []

    return check


def _matches(pattern: str) -> Callable[[str], Any]:
    return re.compile(pattern).fullmatch


_FORMATS: dict[str, Callable[[str], Any]] = {
    "date-time": _matches(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"),
    "uuid": _matches(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"),
    "hostname": _matches(r"[A-Za-z0-9_*]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?"),
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
}


def _format(_: Schemas, schema: dict[str, Any]) -> Check:
    right = _FORMATS.get(schema["format"])

    def check(value: Any, at: str) -> list[str]:
        if right is None or not isinstance(value, str):
            return []
        try:
            good = right(value)
        except ValueError:
            good = None
        return [] if good is not None else [f"{at}: {_show(value)} is no {schema['format']}"]

    return check


_NUMBER = (int, float)
_WORDS: dict[str, Callable[[Schemas, dict[str, Any]], Check]] = {
    "enum": _enum,
    "required": _required,
    "additionalProperties": _additional,
    "properties": _properties,
    "items": _items,
    "oneOf": _one_of,
    "anyOf": _any_of,
    "allOf": _all_of,
    "not": _not,
    "minimum": _limit("minimum", _NUMBER, lambda it, limit: it < limit),
    "maximum": _limit("maximum", _NUMBER, lambda it, limit: it > limit),
    "multipleOf": _limit("multipleOf", _NUMBER, lambda it, limit: abs(it / limit - round(it / limit)) > 1e-9),
    "minLength": _limit("minLength", (str,), lambda it, limit: len(it) < limit),
    "maxLength": _limit("maxLength", (str,), lambda it, limit: len(it) > limit),
    "minItems": _limit("minItems", (list,), lambda it, limit: len(it) < limit),
    "maxItems": _limit("maxItems", (list,), lambda it, limit: len(it) > limit),
    "minProperties": _limit("minProperties", (dict,), lambda it, limit: len(it) < limit),
    "maxProperties": _limit("maxProperties", (dict,), lambda it, limit: len(it) > limit),
    "uniqueItems": _unique,
    "pattern": _pattern,
    "format": _format,
}


def _show(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
