"""Lets moto's S3 do the work of a call.

moto's S3 takes no parameters but an HTTP request, so it is sent one that
botocore writes, and botocore reads its answer.
"""

from __future__ import annotations

import os
import re
from datetime import timezone
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import unescape

from botocore.awsrequest import HeadersDict
from botocore.parsers import ResponseParserFactory
from botocore.serialize import create_serializer
from botocore.utils import parse_timestamp
from moto.core.request import Request

from .wire import AwsError, Call

# A name belongs to one account; to the others the bucket is forbidden, not absent.
os.environ["MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS"] = "false"

_STATUS_CODES = {304: "NotModified", 403: "Forbidden", 404: "NotFound", 412: "PreconditionFailed"}
_writer = create_serializer("rest-xml", include_validation=False)
_readers = ResponseParserFactory()
_readers.set_parser_defaults(
    timestamp_parser=lambda text: parse_timestamp(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
)


def run(call: Call) -> dict[str, Any]:
    request = _request(call)
    response = call.of.new_response()
    answer = response.key_response if call.params.get("Key") is not None else response.bucket_response
    status, headers, body = answer(request, request.url, request.headers)
    body = body if isinstance(body, bytes) else str(body or "").encode()
    if status >= 300:
        error = _error(status, body)
        if call.operation == "CreateBucket" and error.status == 403:
            raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
        raise error
    return _read(call, status, headers, body)


def _request(call: Call) -> Request:
    wanted = _writer.serialize_to_request(call.params, call.model)
    url = f"https://s3.{call.region}.amazonaws.com{wanted['url_path']}"
    if wanted["query_string"]:
        url += ("&" if "?" in url else "?") + urlencode(wanted["query_string"], doseq=True)
    headers = {"Authorization": "", **call.headers, **wanted["headers"], "x-moto-account-id": call.account}
    request = Request.from_primitives(wanted["method"], url, headers, wanted["body"])
    request.get_data()  # as it is, even if it is called a form
    return request


def _read(call: Call, status: int, headers: dict[str, Any], body: bytes) -> dict[str, Any]:
    if call.operation == "GetBucketLocation":  # whose answer is a bare text
        place = re.search(rb"<LocationConstraint[^>]*>([^<]+)<", body)
        return {"LocationConstraint": place[1].decode()} if place else {}
    if call.model.output_shape is None:
        return {}
    shown = b"" if call.model.has_streaming_output else body
    texts = HeadersDict({name: str(value) for name, value in headers.items()})
    parsed = _readers.create_parser("rest-xml").parse(
        {"status_code": status, "headers": texts, "body": shown, "context": {"operation_name": call.operation}},
        call.model.output_shape,
    )
    parsed.pop("ResponseMetadata", None)
    if call.model.has_streaming_output:
        parsed[call.model.output_shape.serialization["payload"]] = body
    return dict(parsed)


def _error(status: int, body: bytes) -> AwsError:
    text = body.decode(errors="replace")
    code, message = (re.search(rf"<{name}>([^<]*)<", text) for name in ("Code", "Message"))
    fallback = _STATUS_CODES.get(status, "InvalidRequest")
    return AwsError(code[1] if code else fallback, unescape(message[1]) if message else fallback, status)
