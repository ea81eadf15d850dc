"""CloudWatch's alarms, and the tags of all that it has.

Putting an alarm replaces it as a whole: what is left out is forgotten, it has
no data again, and tags are heeded only if it is new.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .consistency import Items
from .hooks import Context, Result, before, instead, snapshots
from .wire import AwsError

ALARMS, DASHBOARDS = "alarms", "dashboards"
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_MISSING = ("breaching", "notBreaching", "ignore", "missing")
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
_QUERY = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")
_DAY = 86_400


def _read_alarms(context: Context) -> Items:
    """Every alarm by name, as DescribeAlarms shows it, and its tags."""
    backend = context.backend()
    return {
        name: {
            "Composite": alarm.rule is not None,
            "Alarm": {
                "AlarmName": name, "AlarmArn": alarm.alarm_arn,
                "StateValue": alarm.state_value, "StateReason": alarm.state_reason,
                "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
                **getattr(alarm, "given", {"AlarmRule": alarm.rule}),
                "ActionsEnabled": alarm.actions_enabled,
            },
            "Tags": dict(backend.tagger.get_tag_dict_for_resource(alarm.alarm_arn)),
        }
        for name, alarm in sorted(backend.alarms.items())
    }


def read_dashboards(context: Context) -> Items:
    """Every dashboard by name, and its tags."""
    backend = context.backend()
    return {
        name: {
            "DashboardArn": dashboard.arn, "DashboardName": name, "DashboardBody": dashboard.body,
            "Tags": dict(backend.tagger.get_tag_dict_for_resource(dashboard.arn)),
        }
        for name, dashboard in sorted(backend.dashboards.items())
    }


@snapshots("cloudwatch")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {ALARMS: lambda: _read_alarms(context), DASHBOARDS: lambda: read_dashboards(context)}


def _visible(context: Context) -> Items:
    return context.visible(ALARMS, lambda: _read_alarms(context))


@before("cloudwatch:PutMetricAlarm", when="validation")
def check_alarm(context: Context) -> None:
    params = context.params
    name = params.get("AlarmName") or ""
    if not 1 <= len(name) <= 255 or len(params.get("AlarmDescription") or "") > 1024:
        raise _invalid("1 validation error detected: Value at 'alarmName' failed to satisfy constraint")
    if not params.get("ComparisonOperator") or not params.get("EvaluationPeriods"):
        raise _invalid("The parameters ComparisonOperator and EvaluationPeriods are required")
    if params.get("DatapointsToAlarm", 1) > params["EvaluationPeriods"]:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    missing = params.get("TreatMissingData")
    if missing is not None and missing not in _MISSING:
        raise _invalid(f"Option {missing} is not supported. Supported options for parameter TreatMissingData are "
                       "breaching, notBreaching, ignore and missing.")
    for member in _ACTIONS:
        _check_actions(context, params.get(member) or [])
    _check_watched(params)


def _check_actions(context: Context, arns: list[str]) -> None:
    if len(arns) > 5:
        raise _invalid("1 validation error detected: Member must have length less than or equal to 5")
    for arn in arns:
        parts = arn.split(":")
        if len(parts) < 6 or parts[0] != "arn":
            raise _invalid(f"Invalid arn syntax: {arn}")
        if parts[3] not in ("", context.call.region):
            raise _invalid(f"Invalid region {parts[3]} specified. Only {context.call.region} is supported.")


def _check_watched(params: dict[str, Any]) -> None:
    queries = params.get("Metrics") or []
    single = [member for member in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period")
              if params.get(member)]
    if queries:
        if single:
            raise AwsError("InvalidParameterCombination", f"Metrics cannot be combined with {single[0]}")
        if sum(query.get("ReturnData", True) for query in queries) != 1:
            raise _invalid("Exactly one element of the metrics list should return data.")
        for query in queries:
            _check_query(query, params["EvaluationPeriods"])
        return
    if "MetricName" not in single or "Namespace" not in single:
        raise AwsError("MissingParameter", "The parameters MetricName and Namespace are required")
    if ("Statistic" in single) == ("ExtendedStatistic" in single):
        raise _invalid("Exactly one of Statistic and ExtendedStatistic must be given")
    if params.get("Statistic") not in (None, *_STATISTICS):
        raise _invalid(f"The value {params['Statistic']} for parameter Statistic is not supported.")
    _check_period(params.get("Period") or 0, params["EvaluationPeriods"])
    _check_dimensions(params.get("Dimensions") or [])


def _check_query(query: dict[str, Any], periods: int) -> None:
    if not _QUERY.fullmatch(query.get("Id") or ""):
        raise _invalid(f"The value {query.get('Id')} for parameter Metrics.Id is not supported.")
    stat = query.get("MetricStat")
    if bool(stat) == bool(query.get("Expression")):
        raise _invalid("Exactly one of MetricStat and Expression must be given")
    if stat:
        _check_period(stat.get("Period") or 0, periods)
        _check_dimensions(stat["Metric"].get("Dimensions") or [])


def _check_period(period: int, periods: int) -> None:
    if period not in (10, 20, 30) and (period <= 0 or period % 60):
        raise _invalid(f"Invalid value {period} for parameter Period: it must be 10, 20, 30 or a multiple of 60")
    if period * periods > (_DAY if period < 3600 else 7 * _DAY):
        raise _invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).")


def _check_dimensions(dimensions: list[dict[str, str]]) -> None:
    if len(dimensions) > 30 or any(not 1 <= len(one.get("Value") or "") <= 1024 for one in dimensions):
        raise _invalid("1 validation error detected: Value at 'dimensions' failed to satisfy constraint")


@instead("cloudwatch:PutMetricAlarm")
def put_alarm(context: Context) -> Result:
    params = {name: value for name, value in context.params.items() if value not in (None, [], "")}
    tags = params.pop("Tags", [])
    alarms, name = context.backend().alarms, params["AlarmName"]
    if name in alarms and alarms[name].rule is not None:
        raise _invalid(f"An alarm of another type is called {name}")
    new = name not in alarms
    context.moto("PutMetricAlarm", {**params, **({"Tags": tags} if new else {})})
    alarms[name].given = {**params, "AlarmName": name}
    alarms[name].state_value = "INSUFFICIENT_DATA"
    return {}


@instead("cloudwatch:DescribeAlarms")
def describe_alarms(context: Context) -> Result:
    """Composite alarms are shown to those who ask for them."""
    params = context.params
    names, prefix = params.get("AlarmNames") or [], params.get("AlarmNamePrefix")
    if names and prefix:
        raise AwsError("InvalidParameterCombination", "AlarmNames and AlarmNamePrefix cannot be combined")
    if len(names) > 100:
        raise _invalid("1 validation error detected: Value at 'alarmNames' has more than 100 members")
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    found = [
        entry for name, entry in sorted(_visible(context).items())
        if (not names or name in names) and name.startswith(prefix or "")
        and params.get("StateValue") in (None, entry["Alarm"]["StateValue"])
    ]
    shown = {
        "MetricAlarms": [entry["Alarm"] for entry in found if not entry["Composite"]],
        "CompositeAlarms": [entry["Alarm"] for entry in found if entry["Composite"]],
    }
    return {member: alarms for member, alarms in shown.items() if member.removesuffix("s") in types}


@instead("cloudwatch:DeleteAlarms")
def delete_alarms(context: Context) -> Result:
    """Those that are there go, even if one is not."""
    backend, names = context.backend(), context.params.get("AlarmNames") or []
    missing = [name for name in names if name not in backend.alarms]
    for name in set(names) - set(missing):
        backend.tagger.delete_all_tags_for_resource(backend.alarms.pop(name).alarm_arn)
    if missing:
        raise AwsError("ResourceNotFound", f"Alarms not found: {', '.join(missing)}")
    return {}


@instead("cloudwatch:ListTagsForResource")
def list_tags(context: Context) -> Result:
    arn = context.params["ResourceARN"]
    dashboards = context.visible(DASHBOARDS, lambda: read_dashboards(context)).values()
    tagged = {entry["Alarm"]["AlarmArn"]: entry["Tags"] for entry in _visible(context).values()}
    tagged |= {entry["DashboardArn"]: entry["Tags"] for entry in dashboards}
    if arn not in tagged:
        raise _unknown(arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tagged[arn].items())]}


@instead("cloudwatch:TagResource")
def tag(context: Context) -> Result:
    _check_arn(context)
    context.backend().tagger.tag_resource(context.params["ResourceARN"], context.params["Tags"])
    return {}


@instead("cloudwatch:UntagResource")
def untag(context: Context) -> Result:
    _check_arn(context)
    context.backend().tagger.untag_resource_using_names(context.params["ResourceARN"], context.params["TagKeys"])
    return {}


def _check_arn(context: Context) -> None:
    """moto tags alarms only."""
    backend, arn = context.backend(), context.params["ResourceARN"]
    known = {alarm.alarm_arn for alarm in backend.alarms.values()}
    if arn not in known | {dashboard.arn for dashboard in backend.dashboards.values()}:
        raise _unknown(arn)


@instead("cloudwatch:PutCompositeAlarm")
def put_composite(context: Context) -> Result:
    """moto keeps them among the others."""
    context.moto("PutMetricAlarm", context.params)
    context.backend().alarms[context.params["AlarmName"]].state_value = "INSUFFICIENT_DATA"
    return {}


def _unknown(arn: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{arn} does not exist")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
