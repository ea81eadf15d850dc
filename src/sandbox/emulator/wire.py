"""The AWS wire protocols: a request becomes a `Call`, an outcome becomes bytes.

EC2, IAM and STS speak the query protocol (form in, XML out), Logs speaks JSON.
moto's parsers and serialisers, driven by botocore's models, know them all.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model

SERVICES = ("ec2", "iam", "logs", "sts")
_GLOBAL_SERVICES = ("iam",)
_DEFAULT_ACCOUNT = "123456789012"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_READ_ONLY = ("Describe", "Get", "List", "Head", "Lookup", "Search", "Simulate")
# Calls that change nothing although they do not read like a read.
_READ_ONLY_CALLS = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML",
                    "sts:DecodeAuthorizationMessage", "logs:FilterLogEvents", "logs:StartQuery")


class AwsError(Exception):
    """An error as AWS reports it; rendered in the protocol of the call."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass
class Call:
    """One AWS call, free of its protocol."""

    account: str
    region: str
    service: str
    operation: str
    params: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    speaks_json: bool = False
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def mutating(self) -> bool:
        return not self.operation.startswith(_READ_ONLY) and self.name not in _READ_ONLY_CALLS

    @property
    def model(self) -> Any:
        return get_service_model(self.service).operation_model(self.operation)


def parse(request: Request) -> Call:
    """The call in an HTTP request, still without its parameters."""
    authorization = request.headers.get("Authorization", "")
    scope = _CREDENTIAL.search(authorization)
    operation = _operation(request)
    key, region, service = scope.groups() if scope else ("", "us-east-1", "sts")
    return Call(
        account=_account(key),
        region="us-east-1" if service in _GLOBAL_SERVICES else region,
        service=service,
        operation=operation,
        params={},
        headers={"Authorization": authorization},
        speaks_json="X-Amz-Target" in request.headers,
    )


def known(call: Call) -> bool:
    return (
        call.service in SERVICES
        and call.operation in get_service_model(call.service).operation_names
    )


def _operation(request: Request) -> str:
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    return request.values.get("Action", "")


def _account(access_key: str) -> str:
    """Twelve digits as the access key id choose the account, so tests can share a sandbox."""
    if re.fullmatch(r"\d{12}", access_key):
        return access_key
    from moto.iam.models import get_account_id_from

    return get_account_id_from(access_key) if access_key else _DEFAULT_ACCOUNT


def parameters(request: Request, call: Call) -> dict[str, Any]:
    """The parameters of a known operation."""
    protocol = determine_request_protocol(call.model.service_model, request.content_type)
    parser = PROTOCOL_PARSERS[protocol](call.model)
    parsed = parser.parse({
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.data,
        "url_path": request.path,
        "url_params": {},
    })
    return dict(parsed)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def render(call: Call, result: dict[str, Any]) -> Reply:
    """A successful answer."""
    protocol = call.model.service_model.protocol
    serializer = get_serializer_class(call.service, protocol)(
        operation_model=call.model, context=SerializationContext(call.request_id)
    )
    answer = serializer.serialize(result)
    body = answer["body"]
    return Reply(
        answer["status_code"],
        {**answer["headers"], "x-amzn-requestid": call.request_id},
        body if isinstance(body, bytes) else body.encode(),
    )


def render_error(call: Call, error: AwsError) -> Reply:
    """An error in the shape the SDKs expect from this service."""
    code, message = escape(error.code), escape(error.message)
    kind = "Receiver" if error.status >= 500 else "Sender"
    content_type = "text/xml;charset=UTF-8"
    if call.speaks_json:
        content_type = "application/x-amz-json-1.1"
        body = json.dumps({"__type": error.code, "message": error.message})
    elif call.service == "ec2":
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>{code}</Code>'
            f"<Message>{message}</Message></Error></Errors>"
            f"<RequestID>{call.request_id}</RequestID></Response>"
        )
    else:
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code>"
            f"<Message>{message}</Message></Error>"
            f"<RequestId>{call.request_id}</RequestId></ErrorResponse>"
        )
    headers = {"Content-Type": content_type, "x-amzn-requestid": call.request_id}
    return Reply(error.status, headers, body.encode())
