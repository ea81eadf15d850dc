"""What uses certificates and web ACLs: load balancers and distributions.

What has let go of one counts as its user for a while, since the services tell each other late.
https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-delete.html
https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from . import bridge, cloudfront_store, waf_store
from . import elbv2_store as elb
from .hooks import Context, Result, after, before

Used = dict[str, set[str]]  # ARN -> the ARNs of its users

# The calls by which something may be let go of.
_CALLS = (
    "cloudfront:UpdateDistribution", "cloudfront:DeleteDistribution", "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:RemoveListenerCertificates", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL",
)


@dataclass
class Left:
    """What was let go of, and when; and how it was before the call that is carried out."""

    since: dict[tuple[str, str], float] = field(default_factory=dict)
    earlier: Used = field(default_factory=dict)


def _left(context: Context) -> Left:
    return bridge.beside("elasticloadbalancing", context.call.account, context.call.region, Left)


def users(context: Context, arn: str, release: str) -> set[str]:
    """Who uses it, or did until lately; `release` is the behaviour that says how late that is."""
    late = time.monotonic() - context.behaviour(release)
    lately = {user for (used, user), since in _left(context).since.items() if used == arn and since > late}
    return _used(context).get(arn, set()) | lately


def _used(context: Context) -> Used:
    """By whatever is in the region of the call; CloudFront is in us-east-1."""
    found: Used = {}
    for listener in elb.listeners(context):
        for arn in (listener.certificate, *getattr(listener, "certificates", ())):
            if arn:
                found.setdefault(str(arn), set()).add(listener.load_balancer_arn)
    for resource, acl in waf_store.associations(context).items():
        found.setdefault(acl, set()).add(resource)
    if context.call.region == "us-east-1":
        for it in cloudfront_store.of(context).distributions.values():
            certificate = (it.config.get("ViewerCertificate") or {}).get("ACMCertificateArn")
            for arn in (certificate, it.config.get("WebACLId")):
                if arn:
                    found.setdefault(arn, set()).add(it.arn)
    return found


@before(*_CALLS)
def notice(context: Context) -> None:
    _left(context).earlier = _used(context)


@after(*_CALLS)
def let_go(context: Context, result: Result) -> None:
    left, later = _left(context), _used(context)
    for arn, was in left.earlier.items():
        for user in was - later.get(arn, set()):
            left.since[arn, user] = time.monotonic()
            for release in ("cert_release", "waf_release"):
                # What was read until then is not so any more.
                context.account.schedule.later(context.behaviour(release), lambda: None)
