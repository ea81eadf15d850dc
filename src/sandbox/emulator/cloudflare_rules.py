"""Rulesets: the one entry point that each phase of a zone has at most.

A PUT replaces the whole list of rules, and leaves it if it does not name it. A
rule that comes with the `ref` of an earlier one, or with its id, keeps its id;
without a `ref` it gets its id for one. With `?dry_run=true` all is checked and
nothing kept. What the service adds by itself is added.

https://developers.cloudflare.com/ruleset-engine/rulesets-api/
https://developers.cloudflare.com/api/resources/rulesets/
"""

from __future__ import annotations

import copy
from typing import Any

from . import cloudflare_actions as actions
from .cloudflare_limits import RULES, check_count, wrong
from .cloudflare_wire import Answer, Ask, Failure, route
from .cloudflare_world import World, Zone, new_id, now

Rule = dict[str, Any]
Ruleset = dict[str, Any]

_SAID = ("action", "action_parameters", "expression", "description", "enabled", "logging", "ratelimit", "ref",
         "exposed_credential_check", "score_threshold")
_SOURCES = {"http_ratelimit": "rate_limit", "http_request_firewall_custom": "firewall_custom",
            "http_request_firewall_managed": "firewall_managed"}
_MADE = "2024-01-31T12:00:00.000000Z"


@route("GET", "zones/{zone}/rulesets", "ListRulesets")
def list_rulesets(ask: Ask, zone: Zone) -> Any:
    return ask.cursor([_head(it) for it in (*_managed(), *zone.rulesets.values())])


@route("POST", "zones/{zone}/rulesets", "CreateRuleset")
def create(ask: Ask, zone: Zone) -> Any:
    said = ask.object()
    phase, kind = said.get("phase"), said.get("kind")
    if kind != "zone":
        raise wrong(kind, "kind", "only entry points of a zone can be made here", "/kind")
    _known(phase, "/phase")
    if phase in zone.rulesets:
        raise Failure(400, 20217, "'zone' is not a valid value for kind because exceeded maximum number of zone "
                                  f"rulesets for phase {phase}", pointer="/kind")
    return _put(ask, zone, phase, said)


@route("GET", "zones/{zone}/rulesets/phases/{phase}/entrypoint", "GetEntryPoint")
def get_entry_point(_: Ask, zone: Zone, phase: str) -> Any:
    if phase not in zone.rulesets:
        raise Failure(404, 10003, f"could not find entrypoint ruleset in the {phase} phase")
    return zone.rulesets[phase]


@route("GET", "zones/{zone}/rulesets/phases/{phase}/entrypoint/versions/{id}", "GetEntryPointVersion")
def get_version(_: Ask, zone: Zone, phase: str, number: str) -> Any:
    _known(phase, None)
    if (phase, number) not in zone.versions:
        raise Failure(404, 10003, f"could not find version {number} of the ruleset in the {phase} phase")
    return zone.versions[phase, number]


@route("PUT", "zones/{zone}/rulesets/phases/{phase}/entrypoint", "PutEntryPoint")
def put_entry_point(ask: Ask, zone: Zone, phase: str) -> Any:
    _known(phase, None)
    return _put(ask, zone, phase, ask.object())


@route("GET", "zones/{zone}/rulesets/{id}", "GetRuleset")
def get(_: Ask, zone: Zone, number: str) -> Any:
    for ruleset in (*zone.rulesets.values(), *_managed()):
        if ruleset["id"] == number:
            return ruleset
    raise _absent(number)


@route("PUT", "zones/{zone}/rulesets/{id}", "PutRuleset")
def put(ask: Ask, zone: Zone, number: str) -> Any:
    return _put(ask, zone, _phase(zone, number), ask.object())


@route("DELETE", "zones/{zone}/rulesets/{id}", "DeleteRuleset")
def delete(ask: Ask, zone: Zone, number: str) -> Answer:
    phase = _phase(zone, number)
    if not ask.dry_run:
        del zone.rulesets[phase]
    return Answer(204)


@route("POST", "zones/{zone}/rulesets/{id}/rules", "CreateRule")
def create_rule(ask: Ask, zone: Zone, number: str) -> Any:
    phase = _phase(zone, number)
    rules = [*zone.rulesets[phase]["rules"], _without(ask.object(), "position")]
    return _put(ask, zone, phase, {"rules": _placed(rules, len(rules) - 1, ask.object().get("position"))})


@route("PATCH", "zones/{zone}/rulesets/{id}/rules/{rule}", "UpdateRule")
def update_rule(ask: Ask, zone: Zone, number: str, rule: str) -> Any:
    phase, n = _find(zone, number, rule)
    rules = [*zone.rulesets[phase]["rules"]]
    rules[n] = {**rules[n], **_without(ask.object(), "position"), "id": rule}
    return _put(ask, zone, phase, {"rules": _placed(rules, n, ask.object().get("position"))})


@route("DELETE", "zones/{zone}/rulesets/{id}/rules/{rule}", "DeleteRule")
def delete_rule(ask: Ask, zone: Zone, number: str, rule: str) -> Any:
    phase, n = _find(zone, number, rule)
    rules = zone.rulesets[phase]["rules"]
    return _put(ask, zone, phase, {"rules": [*rules[:n], *rules[n + 1:]]})


@route("GET", "accounts/{account}/rulesets", "ListManagedRulesets")
def list_managed(ask: Ask, account: str) -> Any:
    _own(ask.world, account)
    return ask.cursor([_head(it) for it in _managed()])


