"""Reads a GraphQL query: fields with their other names, arguments and what is asked of them.

Enough for queries that a program writes: no fragments, no directives.
https://spec.graphql.org/October2021/#sec-Language
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'\s*(?:#[^\n]*\n\s*|,\s*)*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|\.\.\.|[{}()\[\]:$!=@])')


class QueryError(Exception):
    """The query makes no sense."""


@dataclass
class Field:
    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)


def parse(query: str, variables: dict[str, Any]) -> list[Field]:
    return _Parser(query, variables).operation()


class _Parser:
    def __init__(self, query: str, variables: dict[str, Any]) -> None:
        self._tokens = _tokens(query)
        self._variables = variables
        self._at = 0

    def operation(self) -> list[Field]:
        if self._peek() == "query":
            self._next()
            if self._peek() not in ("{", "("):
                self._next()
            if self._peek() == "(":
                while self._next() != ")":
                    pass
        fields = self._selection()
        if self._peek():
            raise QueryError(f"syntax error: unexpected {self._peek()}")
        return fields

    def _selection(self) -> list[Field]:
        self._expect("{")
        fields = []
        while self._peek() != "}":
            fields.append(self._field())
        self._next()
        if not fields:
            raise QueryError("syntax error: nothing is selected")
        return fields

    def _field(self) -> Field:
        name = self._name()
        one = Field(name, name)
        if self._peek() == ":":
            self._next()
            one.name = self._name()
        if self._peek() == "(":
            self._next()
            one.arguments = self._members(")")
        if self._peek() == "{":
            one.fields = self._selection()
        return one

    def _members(self, end: str) -> dict[str, Any]:
        members = {}
        while self._peek() != end:
            name = self._name()
            self._expect(":")
            members[name] = self._value()
        self._next()
        return members

    def _value(self) -> Any:
        token = self._next()
        if token == "{":
            return self._members("}")
        if token == "[":
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._next()
            return items
        if token == "$":
            name = self._name()
            if name not in self._variables:
                raise QueryError(f"variable {name} is not set")
            return self._variables[name]
        if token[0] in '"-0123456789' or token in ("true", "false", "null"):
            return json.loads(token)
        return token  # of an enumeration

    def _name(self) -> str:
        token = self._next()
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise QueryError(f"syntax error: unexpected {token}")
        return token

    def _expect(self, token: str) -> None:
        if (found := self._next()) != token:
            raise QueryError(f"syntax error: unexpected {found}, expecting {token}")

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise QueryError("syntax error: unexpected end of the query")
        self._at += 1
        return token


def _tokens(query: str) -> list[str]:
    tokens, at = [], 0
    while query[at:].strip(" \t\r\n,"):
        found = _TOKEN.match(query, at)
        if found is None:
            raise QueryError(f"syntax error near {query[at:at + 20].strip()!r}")
        tokens.append(found.group(1))
        at = found.end()
    return tokens
