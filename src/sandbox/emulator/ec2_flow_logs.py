"""Flow logs: the role has to be usable by the delivery service, and one log per destination.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
"""

from __future__ import annotations

import json
from typing import Any

from . import bridge
from .hooks import Context, Result, after, before
from .iam import usable
from .wire import AwsError

_DELIVERY = "vpc-flow-logs.amazonaws.com"


@before("ec2:CreateFlowLogs")
def role_can_be_assumed(context: Context) -> None:
    """A role is not known everywhere at once; until then delivery cannot assume it."""
    arn = context.params.get("DeliverLogsPermissionArn")
    if not arn or not (context.behaviour("iam_delay") or context.behaviour("validation")):
        return
    refusal = AwsError("InvalidParameter", "Unable to assume given IAM role")
    role = next((role for role in bridge.iam(context.call.account).get_roles() if role.arn == arn), None)
    if role is None or not usable(context, arn):
        raise refusal
    if context.behaviour("validation") and _DELIVERY not in json.dumps(_trusted(role)):
        raise refusal


def _trusted(role: Any) -> Any:
    document = json.loads(role.assume_role_policy_document)
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    return [statement.get("Principal") for statement in statements]


@before("ec2:CreateFlowLogs", when="validation")
def one_per_destination(context: Context) -> None:
    params = context.params
    wanted = _destination(params.get("LogDestination"), params.get("LogGroupName"))
    for log in context.ec2.flow_logs.values():
        same = _destination(log.log_destination, log.log_group_name) == wanted
        if same and log.resource_id in (params.get("ResourceIds") or []):
            raise AwsError(
                "FlowLogAlreadyExists",
                "Error. There is an existing Flow Log with the same configuration and log destination.",
            )


def _destination(arn: str | None, group: str | None) -> str:
    """The group by name, whichever form it came in; the ARN itself for a bucket."""
    return group or (arn or "").removesuffix(":*").split(":log-group:")[-1]


@after("ec2:CreateFlowLogs")
def delivery(context: Context, result: Result) -> None:
    """moto looks for the log group by name only, and reports an error for an ARN."""
    groups = bridge.logs(context.call.account, context.call.region).groups
    for key in result.get("FlowLogIds") or []:
        log = context.ec2.flow_logs[key]
        if log.log_destination_type == "cloud-watch-logs" and (
            _destination(log.log_destination, log.log_group_name) in groups
        ):
            log.deliver_logs_status, log.deliver_logs_error_message = "SUCCESS", None
