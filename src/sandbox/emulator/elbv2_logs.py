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
    buckets = context.backend("s3").buckets
    bucket = buckets.get(name)
    if bucket is None or not _may_write(bucket, name, key):
        raise AwsError("InvalidConfigurationRequest",
                       f"Access Denied for bucket: {name}. Please check S3bucket permission")
    if "aws:kms" in json.dumps(bucket.encryption or {}):
        raise AwsError("InvalidConfigurationRequest",
                       f"Access Denied for bucket: {name}. Please check S3bucket encryption")
    context.backend("s3").put_object(name, key, b"")


def _may_write(bucket: Any, name: str, key: str) -> bool:
    if not bucket.policy:
        return False
    text = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
    statements = _list(json.loads(text).get("Statement"))
    return any(
        it.get("Effect") == "Allow"
        and _WRITER in _list((it.get("Principal") or {}).get("Service") if isinstance(it.get("Principal"), dict) else None)
        and any(fnmatch.fnmatchcase("s3:PutObject", action) for action in _list(it.get("Action")))
        and any(fnmatch.fnmatchcase(f"arn:aws:s3:::{name}/{key}", arn) for arn in _list(it.get("Resource")))
        for it in statements
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
