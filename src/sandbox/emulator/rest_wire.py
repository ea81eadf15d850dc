"""Services that speak XML over plain HTTP, but for S3: method and path say what is to be done."""

from __future__ import annotations

import functools
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import RestRouter
from werkzeug.exceptions import HTTPException

from .services import SERVICES


@functools.cache
def _router(service: str) -> Any:
    return RestRouter(SERVICES[service].operations)


def operation(request: Request, service: str) -> str:
    """The operation's name, or nothing where there is none."""
    return _match(request, service)[0]


def _match(request: Request, service: str) -> tuple[str, dict[str, Any]]:
    if service not in SERVICES:
        return "", {}
    try:
        found, labels = _router(service).match(request)
    except HTTPException:
        return "", {}
    return str(found.name), labels


def parameters(request: Request, service: str, model: Any) -> dict[str, Any]:
    parsed = PROTOCOL_PARSERS["rest-xml"](model).parse({
        "method": request.method,
        "values": request.args,
        "headers": request.headers,
        "body": request.get_data(),
        "url_path": request.path,
        "url_params": _match(request, service)[1],
    })
    return dict(parsed)
