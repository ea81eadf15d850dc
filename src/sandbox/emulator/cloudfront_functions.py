"""Functions: written in DEVELOPMENT, published to LIVE, each of them with a version of its own.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublishFunction.html
"""

from __future__ import annotations

import re

from . import cloudfront_store as store
from .bridge import now
from .cloudfront_store import Doc, Function, error
from .cloudfront_tags import checked_tags
from .hooks import Context, Result, instead
from .wire import AwsError

_COLLECTION = "cloudfront.functions"
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_RUNTIMES = ("cloudfront-js-1.0", "cloudfront-js-2.0")
_LARGEST = 10_240


def _missing() -> AwsError:
    return error("NoSuchFunctionExists", "The specified function does not exist.")


def _get(context: Context) -> Function:
    found = store.of(context).functions.get(context.params["Name"])
    if found is None:
        raise _missing()
    return found


def _check(context: Context) -> None:
    params = context.params
    if not context.behaviour("validation"):
        return
    if not _NAME.fullmatch(params["Name"]):
        raise error("InvalidArgument", "The function name contains invalid characters.")
    if params["FunctionConfig"].get("Runtime") not in _RUNTIMES:
        raise error("InvalidArgument", f"The parameter Runtime must be one of {', '.join(_RUNTIMES)}.")
    if not params["FunctionCode"]:
        raise error("InvalidArgument", "The function code is empty.")
    if len(params["FunctionCode"]) > _LARGEST:
        raise error("FunctionSizeLimitExceeded", "The function is too large.")


def _summary(it: Doc, stage: str) -> Doc:
    live = it["live"] if stage == "LIVE" else None
    status = "UNPUBLISHED" if it["live"] is None else "UNASSOCIATED"
    return {
        "Name": it["id"], "Status": status, "FunctionConfig": live["config"] if live else it["config"],
        "FunctionMetadata": {"FunctionARN": it["arn"], "Stage": stage, "CreatedTime": it["created"],
                             "LastModifiedTime": live["modified"] if live else it["modified"]},
    }


@instead("cloudfront:CreateFunction")
def create(context: Context) -> Result:
    params, functions = context.params, store.of(context).functions
    _check(context)
    name = params["Name"]
    if name in functions:
        raise error("FunctionAlreadyExists", "A function with the same name already exists in this AWS account.")
    tags = checked_tags(context, (params.get("Tags") or {}).get("Items") or [], {})
    it = Function(name, params["FunctionConfig"], arn=f"arn:aws:cloudfront::{context.call.account}:function/{name}",
                  code=params["FunctionCode"], tags=tags)
    functions[name] = it
    return {"FunctionSummary": _summary(vars(it), "DEVELOPMENT"), "ETag": it.etag,
            "Location": f"{store.ROOT}/function/{name}"}


def _seen(context: Context) -> tuple[Doc, str]:
    it = store.seen(context, _COLLECTION, context.params["Name"], _missing())
    stage = context.params.get("Stage") or "DEVELOPMENT"
    if stage == "LIVE" and it["live"] is None:
        raise _missing()
    return it, stage


@instead("cloudfront:DescribeFunction")
def describe(context: Context) -> Result:
    it, stage = _seen(context)
    return {"FunctionSummary": _summary(it, stage), "ETag": it["live"]["etag"] if stage == "LIVE" else it["etag"]}


@instead("cloudfront:GetFunction")
def code_of(context: Context) -> Result:
    it, stage = _seen(context)
    of = it["live"] if stage == "LIVE" else it
    return {"FunctionCode": of["code"], "ETag": of["etag"], "ContentType": "application/octet-stream"}


@instead("cloudfront:UpdateFunction")
def update(context: Context) -> Result:
    it = _get(context)
    store.match(context, it)
    _check(context)
    it.code = context.params["FunctionCode"]
    it.change(context.params["FunctionConfig"])
    return {"FunctionSummary": _summary(vars(it), "DEVELOPMENT"), "ETag": it.etag}


@instead("cloudfront:PublishFunction")
def publish(context: Context) -> Result:
    it = _get(context)
    store.match(context, it)
    it.live = {"config": it.config, "code": it.code, "etag": store.new_id(), "modified": now()}
    return {"FunctionSummary": _summary(vars(it), "LIVE")}


@instead("cloudfront:DeleteFunction")
def delete(context: Context) -> Result:
    it = _get(context)
    store.match(context, it)
    if context.behaviour("dependencies") and store.users(context, lambda config: any(
        one["FunctionARN"] == it.arn
        for behaviour in store.behaviours(config) for one in behaviour["FunctionAssociations"].get("Items") or []
    )):
        raise error("FunctionInUse", "The function is associated with one or more cache behaviors.")
    del store.of(context).functions[it.id]
    return {}


@instead("cloudfront:ListFunctions")
def listing(context: Context) -> Result:
    wanted = context.params.get("Stage")
    found = [
        _summary(it, stage)
        for it in store.visible(context, _COLLECTION).values() for stage in ("DEVELOPMENT", "LIVE")
        if wanted in (None, stage) and (stage == "DEVELOPMENT" or it["live"] is not None)
    ]
    return store.listed(context, "FunctionList", found)
