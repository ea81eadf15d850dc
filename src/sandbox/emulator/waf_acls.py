"""Web ACLs, the sets that they name, and the tags of both.

https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html
https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html
"""

from __future__ import annotations

import copy
import ipaddress
import re

from . import uses
from . import waf_store as store
from .hooks import Context, Result, instead
from .waf_rules import capacity, check_name, check_rules, check_visibility, filled, named_by
from .waf_store import ACL, ADDRESSES, PATTERNS, Doc, Entity, invalid
from .wire import AwsError

_SAID = ("DefaultAction", "Description", "VisibilityConfig", "CustomResponseBodies", "CaptchaConfig",
         "ChallengeConfig", "TokenDomains", "AssociationConfig", "DataProtectionConfig")
_MOST_ADDRESSES = 10_000


def _body(context: Context) -> Doc:
    """A web ACL as it will be shown; a description of nothing is none."""
    params = copy.deepcopy(context.params)
    rules = params.get("Rules") or []
    if context.behaviour("validation"):
        check_name(params["Name"])
        if len(params.get("DefaultAction") or {}) != 1 or set(params["DefaultAction"]) - {"Allow", "Block"}:
            raise invalid("You have to specify exactly one of the members.", "DEFAULT_ACTION", "DefaultAction")
        check_visibility(params.get("VisibilityConfig"))
        check_rules(context, rules)
    return {**{name: params[name] for name in _SAID if params.get(name)}, "Rules": filled(rules),
            "Capacity": capacity(rules)}


@instead("wafv2:CreateWebACL")
def create(context: Context) -> Result:
    label = f"awswaf:{context.call.account}:webacl:{context.params['Name']}:"
    return store.add(context, ACL, {
        **_body(context), "ManagedByFirewallManager": False, "LabelNamespace": label,
        "RetrofittedByFirewallManager": False,
    })


@instead("wafv2:GetWebACL")
def describe(context: Context) -> Result:
    params = context.params
    for it in store.seen(context).values():
        if it["kind"] == ACL and (it["arn"] == params.get("ARN") or (it["scope"], it["name"], it["id"]) == (
            params.get("Scope"), params.get("Name"), params.get("Id")
        )):
            return {"WebACL": it["body"], "LockToken": it["lock"]}
    raise store.missing()


@instead("wafv2:UpdateWebACL")
def update(context: Context) -> Result:
    """All is replaced, but for a description that is not said."""
    it = store.named(context, ACL)
    store.unlock(context, it)
    kept = ("Name", "Id", "ARN", "ManagedByFirewallManager", "LabelNamespace", "RetrofittedByFirewallManager",
            "Description")
    old = {name: it.body[name] for name in kept if name in it.body}
    return {"NextLockToken": it.change({**old, **_body(context)})}


@instead("wafv2:DeleteWebACL")
def delete(context: Context) -> Result:
    it = store.named(context, ACL)
    store.unlock(context, it)
    if context.behaviour("dependencies") and uses.users(context, it.arn, "waf_release"):
        raise store.in_use()
    waf = store.of(context)
    del waf.entities[it.arn]
    waf.logging.pop(it.arn, None)
    return {}


@instead("wafv2:ListWebACLs")
def listing(context: Context) -> Result:
    return store.listing(context, ACL, "WebACLs")


def _addresses(context: Context, version: str) -> list[str]:
    """As they are shown: an address of IPv6 is written in full."""
    given = list(context.params.get("Addresses") or [])
    if not context.behaviour("validation"):
        return given
    check_name(context.params["Name"])
    if version not in ("IPV4", "IPV6"):
        raise invalid("The value is not one of those that there are.", "IP_ADDRESS_VERSION", version)
    if len(given) > _MOST_ADDRESSES:
        raise AwsError("WAFLimitsExceededException", f"A set can have {_MOST_ADDRESSES} addresses.", 400)
    for text in given:
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            network = None
        if network is None or "/" not in text or f"IPV{network.version}" != version or network.prefixlen == 0:
            raise invalid("The parameter contains formatting that is not valid.", "IP_ADDRESS", text)
    return given


