"""Listings of what a bucket holds, in pages.

A page goes on after the last key and id that the one before told, though that
one may be gone by then.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
"""

from __future__ import annotations

from typing import Any

from .hooks import Context, Result, instead

_MOST = 1000


@instead("s3:ListObjectVersions")
def list_object_versions(context: Context) -> Result:
    return _page(context, "MaxKeys", ("Versions", "DeleteMarkers"), ("VersionId", "VersionIdMarker"))


@instead("s3:ListMultipartUploads")
def list_multipart_uploads(context: Context) -> Result:
    return _page(context, "MaxUploads", ("Uploads",), ("UploadId", "UploadIdMarker"))


def _page(context: Context, limit: str, lists: tuple[str, ...], names: tuple[str, str]) -> Result:
    member, marker = names
    params = context.params
    kept = {key: value for key, value in params.items() if key not in (limit, "KeyMarker", marker)}
    whole = context.moto(context.call.operation, {**kept, limit: 1_000_000})
    items = [(name, item) for name in lists for item in whole.get(name) or []]
    items.sort(key=lambda it: it[1]["Key"])  # stable: moto tells versions from the latest on
    items = _after(items, params.get("KeyMarker"), params.get(marker), member)
    sizes = [int(size) for size in (params.get(limit), context.behaviour("page_size"), _MOST) if size]
    shown, more = items[:min(sizes)], len(items) > min(sizes)
    result: dict[str, Any] = {key: value for key, value in whole.items() if key not in lists}
    result |= {name: [item for owner, item in shown if owner == name] for name in lists}
    result |= {"IsTruncated": more, limit: min(sizes)}
    if more:
        last = shown[-1][1]
        result |= {"NextKeyMarker": last["Key"], f"Next{marker}": last[member]}
    return result


def _after(items: list[Any], key: str | None, one: str | None, member: str) -> list[Any]:
    if not key:
        return items
    left = [it for it in items if it[1]["Key"] > key or (one and it[1]["Key"] == key)]
    for index, (_, item) in enumerate(left):
        if item["Key"] == key and item[member] == one:
            return left[index + 1:]
    return left
