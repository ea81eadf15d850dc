"""Lets moto do the work of a call and hands back plain dicts in AWS's own shape.

moto's response classes are called directly, without its Flask server: their
results are live objects, which are walked along the botocore model. So all
the layers above see, filter and change ordinary dicts: members by the names of
the model, times as ISO texts, blobs as bytes.
"""

from __future__ import annotations

import base64
import calendar
import json
import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, TypeVar
from urllib.parse import urlencode

from . import lean  # noqa: F401  (has to come before moto's EC2)

# isort: split

from botocore.parsers import JSONParser
from moto.core.base_backend import BackendDict
from moto.core.errors import get_error_model
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models.core import TaggedEC2Resource
from moto.s3.models import s3_backends
from werkzeug.exceptions import HTTPException

from . import paging, s3_moto
from .services import SERVICES
from .wire import AwsError, Call

T = TypeVar("T")

# What moto raises when it refuses a call.
MOTO_ERRORS = (ServiceException, HTTPException)


class _PlainSerializer(JSONSerializer):
    """Walks moto's objects into dicts keyed by the model's member names."""

    def get_serialized_name(self, shape: Any, default_name: str) -> str:
        return default_name

    def _serialize_type_boolean(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        # moto keeps some booleans as the strings they came in as.
        self._default_serialize(serialized, str(value).lower() == "true", shape, key)

    def _serialize_type_timestamp(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        text = self._timestamp_serializer._convert_timestamp_to_str(value, "iso8601")
        self._default_serialize(serialized, text, shape, key)

    def _serialize_type_blob(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        self._default_serialize(serialized, value, shape, key)

    def _serialize_body(self, body: Any) -> Any:
        return body


def _tags(resource: Any) -> list[dict[str, str]]:
    tags = resource.ec2_backend.tags.get(resource.id, {})
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


# moto searches the tags of all resources by regular expression for every
# resource it shows, which makes listings slow; a look-up does.
TaggedEC2Resource.get_tags = _tags  # type: ignore


def run(call: Call, operation: str | None = None, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """What moto answers to `call`, or to another operation in its place; a listing whole.

    The operation may be another service's: `secretsmanager:CreateSecret`.
    """
    if operation is not None:
        service, _, name = operation.rpartition(":")
        call = replace(call, service=service or call.service, operation=name, params=params or {})
    try:
        return paging.whole(call, s3_moto.run if call.service == "s3" else _run)
    except MOTO_ERRORS as error:
        raise translate(error, call) from error


def _run(call: Call) -> dict[str, Any]:
    response = call.of.new_response()
    response.setup_class(_request(call))
    if response.automated_parameter_parsing:
        response.params = _copied(call.params, response.PROTOCOL_PARSER_MAP_TYPE)
    else:
        response.querystring = {}  # moto takes a body with "=" in it for a form
    method = getattr(response, camelcase_to_underscores(call.operation), None)
    if method is None:
        raise not_implemented(call)
    try:
        return _plain(call, response, method())
    except NotImplementedError:
        raise not_implemented(call) from None


def translate(error: Any, call: Call) -> AwsError:
    """One of moto's own errors as ours."""
    if isinstance(error, ServiceException):
        model = get_error_model(error, call.of.operations)
        status = model.metadata.get("error", {}).get("httpStatusCode", 400)
        return AwsError(model.error_code, error.message, status)
    code = getattr(error, "error_type", None) or error.name
    message = getattr(error, "message", None) or str(error.description)
    return AwsError(code, message, error.code or 400)


def not_implemented(call: Call) -> AwsError:
    """Status 400, since the SDKs would retry anything in the 500s."""
    return AwsError("NotImplementedInSandbox", f"The sandbox does not know {call.name}.", 400)


def _copied(value: Any, kind: type) -> Any:
    """moto writes into what it is given, and wants dicts of a kind of its own."""
    if isinstance(value, dict):
        return kind({name: _copied(member, kind) for name, member in value.items()})
    return [_copied(member, kind) for member in value] if isinstance(value, list) else value


def _plain(call: Call, response: Any, result: Any) -> dict[str, Any]:
    if not isinstance(result, ActionResult):
        return _from_json(call, result)
    transformers = getattr(response, "RESPONSE_KEY_PATH_TO_TRANSFORMER", None)
    serializer = _PlainSerializer(
        operation_model=call.model,
        value_picker=XFormedAttributePicker(response_transformers=transformers),
    )
    plain: Any = serializer.serialize(result.result)["body"]
    return plain or {}


def _from_json(call: Call, result: Any) -> dict[str, Any]:
    """The answers that moto writes as text: a body, with a status or headers or without."""
    parts = result if isinstance(result, tuple) else (result,)
    body = next((part for part in parts if isinstance(part, (str, bytes))), "") or "{}"
    status = next((part for part in parts if isinstance(part, int)), 200)
    status = next((int(part["status"]) for part in parts if isinstance(part, dict) and "status" in part), status)
    found = json.loads(body)
    if status >= 400:
        code = str(found.get("__type", "")).rpartition("#")[2]
        raise AwsError(code, found.get("message") or found.get("Message") or "", status)
    shape = call.model.output_shape
    return JSONParser(timestamp_parser=_iso)._parse_shape(shape, found) if shape and found else {}


def _iso(value: Any) -> str:
    if isinstance(value, str):
        return value
    return datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now(later: float = 0.0) -> str:
    return _iso(time.time() + later)


def _request(call: Call) -> Request:
    headers = {**call.headers, "x-moto-account-id": call.account}
    metadata = call.of.operations.metadata
    if "targetPrefix" in metadata:
        headers["X-Amz-Target"] = f"{metadata['targetPrefix']}.{call.operation}"
        headers["Content-Type"] = f"application/x-amz-json-{metadata['jsonVersion']}"
        body = json.dumps(call.params, default=_json)
    elif metadata["protocol"] == "rest-xml":
        headers["Content-Type"], body = "application/xml", ""
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({"Action": call.operation})
    url = f"https://{call.service}.{call.region}.amazonaws.com/"
    return Request.from_primitives("POST", url, headers, body)


def _json(value: Any) -> Any:
    """What JSON has no notation for, as the protocol writes it."""
    if isinstance(value, datetime):
        return calendar.timegm(value.utctimetuple())
    return base64.b64encode(value).decode()


def backend(service: str, account: str, region: str = "us-east-1") -> Any:
    """moto's objects of a service."""
    return SERVICES[service].backend(account, region)


def beside(service: str, account: str, region: str, kind: type[T]) -> T:
    """What the sandbox itself keeps of a service; it goes with moto's objects."""
    kept: dict[str, Any] = vars(backend(service, account, region))
    if kind.__name__ not in kept:
        kept[kind.__name__] = kind()
    return kept[kind.__name__]  # type: ignore[no-any-return]


def regions(service: str, account: str) -> list[str]:
    """Where an account has used a service so far."""
    return SERVICES[service].regions(account)


def ec2(account: str, region: str) -> Any:
    return backend("ec2", account, region)


def iam(account: str) -> Any:
    return backend("iam", account)


def logs(account: str, region: str) -> Any:
    return backend("logs", account, region)


def forget(account: str) -> None:
    """Drop everything moto holds for an account."""
    for backends in list(BackendDict._instances):
        backends.pop(account, None)
    owners = s3_backends.bucket_accounts
    for bucket in [name for name, (_, owner) in owners.items() if owner == account]:
        del owners[bucket]


def warm_up() -> None:
    """Load models and build one throw-away account, so that the first call is quick."""
    for service, operation in (
        ("ec2", "DescribeVpcs"), ("iam", "ListRoles"), ("logs", "DescribeLogGroups"),
        ("sts", "GetCallerIdentity"),
    ):
        run(Call("000000000000", "us-east-1", service, operation, {}))
    forget("000000000000")