@instead("wafv2:CreateIPSet")
def create_addresses(context: Context) -> Result:
    version = context.params.get("IPAddressVersion") or ""
    body: Doc = {"IPAddressVersion": version, "Addresses": _addresses(context, version)}
    return store.add(context, ADDRESSES, body | _description(context))


def _description(context: Context) -> Doc:
    said = context.params.get("Description")
    return {"Description": said} if said else {}


@instead("wafv2:UpdateIPSet")
def update_addresses(context: Context) -> Result:
    it = store.named(context, ADDRESSES)
    store.unlock(context, it)
    addresses = _addresses(context, it.body["IPAddressVersion"])
    return {"NextLockToken": it.change({**it.body, **_description(context), "Addresses": addresses})}


def _patterns(context: Context) -> list[Doc]:
    given = list(context.params.get("RegularExpressionList") or [])
    for one in given if context.behaviour("validation") else []:
        try:
            re.compile(one["RegexString"])
        except re.error:
            raise invalid("The parameter contains formatting that is not valid.", "REGEX_PATTERN_REFERENCE_STATEMENT",
                          one["RegexString"]) from None
    return given


@instead("wafv2:CreateRegexPatternSet")
def create_patterns(context: Context) -> Result:
    return store.add(context, PATTERNS, {"RegularExpressionList": _patterns(context)} | _description(context))


@instead("wafv2:UpdateRegexPatternSet")
def update_patterns(context: Context) -> Result:
    it = store.named(context, PATTERNS)
    store.unlock(context, it)
    body = {**it.body, **_description(context), "RegularExpressionList": _patterns(context)}
    return {"NextLockToken": it.change(body)}


def _describe_set(context: Context, kind: str, member: str) -> Result:
    params = context.params
    for it in store.seen(context).values():
        if (it["kind"], it["scope"], it["name"], it["id"]) == (
            kind, params.get("Scope"), params.get("Name"), params.get("Id")
        ):
            return {member: it["body"], "LockToken": it["lock"]}
    raise store.missing()


def _delete_set(context: Context, kind: str) -> Result:
    it, waf = store.named(context, kind), store.of(context)
    store.unlock(context, it)
    acls: list[Entity] = [one for one in waf.entities.values() if one.kind == ACL]
    if context.behaviour("dependencies") and any(it.arn in named_by(one.body["Rules"]) for one in acls):
        raise store.in_use()
    del waf.entities[it.arn]
    return {}


@instead("wafv2:GetIPSet")
def describe_addresses(context: Context) -> Result:
    return _describe_set(context, ADDRESSES, "IPSet")


@instead("wafv2:DeleteIPSet")
def delete_addresses(context: Context) -> Result:
    return _delete_set(context, ADDRESSES)


@instead("wafv2:ListIPSets")
def list_addresses(context: Context) -> Result:
    return store.listing(context, ADDRESSES, "IPSets")


@instead("wafv2:GetRegexPatternSet")
def describe_patterns(context: Context) -> Result:
    return _describe_set(context, PATTERNS, "RegexPatternSet")


@instead("wafv2:DeleteRegexPatternSet")
def delete_patterns(context: Context) -> Result:
    return _delete_set(context, PATTERNS)


@instead("wafv2:ListRegexPatternSets")
def list_patterns(context: Context) -> Result:
    return store.listing(context, PATTERNS, "RegexPatternSets")


@instead("wafv2:TagResource")
def tag(context: Context) -> Result:
    it = store.by_arn(context, context.params["ResourceARN"])
    it.tags = store.checked_tags(context, context.params.get("Tags") or [], it.tags)
    return {}


@instead("wafv2:UntagResource")
def untag(context: Context) -> Result:
    it = store.by_arn(context, context.params["ResourceARN"])
    gone = context.params.get("TagKeys") or []
    it.tags = {key: value for key, value in it.tags.items() if key not in gone}
    return {}


@instead("wafv2:ListTagsForResource")
def tags_of(context: Context) -> Result:
    arn = context.params["ResourceARN"]
    found = store.by_arn(context, arn).tags
    tags = [{"Key": key, "Value": value} for key, value in sorted(found.items())]
    return {"TagInfoForResource": {"ResourceARN": arn, "TagList": tags}}
