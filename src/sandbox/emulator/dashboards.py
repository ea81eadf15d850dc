"""CloudWatch's dashboards: their text is checked, and kept as it is.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from .cloudwatch import DASHBOARDS, read_dashboards
from .hooks import Context, Result, instead
from .wire import AwsError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TYPES = ("metric", "text", "log", "alarm", "explorer")
_NEEDS = {"metric": "region", "text": "markdown", "log": "query", "alarm": "alarms"}
_MEMBERS = {"widgets", "start", "end", "periodOverride", "variables"}


@instead("cloudwatch:PutDashboard")
def put_dashboard(context: Context) -> Result:
    params = context.params
    name, body = params.get("DashboardName") or "", params.get("DashboardBody") or ""
    warnings: list[dict[str, str]] = []
    if context.behaviour("validation"):
        if not _NAME.fullmatch(name):
            raise _invalid(f"The value {name} for field DashboardName contains invalid characters.")
        warnings = _check(body)
    backend = context.backend()
    new = name not in backend.dashboards
    context.moto("PutDashboard", {"DashboardName": name, "DashboardBody": body})
    if new and params.get("Tags"):
        backend.tagger.tag_resource(backend.dashboards[name].arn, params["Tags"])
    return {"DashboardValidationMessages": warnings}


def _check(body: str) -> list[dict[str, str]]:
    """What is odd but taken all the same."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _invalid("The field DashboardBody must be a valid JSON object")
    wrong = [problem for at, widget in enumerate(found.get("widgets") or [])
             for problem in _wrong(f"/widgets/{at}", widget)]
    if wrong:
        raise _invalid(f"The dashboard body is invalid, there are {len(wrong)} validation errors: {json.dumps(wrong)}")
    return [_problem(f"/{name}", "Should NOT have additional properties") for name in sorted(found.keys() - _MEMBERS)]


def _wrong(path: str, widget: Any) -> list[dict[str, str]]:
    if not isinstance(widget, dict) or widget.get("type") not in _TYPES:
        return [_problem(path, "Should have required property 'type'")]
    found = []
    for member, least, most in (("width", 1, 24), ("height", 1, 1000), ("x", 0, 23), ("y", 0, 1_000_000)):
        value = widget.get(member, least)
        if not isinstance(value, int) or not least <= value <= most:
            found.append(_problem(f"{path}/{member}", f"Should be a number from {least} to {most}"))
    if widget.get("x", 0) + widget.get("width", 6) > 24:
        found.append(_problem(path, "Should end within the 24 columns"))
    needed = _NEEDS.get(widget["type"])
    properties = widget.get("properties")
    if not isinstance(properties, dict) or (needed and needed not in properties):
        found.append(_problem(f"{path}/properties", f"Should have required property '{needed}'"))
    elif widget["type"] == "metric":
        found += _metrics(path, properties)
    return found


def _metrics(path: str, properties: dict[str, Any]) -> list[dict[str, str]]:
    metrics = properties.get("metrics")
    if not metrics and "annotations" not in properties:
        return [_problem(f"{path}/properties", "Should have required property 'metrics'")]
    return [
        _problem(f"{path}/properties/metrics/{at}", "Should be a namespace, a name and pairs of a dimension and its value")
        for at, metric in enumerate(metrics or [])
        if not isinstance(metric, list) or not all(isinstance(part, str) for part in metric[:-1])
        or not isinstance(metric[-1], (str, dict))
        or not (isinstance(metric[0], dict) or sum(isinstance(part, str) for part in metric) % 2 == 0)
    ]


def _problem(path: str, message: str) -> dict[str, str]:
    return {"DataPath": path, "Message": message}


@instead("cloudwatch:GetDashboard")
def get_dashboard(context: Context) -> Result:
    found = context.visible(DASHBOARDS, lambda: read_dashboards(context)).get(context.params["DashboardName"])
    if found is None:
        raise AwsError("ResourceNotFound", f"Dashboard {context.params['DashboardName']} does not exist")
    return {member: value for member, value in found.items() if member != "Tags"}


@instead("cloudwatch:ListDashboards")
def list_dashboards(context: Context) -> Result:
    prefix = context.params.get("DashboardNamePrefix") or ""
    found = context.visible(DASHBOARDS, lambda: read_dashboards(context))
    return {"DashboardEntries": [
        {"DashboardName": name, "DashboardArn": entry["DashboardArn"], "Size": len(entry["DashboardBody"])}
        for name, entry in sorted(found.items()) if name.startswith(prefix)
    ]}


@instead("cloudwatch:DeleteDashboards")
def delete_dashboards(context: Context) -> Result:
    """None goes if one is not there."""
    backend, names = context.backend(), context.params.get("DashboardNames") or []
    missing = [name for name in names if name not in backend.dashboards]
    if missing or not names:
        raise AwsError("ResourceNotFound", f"The specified dashboard does not exist. [{', '.join(missing)}]")
    for name in names:
        backend.tagger.delete_all_tags_for_resource(backend.dashboards.pop(name).arn)
    return {}


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterInput", message)
