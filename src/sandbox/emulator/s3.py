"""S3 buckets: their names are the world's, their settings reach readers late, and new ones are closed.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
moto keeps buckets and objects. What is set on a bucket is kept here, as it is
read back: moto knows no defaults, and obeys policies without their conditions.
"""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.s3.models import s3_backends

from .consistency import Item, Items
from .hooks import Context, Result, after, before, instead, snapshots
from .wire import AwsError

_BUCKETS = "buckets"
_FIRST_REGION = "us-east-1"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Setting:
    """Something that is put, read and deleted as a whole."""

    stem: str              # of the operations' names
    member: str            # of the request
    unset: str             # the error when there is none
    wrapped: bool = True   # whether the answer has the same member, or what is in it
    delete: str = ""       # the operation, if it is not called as the others

    def answer(self, value: Any) -> Result:
        return {self.member: value} if self.wrapped else value


SETTINGS = (
    Setting("BucketCors", "CORSConfiguration", "NoSuchCORSConfiguration", wrapped=False),
    Setting("BucketEncryption", "ServerSideEncryptionConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError"),
    Setting("BucketLifecycleConfiguration", "LifecycleConfiguration", "NoSuchLifecycleConfiguration",
            wrapped=False, delete="DeleteBucketLifecycle"),
    Setting("BucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError"),
    Setting("BucketPolicy", "Policy", "NoSuchBucketPolicy"),
    Setting("BucketReplication", "ReplicationConfiguration", "ReplicationConfigurationNotFoundError"),
    Setting("BucketTagging", "Tagging", "NoSuchTagSet", wrapped=False),
    Setting("BucketVersioning", "VersioningConfiguration", "", wrapped=False),
    Setting("PublicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"),
)


def bucket_of(context: Context) -> Any:
    """moto's bucket, whose settings are in an attribute of ours."""
    name = context.params["Bucket"]
    bucket = context.backend().buckets.get(name)
    if bucket is None:
        raise _missing(name)
    return bucket


def _missing(name: str) -> AwsError:
    return AwsError("NoSuchBucket", f"The specified bucket {name} does not exist", 404)


def _settings(bucket: Any) -> dict[str, Any]:
    if not hasattr(bucket, "settings"):
        bucket.settings = {}
    return bucket.settings


def _read_buckets(context: Context) -> Items:
    return {
        name: {"Region": bucket.region_name, "Since": bucket.creation_date_ISO8601, **_settings(bucket)}
        for name, bucket in sorted(context.backend().buckets.items())
    }


@snapshots("s3")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    operation = context.call.operation
    of_buckets = "Bucket" in operation or "PublicAccessBlock" in operation
    return {_BUCKETS: lambda: _read_buckets(context)} if of_buckets else {}


def seen(context: Context, name: str) -> Item:
    """A bucket as readers see it."""
    found = context.visible(_BUCKETS, lambda: _read_buckets(context))
    if name not in found:
        raise _missing(name)
    return found[name]


def in_world(name: str) -> Any:
    """A bucket of whomever, or nothing."""
    _, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[owner]["aws"].buckets.get(name) if owner else None


@before("s3:*", when="validation")
def reach(context: Context) -> None:
    """Each region knows its own buckets only, and each account its own."""
    name, owner = context.params.get("Bucket"), context.params.get("ExpectedBucketOwner")
    if name is None or context.call.operation == "CreateBucket":
        return
    bucket = in_world(name)
    if bucket is None:
        return
    if bucket.account_id != context.call.account or owner not in (None, context.call.account):
        raise AwsError("AccessDenied", "Access Denied", 403)
    if bucket.region_name != context.call.region and context.call.operation != "GetBucketLocation":
        raise AwsError(
            "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified "
            "endpoint. Please send all future requests to this endpoint.", 301,
            {"x-amz-bucket-region": bucket.region_name},
        )


@before("s3:CreateBucket", "s3:DeleteBucket", *(
    name for it in SETTINGS for name in (f"s3:Put{it.stem}", f"s3:{it.delete or 'Delete' + it.stem}")
))
def conflict(context: Context) -> None:
    """A bucket bears one change at a time, and its name is free only some time after it is gone."""
    gone = context.account.born.get(f"s3:{context.params['Bucket']}", float("-inf"))
    reused = context.call.operation == "CreateBucket" and \
        time.monotonic() - gone < context.behaviour("bucket_name_delay")
    if reused or context.account.chance(context.behaviour("bucket_conflicts")):
        raise AwsError(
            "OperationAborted", "A conflicting conditional operation is currently in progress against this "
            "resource. Please try again.", 409,
        )


