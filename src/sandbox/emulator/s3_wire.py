"""S3 over HTTP: method, path and query say what is to be done, the payload is as it is.

A bucket is named by the path or by the host:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
A payload may come in chunks with a checksum after the last:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
"""

from __future__ import annotations

import functools
import re
from typing import Any

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import RestRouter
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from .services import SERVICES

# Hosts that an endpoint may have; what stands before them is a bucket.
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?(?:localhost|127\.0\.0\.1|s3[.-][a-z0-9.-]*amazonaws\.com)(?::\d+)?", re.I
)


@functools.cache
def _router() -> Any:
    """moto's, for the path alone: which hosts name buckets is said above."""
    return RestRouter(SERVICES["s3"].operations)


# What an answer's outermost element is called, where botocore's model does not tell.
_ROOTS = {
    "CompleteMultipartUpload": "CompleteMultipartUploadResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketAcl": "AccessControlPolicy",
    "GetBucketCors": "CORSConfiguration",
    "GetBucketLifecycleConfiguration": "LifecycleConfiguration",
    "GetBucketLogging": "BucketLoggingStatus",
    "GetBucketNotificationConfiguration": "NotificationConfiguration",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetBucketWebsite": "WebsiteConfiguration",
    "GetObjectTagging": "Tagging",
    "ListBuckets": "ListAllMyBucketsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "ListParts": "ListPartsResult",
}


def rooted(operation: str, body: bytes) -> bytes:
    """An answer whose outermost element is called as S3 calls it: some SDKs look."""
    wrong, right = f"{operation}Response".encode(), _ROOTS.get(operation, "").encode()
    if not right:
        return body
    return body.replace(b"<" + wrong, b"<" + right, 1).replace(b"</" + wrong, b"</" + right)


def operation(request: Request) -> str:
    """The operation's name, or nothing where there is none."""
    return _match(request)[0]


def _match(request: Request) -> tuple[str, dict[str, Any]]:
    host, path = _HOST.fullmatch(request.host), request.raw_path
    if host and host["bucket"] and "sandbox.path_style" not in request.environ:
        path = f"/{host['bucket']}{path}"
    if path.count("/") == 2 and path.endswith("/"):  # a bucket, not a file without a name
        path = path[:-1]
    request.environ |= {"RAW_URI": path, "sandbox.path_style": True}
    try:
        found, labels = _router().match(request)
    except HTTPException:
        return "", {}
    return str(found.name), labels


def parameters(request: Request, model: Any) -> dict[str, Any]:
    headers, body = Headers(request.headers), request.get_data()
    if "aws-chunked" in headers.get("Content-Encoding", "") or headers.get(
        "x-amz-content-sha256", ""
    ).startswith("STREAMING-"):
        body = _joined(body, headers)
    parser = PROTOCOL_PARSERS["rest-xml"](model, timestamp_parser=parse_timestamp)
    parsed = parser.parse({
        "method": request.method,
        "values": request.args,
        "headers": headers,
        "body": body,
        "url_path": request.path,
        "url_params": _match(request)[1],
    })
    return {name: value for name, value in parsed.items() if value not in (None, {})}


def _joined(body: bytes, headers: Headers) -> bytes:
    """The payload of a body in chunks; trailers join the headers."""
    parts, rest = [], body
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        size = int(line.split(b";")[0] or b"0", 16)
        if size == 0:
            break
        parts.append(rest[:size])
        rest = rest[size:].removeprefix(b"\r\n")
    for line in rest.decode().splitlines():
        name, _, value = line.partition(":")
        if value:
            headers[name.strip()] = value.strip()
    encodings = [one.strip() for one in headers.get("Content-Encoding", "").split(",")]
    kept = [one for one in encodings if one and one != "aws-chunked"]
    headers.remove("Content-Encoding")
    if kept:
        headers["Content-Encoding"] = ",".join(kept)
    return b"".join(parts)
