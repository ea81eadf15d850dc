"""Where the tasks of a service's revisions are registered, and how requests are led to them.

A service that is deployed by a strategy other than ROLLING has two target groups. Each revision is in one of them,
and ECS sets the weights of the rules by which they get requests, of real users and of tests.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
"""

from __future__ import annotations

from typing import Any

from . import ecs_roles, elbv2, elbv2_store
from .elbv2_groups import changes_use
from .hooks import Context, Result
from .iam import usable

Doc = dict[str, Any]
_READS = ("DescribeListeners", "DescribeRules", "DescribeTargetGroups", "DescribeTargetHealth")
_CHANGES = ("RegisterTargets", "DeregisterTargets")
_SHIFTS = ("ModifyRule",)
NO_ROLE = (
    "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being "
    "passed has the proper permissions."
)


class Refused(Exception):
    """Why requests cannot be led elsewhere."""


def pair(balancer: Doc) -> list[str]:
    """The target groups between which requests are shifted; one if there is no shifting."""
    alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return [balancer.get("targetGroupArn") or "", *([alternate] if alternate else [])]


def resolved(context: Context, shown: Doc, source: Doc | None, swaps: bool) -> list[Doc]:
    """A service's load balancers, each with the target group that tasks of a new revision are registered in.

    That is the one which is live, or the other if the revision `swaps` with what is there. Which is live follows from
    the revision that was deployed last, or else from the weights.
    """
    before = [one["targetGroupArn"] for one in (source or {}).get("_balancers", [])]
    found = []
    for one in shown.get("loadBalancers") or []:
        groups = pair(one)
        live = next((it for it in before if it in groups), None) or _heavier(context, one)
        group = next((it for it in groups if it != live), live) if swaps else live
        found.append({**one, "targetGroupArn": group, "_pair": groups})
    return found


def _heavier(context: Context, balancer: Doc) -> str:
    """The target group that gets most of the requests; the declared one in doubt."""
    groups, rule = pair(balancer), (balancer.get("advancedConfiguration") or {}).get("productionListenerRule")
    known = [it for each in elbv2_store.listeners(context) for it in elbv2_store.rules_of(each) if it.arn == rule]
    weights = {
        one["TargetGroupArn"]: one.get("Weight", 1) for it in known for action in it.shown
        for one in (action.get("ForwardConfig") or {}).get("TargetGroups") or []
    }
    return max(groups, key=lambda group: weights.get(group, 0))


def lead(context: Context, balancers: list[Doc], member: str, percent: float) -> None:
    """Gives the groups of a revision so much of the requests, and the others of their pairs the rest.

    `member` is `productionListenerRule` or `testListenerRule`.
    """
    for one in balancers:
        advanced = one.get("advancedConfiguration") or {}
        rule = advanced.get(member)
        if not rule:
            continue
        if not role_serves(context, one):
            raise Refused(NO_ROLE)
        share, whole = (round(percent), 100) if percent == round(percent) else (round(percent * 10), 1000)
        _reweigh(context, rule, {it: share if it == one["targetGroupArn"] else whole - share for it in one["_pair"]})


def _reweigh(context: Context, arn: str, weights: dict[str, int]) -> None:
    every = [(each, it) for each in elbv2_store.listeners(context) for it in elbv2_store.rules_of(each)]
    listener, rule = next((pair for pair in every if pair[1].arn == arn), (None, None))
    if listener is None or rule is None:
        raise Refused(f"The listener rule {arn} does not exist.")
    if [action["Type"] for action in rule.shown] != ["forward"]:
        raise Refused(f"The listener rule {arn} has actions other than forward, which is not supported.")
    gone = [group for group in weights if group not in elbv2_store.backend(context).target_groups]
    if gone:
        raise Refused(f"The target group {gone[0]} does not exist.")
    config = rule.shown[0]["ForwardConfig"]
    # In the order in which they are, as far as they are.
    order = [one["TargetGroupArn"] for one in config["TargetGroups"] if one["TargetGroupArn"] in weights]
    groups = [*order, *(group for group in weights if group not in order)]
    shown = [{"Type": "forward", "Order": 1, "ForwardConfig": {
        **config, "TargetGroups": [{"TargetGroupArn": group, "Weight": weights[group]} for group in groups],
    }}]

    @changes_use
    def change(context: Context) -> Result:
        rule.shown = shown
        if rule.is_default:
            listener.shown = shown
        return {}

    change(context)
    elbv2.notice_use(context, {})


def role_serves(context: Context, balancer: Doc) -> bool:
    """Whether ECS can do in the name of a load balancer's role all that it has to.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
    """
    if not context.behaviour("validation"):
        return True
    advanced = balancer["advancedConfiguration"]
    arn, groups = advanced.get("roleArn") or "", balancer.get("_pair") or pair(balancer)
    rules = [advanced[name] for name in ("productionListenerRule", "testListenerRule") if advanced.get(name)]
    needs = [(action, on) for actions, all_of in ((_READS, ["*"]), (_CHANGES, groups), (_SHIFTS, rules))
             for action in actions for on in all_of]
    found = ecs_roles.role(context, arn)
    return (
        found is not None and usable(context, arn) and ecs_roles.trusts(found, "ecs.amazonaws.com")
        and all(ecs_roles.may(context, arn, f"elasticloadbalancing:{action}", on) for action, on in needs)
    )
