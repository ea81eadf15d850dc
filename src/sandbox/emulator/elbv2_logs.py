"""Access logs: a bucket that load balancers may write to, proven by a file in it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

from __future__ import annotations

import fnmatch
import json
from typing import Any

from .hooks import Context
from .wire import AwsError

_WRITER = "logdelivery.elasticloadbalancing.amazonaws.com"


def check(context: Context, attributes: dict[str, str], changes: dict[str, str]) -> None:
    """Whoever switches the log on or moves it has a file written; what may not be written is refused."""
    if attributes["access_logs.s3.enabled"] != "true" or not any(key.startswith("access_logs") for key in changes):
        return
    name, prefix = attributes["access_logs.s3.bucket"], attributes["access_logs.s3.prefix"]
    if not name:
        raise AwsError("InvalidConfigurationRequest", "The access log S3 bucket must be specified")
    if "AWSLogs" in prefix:
        raise AwsError("InvalidConfigurationRequest", "The prefix must not contain 'AWSLogs'")
    key = f"{prefix}/" if prefix else ""
    key += f"AWSLogs/{context.call.account}/ELBAccessLogTestFile"
    s3 = context.backend("s3")
    settings = getattr(s3.buckets.get(name), "settings", {})
    if not _may_write(settings.get("BucketPolicy"), f"arn:aws:s3:::{name}/{key}"):
        raise _denied(name, "permission")
    if "aws:kms" in json.dumps(settings.get("BucketEncryption")):
        raise _denied(name, "encryption")
    s3.put_object(name, key, b"")


def _denied(bucket: str, what: str) -> AwsError:
    message = f"Access Denied for bucket: {bucket}. Please check S3bucket {what}"
    return AwsError("InvalidConfigurationRequest", message)


def _may_write(policy: str | None, arn: str) -> bool:
    statements = _list(json.loads(policy or "{}").get("Statement"))
    allowed = [it for it in statements if it["Effect"] == "Allow" and isinstance(it["Principal"], dict)]
    return any(
        _WRITER in _list(it["Principal"].get("Service"))
        and any(fnmatch.fnmatchcase("s3:PutObject", action) for action in _list(it["Action"]))
        and any(fnmatch.fnmatchcase(arn, pattern) for pattern in _list(it["Resource"]))
        for it in allowed
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
