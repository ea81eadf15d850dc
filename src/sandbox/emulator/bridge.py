"""Lets moto do the work of a call and hands back plain dicts in AWS's own shape.

moto's response classes are called directly, without its Flask server: their
results are live objects, which are walked along the botocore model. So all
the layers above see, filter and change ordinary dicts.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from . import lean  # noqa: F401  (has to come before moto's EC2)

# isort: split

from moto.core.errors import get_error_model
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse
from moto.logs.models import logs_backends
from moto.logs.responses import LogsResponse
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse
from werkzeug.exceptions import HTTPException

from .wire import AwsError, Call

_RESPONSES: dict[str, type[BaseResponse]] = {
    "ec2": EC2Response,
    "iam": IamResponse,
    "logs": LogsResponse,
    "sts": TokenResponse,
}
_BACKENDS = (ec2_backends, iam_backends, logs_backends, sts_backends)


class _PlainSerializer(JSONSerializer):
    """Walks moto's objects into dicts keyed by the model's member names."""

    DEFAULT_TIMESTAMP_FORMAT = "iso8601"

    def get_serialized_name(self, shape: Any, default_name: str) -> str:
        return default_name

    def _serialize_type_boolean(self, serialized: Any, value: Any, shape: Any, key: str) -> None:
        # moto keeps some booleans as the strings they came in as.
        self._default_serialize(serialized, str(value).lower() == "true", shape, key)

    def _serialize_body(self, body: Any) -> Any:
        return body


def _tags(resource: Any) -> list[dict[str, str]]:
    tags = resource.ec2_backend.tags.get(resource.id, {})
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


# moto searches the tags of all resources by regular expression for every
# resource it shows, which makes listings slow; a look-up does.
TaggedEC2Resource.get_tags = _tags  # type: ignore


def run(call: Call, operation: str | None = None, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """What moto answers to `call`, or to another operation in its place."""
    if operation is not None:
        call = Call(call.account, call.region, call.service, operation, params or {}, call.headers)
    response = _RESPONSES[call.service]()
    response.setup_class(_request(call))
    if response.automated_parameter_parsing:
        response.params = call.params
    method = getattr(response, camelcase_to_underscores(call.operation), None)
    if method is None:
        raise not_implemented(call)
    try:
        return _plain(call, response, method())
    except NotImplementedError:
        raise not_implemented(call) from None


# What moto raises when it refuses a call.
MOTO_ERRORS = (ServiceException, HTTPException)


def translate(error: Any, call: Call) -> AwsError:
    """One of moto's own errors as ours."""
    if isinstance(error, ServiceException):
        model = get_error_model(error, call.model.service_model)
        status = model.metadata.get("error", {}).get("httpStatusCode", 400)
        return AwsError(model.error_code, error.message, status)
    code = getattr(error, "error_type", None) or error.name
    message = getattr(error, "message", None) or str(error.description)
    return AwsError(code, message, error.code or 400)


def not_implemented(call: Call) -> AwsError:
    """Status 400, since the SDKs would retry anything in the 500s."""
    return AwsError("NotImplementedInSandbox", f"The sandbox does not know {call.name}.")


def _plain(call: Call, response: BaseResponse, result: Any) -> dict[str, Any]:
    if not isinstance(result, ActionResult):
        body = result if isinstance(result, str) else result[-1]
        return json.loads(body) if body else {}
    transformers = getattr(response, "RESPONSE_KEY_PATH_TO_TRANSFORMER", None)
    serializer = _PlainSerializer(
        operation_model=call.model,
        value_picker=XFormedAttributePicker(response_transformers=transformers),
    )
    plain: Any = serializer.serialize(result.result)["body"]
    return plain or {}


def _request(call: Call) -> Request:
    headers = {**call.headers, "x-moto-account-id": call.account}
    if call.service == "logs":
        headers["X-Amz-Target"] = f"Logs_20140328.{call.operation}"
        headers["Content-Type"] = "application/x-amz-json-1.1"
        body = json.dumps(call.params)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({"Action": call.operation})
    url = f"http://{call.service}.{call.region}.amazonaws.com/"
    return Request.from_primitives("POST", url, headers, body)


# moto's backends and the objects in them. They are `Any` to the type checker,
# as the sandbox gives the objects attributes which moto's serialiser then shows.


def ec2(account: str, region: str) -> Any:
    return ec2_backends[account][region]


def iam(account: str) -> Any:
    return iam_backends[account]["aws"]


def logs(account: str, region: str) -> Any:
    return logs_backends[account][region]


def forget(account: str) -> None:
    """Drop everything moto holds for an account."""
    for backends in _BACKENDS:
        backends.pop(account, None)


def warm_up() -> None:
    """Load models and build one throw-away account, so that the first call is quick."""
    for service, operation in (
        ("ec2", "DescribeVpcs"), ("iam", "ListRoles"), ("logs", "DescribeLogGroups"),
        ("sts", "GetCallerIdentity"),
    ):
        run(Call("000000000000", "us-east-1", service, operation, {}))
    forget("000000000000")
