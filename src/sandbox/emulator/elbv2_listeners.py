"""Listeners and their rules.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import FakeListener, FakeListenerRule
from moto.elbv2.ssl_policies import SSL_POLICIES
from moto.moto_api._internal import mock_random

from . import acm_store
from . import elbv2_store as store
from .elbv2_actions import invalid, shown_actions, shown_conditions
from .elbv2_groups import changes_use
from .hooks import Context, Result, instead
from .wire import AwsError

_MOST_CERTIFICATES = 25
_MOST_RULES = 100


@instead("elasticloadbalancing:CreateListener")
@changes_use
def create_listener(context: Context) -> Result:
    params = context.params
    balancer = store.balancer(context, params["LoadBalancerArn"])
    port, protocol = params.get("Port"), params.get("Protocol")
    if port is None or protocol not in ("HTTP", "HTTPS"):
        raise invalid(f"Listener protocol '{protocol}' must be one of 'HTTP, HTTPS', and it must have a port")
    _check_port(balancer, int(port))
    actions = shown_actions(context, params.get("DefaultActions"), balancer.arn)
    certificate, policy = _secured(context, protocol, params.get("Certificates"), params.get("SslPolicy"))
    arn = f"{balancer.arn.replace(':loadbalancer/', ':listener/')}/{mock_random.get_random_hex(16)}"
    # moto only keeps it.
    it = FakeListener(balancer.arn, arn, protocol, str(port), policy or "", certificate, [], None)
    it.certificates = []  # those besides the default one
    _set_default(it, actions)
    it._default_rule[0].arn = f"{arn.replace(':listener/', ':listener-rule/')}/{mock_random.get_random_hex(16)}"
    balancer.listeners[arn] = it
    store.backend(context).tagging_service.tag_resource(arn, params.get("Tags") or [])
    return {"Listeners": [store.show_listener(it)]}


def _set_default(it: Any, actions: list[dict[str, Any]]) -> None:
    it.shown = actions
    it._default_rule[0].shown = actions


def _check_port(balancer: Any, port: int, but: str = "") -> None:
    if any(int(it.port) == port and it.arn != but for it in balancer.listeners.values()):
        raise AwsError("DuplicateListener", "A listener already exists on this port for this load balancer")


def _secured(context: Context, protocol: str, certificates: Any, policy: str | None) -> tuple[str | None, str | None]:
    """The default certificate and the policy of what speaks HTTPS; what does not has neither."""
    if protocol != "HTTPS":
        if certificates:
            raise AwsError("InvalidConfigurationRequest",
                           "Certificates cannot be specified for listeners with the HTTP protocol")
        return None, None
    if len(certificates or []) != 1:
        raise AwsError("CertificateNotFound" if not certificates else "ValidationError",
                       "A certificate must be specified for HTTPS listeners, and only one")
    policy = policy or "ELBSecurityPolicy-2016-08"
    if policy not in SSL_POLICIES:
        raise AwsError("SSLPolicyNotFound", f"The specified SSL policy '{policy}' does not exist")
    return _certificate(context, certificates[0]["CertificateArn"]), policy


def _certificate(context: Context, arn: str) -> str:
    """One of the region, and issued; those that ACM was never asked for here are taken to be."""
    if not context.behaviour("validation"):
        return arn
    service, region = (arn.split(":") + [""] * 4)[2:4]
    missing = AwsError("CertificateNotFound", f"Certificate ARN '{arn}' not found")
    if (service, region) not in (("acm", context.call.region), ("iam", "")):
        raise missing
    try:
        found = acm_store.find(context.call.account, arn)
    except KeyError:
        raise missing from None
    if found and found.status != "ISSUED":
        raise AwsError("UnsupportedCertificate", f"The certificate '{arn}' must have a fully-qualified domain name, "
                                                 "a supported signature, and a supported key size.")
    return arn


@instead("elasticloadbalancing:ModifyListener")
@changes_use
def modify_listener(context: Context) -> Result:
    """HTTPS that becomes HTTP loses its certificate and policy; lists are replaced as a whole."""
    params = context.params
    it = store.listener(context, params["ListenerArn"])
    protocol = params.get("Protocol") or it.protocol
    if params.get("Port"):
        _check_port(store.balancer(context, it.load_balancer_arn), int(params["Port"]), but=it.arn)
    actions = shown_actions(context, params["DefaultActions"], it.load_balancer_arn) \
        if params.get("DefaultActions") else it.shown
    kept = [{"CertificateArn": it.certificate}] if it.certificate and protocol == "HTTPS" else None
    certificate, policy = _secured(
        context, protocol, params.get("Certificates") or kept, params.get("SslPolicy") or it.ssl_policy or None
    )
    it.protocol, it.port = protocol, str(params.get("Port") or it.port)
    it.certificate, it.ssl_policy = certificate, policy or ""
    it.certificates = it.certificates if certificate else []
    _set_default(it, actions)
    return {"Listeners": [store.show_listener(it)]}


@instead("elasticloadbalancing:DeleteListener")
@changes_use
def delete_listener(context: Context) -> Result:
    it = store.listener(context, context.params["ListenerArn"])
    del store.balancer(context, it.load_balancer_arn).listeners[it.arn]
    store.forget_tags(context, it.arn, *(one.arn for one in store.rules_of(it)))
    return {}


@instead("elasticloadbalancing:DescribeListeners")
def describe_listeners(context: Context) -> Result:
    of, arns = context.params.get("LoadBalancerArn"), context.params.get("ListenerArns") or []
    if bool(of) == bool(arns):
        raise invalid("You must specify either listener ARNs or a load balancer ARN")
    if arns:
        return {"Listeners": [store.seen(context, arn)["Shown"] for arn in arns]}
    store.seen(context, of)
    items = store.visible(context, "elb.listeners").values()
    return {"Listeners": [it["Shown"] for it in items if it["Shown"]["LoadBalancerArn"] == of]}


@instead("elasticloadbalancing:DescribeListenerCertificates")
def describe_certificates(context: Context) -> Result:
    """The default one may be in the list of the others as well: it is shown twice then."""
    it = store.seen(context, context.params["ListenerArn"])
    shown = [{**one, "IsDefault": True} for one in it["Shown"].get("Certificates") or []]
    return {"Certificates": shown + [{"CertificateArn": arn, "IsDefault": False} for arn in it["More"]["certificates"]]}


@instead("elasticloadbalancing:AddListenerCertificates")
def add_certificates(context: Context) -> Result:
    it = store.listener(context, context.params["ListenerArn"])
    if it.protocol != "HTTPS":
        raise AwsError("InvalidConfigurationRequest", "The listener's protocol is not HTTPS")
    added = [_certificate(context, one["CertificateArn"]) for one in context.params.get("Certificates") or []]
    whole = [*it.certificates, *(arn for arn in added if arn not in it.certificates)]
    if len(whole) > _MOST_CERTIFICATES:
        raise AwsError("TooManyCertificates", "You've reached the limit on the number of certificates per load balancer")
    it.certificates = whole
    return {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in added]}


@instead("elasticloadbalancing:RemoveListenerCertificates")
def remove_certificates(context: Context) -> Result:
    it = store.listener(context, context.params["ListenerArn"])
    gone = [one["CertificateArn"] for one in context.params.get("Certificates") or []]
    if it.certificate in gone:
        raise AwsError("OperationNotPermitted", "The default certificate of a listener cannot be removed")
    it.certificates = [arn for arn in it.certificates if arn not in gone]
    return {}


@instead("elasticloadbalancing:CreateRule")
@changes_use
def create_rule(context: Context) -> Result:
    params = context.params
    listener = store.listener(context, params["ListenerArn"])
    priority = int(params.get("Priority") or 0)
    if not 1 <= priority <= 50000:
        raise invalid(f"'{priority}' is not a valid priority; it has to be between 1 and 50000")
    if any(it.priority == priority for it in store.rules_of(listener)):
        raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
    conditions = shown_conditions(params.get("Conditions"))
    actions = shown_actions(context, params.get("Actions"), listener.load_balancer_arn)
    if context.behaviour("quotas") and len(listener.rules) > _MOST_RULES:
        raise AwsError("TooManyRules", "The maximum number of rules has been reached")
    arn = f"{listener.arn.replace(':listener/', ':listener-rule/')}/{mock_random.get_random_hex(16)}"
    it = FakeListenerRule(listener.arn, arn, conditions, priority, [])
    it.shown = actions
    listener.register(arn, it)
    store.backend(context).tagging_service.tag_resource(arn, params.get("Tags") or [])
    return {"Rules": [store.show_rule(it)]}


@instead("elasticloadbalancing:ModifyRule")
@changes_use
def modify_rule(context: Context) -> Result:
    """Conditions and actions are replaced as a whole; what is left out stays."""
    params = context.params
    it = store.rule(context, params["RuleArn"])
    listener = store.listener(context, it.listener_arn)
    if it.is_default:
        raise AwsError("OperationNotPermitted", f"Default rule '{it.arn}' cannot be modified")
    if not params.get("Conditions") and not params.get("Actions"):
        raise invalid("Either conditions or actions must be specified")
    conditions = shown_conditions(params["Conditions"]) if params.get("Conditions") else it.conditions
    actions = shown_actions(context, params["Actions"], listener.load_balancer_arn) \
        if params.get("Actions") else it.shown
    it.conditions, it.shown = conditions, actions
    return {"Rules": [store.show_rule(it)]}


@instead("elasticloadbalancing:DeleteRule")
@changes_use
def delete_rule(context: Context) -> Result:
    it = store.rule(context, context.params["RuleArn"])
    if it.is_default:
        raise AwsError("OperationNotPermitted", f"Default rule '{it.arn}' cannot be deleted")
    store.listener(context, it.listener_arn).remove_rule(it.arn)
    store.forget_tags(context, it.arn)
    return {}


@instead("elasticloadbalancing:SetRulePriorities")
def set_priorities(context: Context) -> Result:
    """All at once, so that rules may change places."""
    wanted = {one["RuleArn"]: int(one["Priority"]) for one in context.params.get("RulePriorities") or []}
    rules = [store.rule(context, arn) for arn in wanted]
    listeners = {it.listener_arn for it in rules}
    if len(set(wanted.values())) != len(wanted) or len(listeners) != 1:
        raise invalid("Each rule has to have a priority of its own, and all have to be of one listener")
    others = [it for it in store.rules_of(store.listener(context, listeners.pop())) if it.arn not in wanted]
    for priority in wanted.values():
        if any(it.priority == priority for it in others):
            raise AwsError("PriorityInUse", f"Priority '{priority}' is currently in use")
    for it in rules:
        it.priority = wanted[it.arn]
    return {"Rules": [store.show_rule(it) for it in rules]}


@instead("elasticloadbalancing:DescribeRules")
def describe_rules(context: Context) -> Result:
    of, arns = context.params.get("ListenerArn"), context.params.get("RuleArns") or []
    if bool(of) == bool(arns):
        raise invalid("You must specify either listener rule ARNs or a listener ARN")
    items = store.visible(context, "elb.rules")
    if arns:
        chosen = [store.seen(context, arn)["Shown"] for arn in arns]
    else:
        store.seen(context, of)
        chosen = [it["Shown"] for it in items.values() if it["Shown"]["of"] == of]
    return {"Rules": [{name: value for name, value in it.items() if name != "of"} for it in chosen]}
