"""What S3 checks in the settings of a bucket, and moto does not."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from .hooks import Context, before
from .s3 import SETTINGS, bucket_of, in_world, seen
from .wire import AwsError

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
_CLASSES = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
_METHODS = ("GET", "PUT", "HEAD", "POST", "DELETE")


@before("s3:CreateBucket", when="validation")
def name(context: Context) -> None:
    given = context.params["Bucket"]
    bad = not _NAME.fullmatch(given) or ".." in given or given.startswith(("xn--", "sthree-")) \
        or given.endswith(("-s3alias", "--ol-s3"))
    try:
        bad = bool(ipaddress.ip_address(given))
    except ValueError:
        pass
    if bad:
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", 400)
    _check_tags((context.params.get("CreateBucketConfiguration") or {}).get("Tags") or [])


@before("s3:PutBucketTagging", when="validation")
def tagging(context: Context) -> None:
    _check_tags((context.params.get("Tagging") or {}).get("TagSet") or [])


def _check_tags(tags: list[dict[str, str]]) -> None:
    keys = [tag.get("Key") or "" for tag in tags]
    if len(keys) > 50:
        raise AwsError("BadRequest", "Object tags cannot be greater than 50", 400)
    if len(keys) != len(set(keys)):
        raise AwsError("InvalidTag", "Cannot provide multiple Tags with the same key", 400)
    if any(not 0 < len(key) <= 128 for key in keys):
        raise AwsError("InvalidTag", "The TagKey you have provided is invalid", 400)
    if any(key.lower().startswith("aws:") for key in keys):
        raise AwsError("InvalidTag", "System tags cannot be added/updated by requester", 400)


@before(*(f"s3:Put{it.stem}" for it in SETTINGS))
def young(context: Context) -> None:
    """A write may land where the bucket is not known yet."""
    view = context.account.view(context.call.region, "buckets")
    if view.unseen(context.params["Bucket"]) and context.account.chance(context.behaviour("new_id_unknown")):
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)


@before("s3:PutBucketLifecycleConfiguration", when="validation")
def lifecycle(context: Context) -> None:
    rules = (context.params.get("LifecycleConfiguration") or {}).get("Rules") or []
    if not rules:
        raise _malformed()
    ids = [rule["ID"] for rule in rules if "ID" in rule]
    if len(ids) != len(set(ids)):
        raise _invalid("Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        _check_rule(rule)


def _check_rule(rule: dict[str, Any]) -> None:
    found = rule.get("Filter")
    if "Status" not in rule or (found is None) == ("Prefix" not in rule) or (found and len(found) > 1):
        raise _malformed()
    if found and "And" in found and len(found["And"].get("Tags") or []) + ("Prefix" in found["And"]) < 2:
        raise _malformed()
    tagged = bool(found and ("Tag" in found or (found.get("And") or {}).get("Tags")))
    expiration, uploads = rule.get("Expiration") or {}, rule.get("AbortIncompleteMultipartUpload")
    transitions, old = rule.get("Transitions") or [], rule.get("NoncurrentVersionExpiration")
    if not (expiration or transitions or old or uploads or rule.get("NoncurrentVersionTransitions")):
        raise _invalid("At least one action needs to be specified in a rule")
    if tagged and uploads:
        raise _invalid("AbortIncompleteMultipartUpload cannot be specified with Tags")
    for days in (expiration.get("Days"), (old or {}).get("NoncurrentDays"), (uploads or {}).get("DaysAfterInitiation")):
        if days is not None and days < 1:
            raise _argument("'Days' for Expiration action must be a positive integer")
    for step in transitions:
        kind, days = step.get("StorageClass"), step.get("Days", 0)
        if kind not in _CLASSES:
            raise _malformed()
        if kind in ("STANDARD_IA", "ONEZONE_IA") and days < 30:
            raise _argument(f"'Days' in Transition action must be greater than or equal to 30 for storageClass '{kind}'")
        if expiration.get("Days") is not None and expiration["Days"] <= days:
            raise _argument("'Days' in the Expiration action for filter must be greater than 'Days' in the Transition "
                            "action")


@before("s3:PutBucketCors", when="validation")
def cors(context: Context) -> None:
    rules = (context.params.get("CORSConfiguration") or {}).get("CORSRules") or []
    if not rules:
        raise _malformed()
    for rule in rules:
        for method in rule.get("AllowedMethods") or [""]:
            if method not in _METHODS:
                raise _invalid(f"Found unsupported HTTP method in CORS config. Unsupported method is {method}")
        for member in ("AllowedOrigins", "AllowedHeaders"):
            for text in rule.get(member) or []:
                if text.count("*") > 1:
                    raise _invalid(f'{member[:-1]} "{text}" can not have more than one wildcard.')


@before("s3:PutBucketEncryption", when="validation")
def encryption(context: Context) -> None:
    rules = (context.params.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or []
    usual = rules[0].get("ApplyServerSideEncryptionByDefault") or {} if len(rules) == 1 else {}
    if usual.get("SSEAlgorithm") not in ("AES256", "aws:kms", "aws:kms:dsse"):
        raise _malformed()
    if usual["SSEAlgorithm"] == "AES256" and usual.get("KMSMasterKeyID"):
        raise _argument("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")


@before("s3:PutBucketPolicy", when="validation")
def policy(context: Context) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html"""
    bucket = context.params["Bucket"]
    try:
        document = json.loads(context.params["Policy"])
        statements = document["Statement"]
    except (ValueError, KeyError, TypeError):
        raise _policy_error("Policies must be valid JSON and the first byte must be '{'") from None
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise _policy_error("Missing required field Effect")
        for member in ("Principal", "Action", "Resource"):
            if not {member, f"Not{member}"} & statement.keys():
                raise _policy_error(f"Missing required field {member}")
        resources = statement.get("Resource", [])
        for resource in resources if isinstance(resources, list) else [resources]:
            if not re.fullmatch(rf"arn:aws:s3:::{re.escape(bucket)}(/.*)?", resource):
                raise _policy_error("Policy has invalid resource")
        actions = statement.get("Action", [])
        for action in actions if isinstance(actions, list) else [actions]:
            if action != "*" and not re.fullmatch(r"s3:[A-Za-z*?]+", action):
                raise _policy_error("Policy has invalid action")
    block = seen(context, bucket).get("PublicAccessBlock") or {}
    if block.get("BlockPublicPolicy") and _is_public(document):
        user = f"arn:aws:iam::{context.call.account}:user/sandbox"
        raise AwsError(
            "AccessDenied", f'User: {user} is not authorized to perform: s3:PutBucketPolicy on resource: '
            f'"arn:aws:s3:::{bucket}" because public policies are prevented by the BlockPublicPolicy setting in S3 '
            "Block Public Access.", 403,
        )