@instead("s3:CreateBucket")
def create_bucket(context: Context) -> Result:
    params, region = context.params, context.call.region
    name, configuration = params["Bucket"], params.get("CreateBucketConfiguration") or {}
    place = configuration.get("LocationConstraint") or _FIRST_REGION
    if place == _FIRST_REGION and configuration.get("LocationConstraint"):
        raise AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", 400)
    if place != region and region != _FIRST_REGION:
        raise AwsError(
            "IllegalLocationConstraintException",
            f"The {'unspecified' if place == _FIRST_REGION else place} location constraint is incompatible for the "
            "region specific endpoint this request was sent to.", 400,
        )
    answer = {"Location": f"http://{name}.s3.amazonaws.com/", "BucketArn": f"arn:aws:s3:::{name}"}
    taken = in_world(name)
    if taken and taken.account_id != context.call.account:
        raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    if taken and region == _FIRST_REGION:
        return answer
    if taken:
        raise AwsError("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded "
                       "and you already own it.", 409)
    bucket = context.backend().create_bucket(name, place)
    encryption = {"Rules": [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False,
    }]}
    ownership = params.get("ObjectOwnership") or "BucketOwnerEnforced"
    bucket.settings = {
        "BucketEncryption": encryption,
        "BucketOwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]},
        "PublicAccessBlock": {block: True for block in _BLOCKS},
    }
    if configuration.get("Tags"):
        bucket.settings["BucketTagging"] = {"TagSet": configuration["Tags"]}
    return answer


@instead("s3:ListBuckets")
def list_buckets(context: Context) -> Result:
    params = context.params
    told = any(params.get(name) for name in ("Prefix", "BucketRegion", "MaxBuckets", "ContinuationToken"))
    found = context.visible(_BUCKETS, lambda: _read_buckets(context))
    buckets = [
        {"Name": name, "CreationDate": bucket["Since"], **({"BucketRegion": bucket["Region"]} if told else {})}
        for name, bucket in sorted(found.items())
        if name.startswith(params.get("Prefix") or "")
        and bucket["Region"] == (params.get("BucketRegion") or bucket["Region"])
    ]
    return {"Buckets": buckets, "Owner": {"ID": context.call.account.zfill(64)}}


@instead("s3:DeleteBucket")
def delete_bucket(context: Context) -> Result:
    bucket = bucket_of(context)
    held = context.moto("ListObjectVersions", {"Bucket": bucket.name})
    if held.get("Versions") or held.get("DeleteMarkers"):
        raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions "
                       "in the bucket.", 409)
    context.backend().delete_bucket(bucket.name)
    context.account.born[f"s3:{bucket.name}"] = time.monotonic()
    return {}


def _keep(setting: Setting) -> None:
    """The three operations of a setting."""

    @instead(f"s3:Put{setting.stem}")
    def put(context: Context) -> Result:
        value = copy.deepcopy(context.params.get(setting.member))
        settings = _settings(bucket_of(context))
        settings[setting.stem] = _READ_BACK.get(setting.stem, lambda _, it: it)(context, value)
        return {}

    @instead(f"s3:Get{setting.stem}")
    def get(context: Context) -> Result:
        value = seen(context, context.params["Bucket"]).get(setting.stem)
        if value is None and setting.unset:
            raise AwsError(setting.unset, f"The {setting.member} does not exist", 404)
        return setting.answer(value or {})

    @instead(f"s3:{setting.delete or 'Delete' + setting.stem}")
    def delete(context: Context) -> Result:
        settings = _settings(bucket_of(context))
        settings.pop(setting.stem, None)
        if setting.stem == "BucketEncryption":  # there always is one
            settings[setting.stem] = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
        return {}


def _versioning(context: Context, value: Any) -> Any:
    """moto has to know, for the sake of the objects."""
    context.moto("PutBucketVersioning", context.params)
    return value


def _lifecycle(context: Context, value: Any) -> Any:
    """Rules get ids, and come back in an order of S3's own."""
    rules = [{"ID": rule.get("ID") or uuid.uuid4().hex, **rule} for rule in value.get("Rules") or []]
    least = context.params.get("TransitionDefaultMinimumObjectSize") or "all_storage_classes_128K"
    return {"Rules": rules[::-1], "TransitionDefaultMinimumObjectSize": least}


def _policy(context: Context, value: Any) -> Any:
    """An account comes back as its root."""
    document = json.loads(value)
    for statement in _list(document.get("Statement")):
        principal = statement.get("Principal")
        if isinstance(principal, dict) and "AWS" in principal:
            named = [f"arn:aws:iam::{one}:root" if one.isdigit() else one for one in _list(principal["AWS"])]
            principal["AWS"] = named if len(named) > 1 else named[0]
    return json.dumps(document, separators=(",", ":"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _encryption(context: Context, value: Any) -> Any:
    return {"Rules": [{"BucketKeyEnabled": False, **rule} for rule in value.get("Rules") or []]}


_READ_BACK: dict[str, Callable[[Context, Any], Any]] = {
    "BucketEncryption": _encryption, "BucketLifecycleConfiguration": _lifecycle, "BucketPolicy": _policy,
    "BucketTagging": lambda _, value: {"TagSet": (value.get("TagSet") or [])[::-1]},
    "BucketVersioning": _versioning,
}

for _setting in SETTINGS:
    _keep(_setting)


@after("s3:HeadBucket")
def unseen(context: Context, result: Result) -> None:
    seen(context, context.params["Bucket"])
