"""The AWS wire protocols: a request becomes a `Call`, an outcome becomes bytes.

EC2, IAM and others speak the query protocol (form in, XML out), ECS, Logs and
others JSON, S3 plain HTTP with XML, CloudWatch CBOR or whatever else it is
spoken to in. moto's parsers and serialisers, driven by botocore's models, know
all but CBOR.
"""

from __future__ import annotations

import gzip
import json
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape

from moto.core.errors import ErrorLookupFactory
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.serialize import SerializationContext, get_serializer_class

from . import cbor, rest_wire, s3_wire
from .services import SERVICES, SIGNED_AS, Service

_DEFAULT_ACCOUNT = "123456789012"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_READ_ONLY = ("Describe", "Get", "List", "Head", "Lookup", "Search", "Simulate", "BatchGet", "BatchCheck",
              "Select", "Validate", "Verify")
# Calls that change nothing although they do not read like a read.
_READ_ONLY_CALLS = (
    "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML",
    "sts:DecodeAuthorizationMessage", "logs:FilterLogEvents", "logs:StartQuery",
    "kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt", "kms:Sign", "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateMac", "kms:GenerateRandom",
    "sns:CheckIfPhoneNumberIsOptedOut", "cloudfront:TestFunction", "route53:TestDNSAnswer",
    "wafv2:CheckCapacity",
)
_errors = ErrorLookupFactory()


class AwsError(Exception):
    """An error as AWS reports it; rendered in the protocol of the call.

    The code may be the one on the wire or the name of the error's shape in the
    model (`DBInstanceNotFound` or `DBInstanceNotFoundFault`): what the protocol
    takes is sent. Without a status the model's is sent, or 400.
    """

    def __init__(
        self, code: str, message: str, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}


@dataclass
class Call:
    """One AWS call, free of its protocol."""

    account: str
    region: str
    service: str
    operation: str
    params: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    protocol: str = "query"
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def mutating(self) -> bool:
        return not self.operation.startswith(_READ_ONLY) and self.name not in _READ_ONLY_CALLS

    @property
    def known(self) -> bool:
        return self.service in SERVICES and self.operation in self.of.operations.operation_names

    @property
    def of(self) -> Service:
        return SERVICES[self.service]

    def with_params(self, params: dict[str, Any]) -> Call:
        return replace(self, params=params)

    @property
    def model(self) -> Any:
        return self.of.operations.operation_model(self.operation)


def parse(request: Request) -> Call:
    """The call in an HTTP request, still without its parameters."""
    authorization = request.headers.get("Authorization", "")
    scope = _CREDENTIAL.search(authorization)
    key, region, signed = scope.groups() if scope else ("", "us-east-1", "sts")
    service = SIGNED_AS.get(signed, signed)
    protocol = _protocol(request, service)
    return Call(
        account=_account(key),
        region="us-east-1" if service in ("cloudfront", "iam", "route53") else region,
        service=service,
        operation=_operation(request, service, protocol),
        params={},
        headers={"Authorization": authorization},
        protocol=protocol,
    )


def _protocol(request: Request, service: str) -> str:
    if "X-Amz-Target" in request.headers:
        return "json"
    if "Smithy-Protocol" in request.headers:
        return cbor.PROTOCOL
    return {"cloudfront": "rest-xml", "route53": "rest-xml", "s3": "rest-xml", "ec2": "ec2"}.get(service, "query")


def _operation(request: Request, service: str, protocol: str) -> str:
    if protocol == "json":
        return request.headers["X-Amz-Target"].rpartition(".")[2]
    if protocol == cbor.PROTOCOL:
        return request.path.rpartition("/operation/")[2]
    if protocol == "rest-xml":
        return s3_wire.operation(request) if service == "s3" else rest_wire.operation(request, service)
    return request.values.get("Action", "")


def _account(access_key: str) -> str:
    """Twelve digits as the access key id choose the account, so tests can share a sandbox."""
    if re.fullmatch(r"\d{12}", access_key):
        return access_key
    from moto.iam.models import get_account_id_from

    return get_account_id_from(access_key) if access_key else _DEFAULT_ACCOUNT


def parameters(request: Request, call: Call) -> dict[str, Any]:
    """The parameters of a known operation."""
    if call.protocol == "rest-xml":
        if call.service != "s3":
            return rest_wire.parameters(request, call.service, call.model)
        return s3_wire.parameters(request, call.model)
    body = request.get_data()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if call.protocol == cbor.PROTOCOL:
        return cbor.decode(body, call.model.input_shape)
    parsed = PROTOCOL_PARSERS[call.protocol](call.model).parse({
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": body,
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
    headers = _request_id(call)
    if call.protocol == cbor.PROTOCOL:
        return Reply(200, {**headers, **cbor.HEADERS}, cbor.encode(result, call.model.output_shape))
    serializer = get_serializer_class(call.of.model or call.service, call.protocol)(
        operation_model=call.model, context=SerializationContext(call.request_id)
    )
    answer = serializer.serialize(result)
    headers |= answer["headers"]
    if call.protocol == "json":
        headers["Content-Type"] = _json_type(call)
    body = answer["body"] or b""
    body = body if isinstance(body, bytes) else body.encode()
    status = answer["status_code"]
    if call.service == "s3":  # may be any file, and a part of it
        headers["Content-Type"] = result.get("ContentType") or headers.get("Content-Type", "application/xml")
        status = 206 if result.get("ContentRange") else status
        body = s3_wire.rooted(call.operation, body)
    return Reply(status, headers, body)


def render_error(call: Call, error: AwsError) -> Reply:
    """An error in the shape the SDKs expect from this service."""
    shape = _errors.for_service(call.of.operations).from_code(error.code) if call.service in SERVICES else None
    modelled = shape.metadata.get("error", {}) if shape else {}
    code = shape.error_code if shape else error.code
    status = error.status or modelled.get("httpStatusCode", 400)
    kind = "Receiver" if status >= 500 else "Sender"
    headers = {**_request_id(call), **error.headers}
    if call.protocol in ("json", cbor.PROTOCOL):
        content: dict[str, Any] = {"__type": shape.name if shape else code, "message": error.message}
        if call.service in SERVICES and "awsQueryCompatible" in call.of.operations.metadata:
            headers["x-amzn-query-error"] = f"{code};{kind}"
        if call.protocol == cbor.PROTOCOL:
            return Reply(status, {**headers, **cbor.HEADERS}, cbor.plain(content))
        return Reply(status, {**headers, "Content-Type": _json_type(call)}, json.dumps(content).encode())
    headers["Content-Type"] = "text/xml;charset=UTF-8"
    text = f"<Code>{escape(code)}</Code><Message>{escape(error.message)}</Message>"
    if call.protocol == "ec2":
        body = f"<Response><Errors><Error>{text}</Error></Errors><RequestID>{call.request_id}</RequestID></Response>"
    elif call.service == "s3":
        body = f"<Error>{text}<RequestId>{call.request_id}</RequestId></Error>"
    else:
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type>{text}</Error>"
            f"<RequestId>{call.request_id}</RequestId></ErrorResponse>"
        )
    return Reply(status, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode())


def _request_id(call: Call) -> dict[str, str]:
    name = "x-amz-request-id" if call.service == "s3" else "x-amzn-requestid"
    return {name: call.request_id}


def _json_type(call: Call) -> str:
    metadata = call.of.operations.metadata if call.service in SERVICES else {}
    return f"application/x-amz-json-{metadata.get('jsonVersion', '1.1')}"
