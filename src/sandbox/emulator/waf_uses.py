"""What web ACLs protect, and where they log.

A distribution names its web ACL itself; only load balancers are associated here.
https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html
"""

from __future__ import annotations

import copy
import re

from . import waf_store as store
from .hooks import Context, Result, instead
from .waf_store import ACL, invalid

_PREFIX = "aws-waf-logs-"
_DESTINATION = re.compile(
    r"arn:aws:(?:logs:[\w-]+:\d{12}:log-group:|s3:::|firehose:[\w-]+:\d{12}:deliverystream/)(.+)"
)


def _balancer(context: Context) -> str:
    arn = str(context.params["ResourceArn"])
    if not re.fullmatch(r"arn:aws:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer/app/.+", arn):
        raise invalid("The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by "
                      "colons or slashes.", "RESOURCE_ARN", arn)
    if arn not in context.backend("elasticloadbalancing").load_balancers:
        raise store.missing()
    return arn


@instead("wafv2:AssociateWebACL")
def associate(context: Context) -> Result:
    """A load balancer has one at most: the last."""
    arn = _balancer(context)
    acl = store.usable(context, context.params["WebACLArn"], ACL)
    if acl.scope != "REGIONAL":
        raise invalid("The scope is not valid.", "SCOPE_VALUE", acl.scope)
    store.of(context).protects[arn] = acl.arn
    return {}


@instead("wafv2:DisassociateWebACL")
def disassociate(context: Context) -> Result:
    store.of(context).protects.pop(_balancer(context), None)
    return {}


@instead("wafv2:GetWebACLForResource")
def of_resource(context: Context) -> Result:
    acl = store.associations(context).get(_balancer(context))
    return {"WebACL": copy.deepcopy(store.by_arn(context, acl, ACL).body)} if acl else {}


@instead("wafv2:ListResourcesForWebACL")
def resources(context: Context) -> Result:
    acl = store.by_arn(context, context.params["WebACLArn"], ACL)
    if context.params.get("ResourceType", "APPLICATION_LOAD_BALANCER") != "APPLICATION_LOAD_BALANCER":
        return {"ResourceArns": []}
    return {"ResourceArns": [arn for arn, of in store.associations(context).items() if of == acl.arn]}


@instead("wafv2:PutLoggingConfiguration")
def put_logging(context: Context) -> Result:
    config = {"ManagedByFirewallManager": False, "LogType": "WAF_LOGS", "LogScope": "CUSTOMER",
              **copy.deepcopy(context.params["LoggingConfiguration"])}
    acl = store.by_arn(context, config["ResourceArn"], ACL)
    destinations = config.get("LogDestinationConfigs") or []
    if len(destinations) != 1:
        raise invalid("You have to specify exactly one destination.", "LOG_DESTINATION", str(destinations))
    found = _DESTINATION.fullmatch(destinations[0])
    if context.behaviour("validation") and (found is None or not found[1].startswith(_PREFIX)):
        raise invalid("The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by "
                      "colons or slashes.", "LOG_DESTINATION", destinations[0])
    store.of(context).logging[acl.arn] = config
    return {"LoggingConfiguration": config}


@instead("wafv2:GetLoggingConfiguration")
def logging_of(context: Context) -> Result:
    found = store.of(context).logging.get(context.params["ResourceArn"])
    if found is None:
        raise store.missing()
    return {"LoggingConfiguration": found}


@instead("wafv2:DeleteLoggingConfiguration")
def delete_logging(context: Context) -> Result:
    if store.of(context).logging.pop(context.params["ResourceArn"], None) is None:
        raise store.missing()
    return {}


@instead("wafv2:ListLoggingConfigurations")
def list_logging(context: Context) -> Result:
    waf, scope = store.of(context), context.params.get("Scope")
    found = [it for arn, it in waf.logging.items() if waf.entities[arn].scope == scope]
    return store.listed(context, "LoggingConfigurations", found)