def replace(zone: Zone, phase: str, said: dict[str, Any]) -> Ruleset:
    """Makes the entry point of a phase what is said, whether or not there was one."""
    _known(phase, None)
    ruleset = _settled(zone, phase, said)
    zone.rulesets[phase] = ruleset
    zone.versions[phase, ruleset["version"]] = copy.deepcopy(ruleset)
    return ruleset


def _put(ask: Ask, zone: Zone, phase: str, said: dict[str, Any]) -> Any:
    if ask.dry_run:
        _settled(zone, phase, said)
        return None
    return copy.deepcopy(replace(zone, phase, said))


def _settled(zone: Zone, phase: str, said: dict[str, Any]) -> Ruleset:
    earlier = zone.rulesets.get(phase, {})
    at = now()
    ruleset = {
        "id": earlier.get("id") or new_id(), "name": earlier.get("name") or said.get("name") or "default",
        "description": said.get("description", earlier.get("description", "")), "kind": "zone", "phase": phase,
        "version": str(int(earlier.get("version", 0)) + 1), "last_updated": at,
        **({"source": _SOURCES[phase]} if phase in _SOURCES else {}),
    }
    if "rules" not in said:
        return {**ruleset, "rules": earlier.get("rules", [])}
    rules = said["rules"]
    if not isinstance(rules, list):
        raise wrong(rules, "rules", "it is no list", "/rules")
    check_count(zone, phase, rules)
    known = {rule["id"]: rule for rule in earlier.get("rules", [])}
    by_ref = {rule["ref"]: rule for rule in known.values()}
    done: list[Rule] = []
    for n, rule in enumerate(rules):
        actions.check(zone, phase, rule, f"/rules/{n}")
        former = _former(rule, known, by_ref, f"/rules/{n}")
        settled = _dress(phase, rule, former, at)
        if any(other["ref"] == settled["ref"] for other in done):
            raise wrong(settled["ref"], "ref", "another rule of the ruleset has it", f"/rules/{n}/ref")
        if any(other["id"] == settled["id"] for other in done):
            raise wrong(settled["id"], "id", "another rule of the ruleset has it", f"/rules/{n}/id")
        done.append(settled)
    return {**ruleset, "rules": done}


def _former(rule: Rule, known: dict[str, Rule], by_ref: dict[str, Rule], at: str) -> Rule | None:
    """The rule that this one was before."""
    number = rule.get("id")
    if number is None:
        return by_ref.get(rule.get("ref", ""))
    if number not in known:
        raise wrong(number, "id", "the ruleset has no such rule", f"{at}/id")
    return known[number]


def _dress(phase: str, rule: Rule, former: Rule | None, at: str) -> Rule:
    """A rule with all that the service adds."""
    number = former["id"] if former else new_id()
    kept = {name: copy.deepcopy(rule[name]) for name in _SAID if rule.get(name) not in (None, {})}
    ref = former["ref"] if former else number
    kept = {"id": number, "ref": ref, "description": "", "enabled": True, **kept}
    parameters = kept.get("action_parameters", {})
    if kept["action"] == "execute":
        parameters["version"] = "latest"
    if kept["action"] in ("execute", "skip"):
        kept.setdefault("logging", {"enabled": True})
    if "from_value" in parameters:
        parameters["from_value"].setdefault("preserve_query_string", False)
        parameters["from_value"].setdefault("status_code", 302)
    if "ratelimit" in kept:
        kept["ratelimit"].setdefault("requests_to_origin", False)
        kept["ratelimit"].setdefault("mitigation_timeout", 0)
    before = {name: value for name, value in (former or {}).items() if name not in ("version", "last_updated")}
    if former and before == kept:
        return former
    return {**kept, "version": str(int(former["version"]) + 1 if former else 1), "last_updated": at}


def _placed(rules: list[Rule], n: int, position: Any) -> list[Rule]:
    """The rules with the n-th of them where it is wanted."""
    if not position:
        return rules
    moved, others = rules[n], [*rules[:n], *rules[n + 1:]]
    if "index" in position:
        to = position["index"] - 1
    else:
        how = "before" if "before" in position else "after"
        number = position[how]
        if not number:
            to = 0 if how == "before" else len(others)
        else:
            to = next((i for i, it in enumerate(others) if it.get("id") == number), -1)
            if to < 0:
                raise wrong(number, how, "the ruleset has no such rule", f"/position/{how}")
            to += how == "after"
    return [*others[:to], moved, *others[to:]]


def _find(zone: Zone, number: str, rule: str) -> tuple[str, int]:
    phase = _phase(zone, number)
    for n, one in enumerate(zone.rulesets[phase]["rules"]):
        if one["id"] == rule:
            return phase, n
    raise Failure(404, 10002, f"could not find rule '{rule}' in ruleset '{number}'")


def _phase(zone: Zone, number: str) -> str:
    for phase, ruleset in zone.rulesets.items():
        if ruleset["id"] == number:
            return phase
    raise _absent(number)


def _absent(number: str) -> Failure:
    return Failure(404, 10001, f"could not find ruleset '{number}'")


def _known(phase: Any, pointer: str | None) -> None:
    if phase not in RULES or phase not in actions.ACTIONS:
        raise Failure(400, 20127, f"'{phase}' is not a valid value for phase because it is unknown", pointer=pointer)


def _own(world: World, account: str) -> None:
    if account != world.id:
        raise Failure(403, 9109, "Unauthorized to access requested resource")


def _head(ruleset: Ruleset) -> Ruleset:
    return _without(ruleset, "rules")


def _without(said: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != name}


def _managed() -> list[Ruleset]:
    return [
        {"id": number, "name": name, "description": "", "kind": "managed", "phase": phase, "version": "1",
         "last_updated": _MADE, "source": "managed", "rules": []}
        for number, (name, phase, _) in actions.MANAGED.items()
    ]