def _is_public(document: dict[str, Any]) -> bool:
    statements = document["Statement"]
    return any(
        statement.get("Effect") == "Allow" and "Condition" not in statement
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        for statement in (statements if isinstance(statements, list) else [statements])
    )


@before("s3:PutBucketVersioning", when="validation")
def versioning(context: Context) -> None:
    wanted = (context.params.get("VersioningConfiguration") or {}).get("Status")
    if wanted not in ("Enabled", "Suspended"):
        raise AwsError("IllegalVersioningConfigurationException",
                       "The Versioning element must be specified", 400)
    if wanted == "Suspended" and "BucketReplication" in getattr(bucket_of(context), "settings", {}):
        raise AwsError("InvalidBucketState", "A replication configuration is present on this bucket, so you cannot "
                       "change the versioning state.", 409)


@before("s3:PutBucketReplication", when="validation")
def replication(context: Context) -> None:
    """Both sides keep versions, as far as S3 has heard."""
    given = context.params.get("ReplicationConfiguration") or {}
    if not re.fullmatch(r"arn:aws:iam::\d{12}:role/.+", given.get("Role") or "") or not given.get("Rules"):
        raise _argument("Invalid role specified in the replication configuration")
    if (seen(context, context.params["Bucket"]).get("BucketVersioning") or {}).get("Status") != "Enabled":
        raise _invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    for rule in given["Rules"]:
        if "Filter" in rule and not {"Priority", "DeleteMarkerReplication"} <= rule.keys():
            raise _malformed()
        there = in_world(rule["Destination"]["Bucket"].rpartition(":")[2])
        if there is None:
            raise _invalid("Destination bucket must exist.")
        if not there.is_versioned:
            raise _invalid("Destination bucket must have versioning enabled.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidRequest", message, 400)


def _argument(message: str) -> AwsError:
    return AwsError("InvalidArgument", message, 400)


def _malformed() -> AwsError:
    return AwsError("MalformedXML", "The XML you provided was not well-formed or did not validate against our published "
                    "schema", 400)


def _policy_error(message: str) -> AwsError:
    return AwsError("MalformedPolicy", message, 400)
