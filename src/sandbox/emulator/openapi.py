"""Holds requests to a vendor's published document, where there is one.

The environment variable `INFRACTL_CLOUDFLARE_OPENAPI` names a file, OpenAPI
3.0.3 in JSON. What it does not allow is refused before it is done, so that a
client cannot come to rely on what only the sandbox takes. Paths that the
document lacks are let through: it may be a part of the whole.

https://spec.openapis.org/oas/v3.0.3
https://github.com/cloudflare/api-schemas
"""

from __future__ import annotations

import functools
import json
import os
import re
from pathlib import Path
from typing import Any

from .schemas import Check, Schemas

VARIABLE = "INFRACTL_CLOUDFLARE_OPENAPI"
_METHODS = ("get", "put", "post", "patch", "delete")


class Operation:
    """One method of one path, read when it is first asked for."""

    def __init__(self, document: dict[str, Any], schemas: Schemas, path: dict[str, Any], method: str) -> None:
        raw = path[method]
        self.parameters: dict[tuple[str, str], tuple[dict[str, Any], Check]] = {}
        for parameter in (*path.get("parameters", []), *raw.get("parameters", [])):
            parameter = schemas.resolve(parameter)
            check = schemas.check(parameter.get("schema", {}))
            self.parameters[parameter["in"], parameter["name"]] = (parameter, check)
        body = schemas.resolve(raw.get("requestBody") or {})
        self.needs_body = bool(body.get("required"))
        content = body.get("content", {}).get("application/json")
        self.body = schemas.check(content.get("schema", {})) if content else None

    def problem(self, names: dict[str, str], query: dict[str, list[str]], body: Any) -> str | None:
        """The first thing that is not as the document has it. `body` is None if there is none."""
        for name, values in query.items():
            if ("query", name) not in self.parameters:
                return f"query: there is no {name}"
            parameter, check = self.parameters["query", name]
            if found := _in_text(parameter, check, values):
                return f"query: {name}: {found}"
        for (where, name), (parameter, check) in self.parameters.items():
            if where == "query" and parameter.get("required") and name not in query:
                return f"query: {name} is missing"
            if where == "path" and name in names and (found := _in_text(parameter, check, [names[name]])):
                return f"path: {name}: {found}"
        if body is None:
            return "the body is missing" if self.needs_body else None
        if self.body is None:
            return "there may be no body"
        problems = self.body(body, "")
        return f"body{problems[0]}" if problems else None


class Document:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document)
        self._operations: dict[tuple[str, str], Operation] = {}
        # What is spelled out comes before what is named: `dns_records/batch` is no record.
        self._paths = sorted(
            ((_pattern(path), path) for path in document["paths"]), key=lambda it: (it[1].count("{"), it[1])
        )

    def problem(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> str | None:
        """What the document has against a request, if it knows the path."""
        for pattern, template in self._paths:
            found = pattern.fullmatch(path)
            if found is None:
                continue
            if method.lower() not in self._document["paths"][template]:
                return f"there is no {method} of {template}"
            names = dict(zip(re.findall(r"{([^}]+)}", template), found.groups(), strict=True))
            return self._operation(template, method.lower()).problem(names, query, body)
        return None

    def _operation(self, template: str, method: str) -> Operation:
        key = (template, method)
        if key not in self._operations:
            path = self._document["paths"][template]
            self._operations[key] = Operation(self._document, self._schemas, path, method)
        return self._operations[key]


def document() -> Document | None:
    """The document that requests are held to, if one is named."""
    path = os.environ.get(VARIABLE)
    return _read(path) if path else None


@functools.lru_cache(maxsize=4)
def _read(path: str) -> Document:
    read = json.loads(Path(path).read_text(encoding="utf-8"))
    if not any(method in item for item in read["paths"].values() for method in _METHODS):
        raise ValueError(f"{path} has no operations")
    return Document(read)


def _pattern(path: str) -> re.Pattern[str]:
    parts = (re.escape(part) if not part.startswith("{") else "([^/]+)" for part in path.split("/"))
    return re.compile("/".join(parts))


def _in_text(parameter: dict[str, Any], check: Check, values: list[str]) -> str | None:
    """What is wrong with a parameter, which comes as text and may mean a number or a list."""
    schema = parameter.get("schema", {})
    if schema.get("type") == "array":
        parts = values if parameter.get("explode", True) else values[0].split(",")
        problems = check(parts, "")
    else:
        problems = check(_read_text(values[0], schema.get("type")), "")
    return problems[0].removeprefix(": ") if problems else None


def _read_text(text: str, kind: str | None) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind in ("integer", "number"):
        try:
            return int(text) if kind == "integer" else float(text)
        except ValueError:
            return text
    return text
