"""The switches: what can be asked of the sandbox, and the three presets."""

from __future__ import annotations

from typing import Any

Behaviours = dict[str, Any]

# Quick, but with the shape of the real thing. Durations are in seconds, rates
# between 0 and 1; 0, false or an empty list turn a behaviour off.
USER: Behaviours = {
    "seed": 1,                   # of what happens to the account by chance
    "latency_ms": 0,             # added to every call
    "vpc_delay": 0.3,            # VPC: pending -> available
    "nat_delay": 2.0,            # NAT gateway: pending -> available or failed
    "nat_delete_delay": 1.5,     # NAT gateway: deleting -> deleted
    "nat_fails": [],             # failure codes for the next NAT gateways, one each
    "instance_delay": 2.0,       # machine: pending -> running
    "instance_change_delay": 1.5,  # machine: stopping -> stopped
    "instance_delete_delay": 1.5,  # machine: shutting-down -> terminated
    "endpoint_delay": 1.5,       # interface endpoint: pending -> available
    "endpoint_delete_delay": 1.0,  # endpoint: deleting -> gone
    "cache_delay": 3.0,          # cache: creating -> available
    "cache_change_delay": 1.5,   # cache: modifying -> available
    "cache_delete_delay": 2.0,   # cache: deleting -> gone
    "cluster_delay": 0.3,        # ECS cluster: PROVISIONING -> ACTIVE
    "task_delay": 1.0,           # ECS task: until it runs or has failed
    "service_drain_delay": 1.0,  # ECS service: DRAINING -> INACTIVE
    "minute": 1.0,               # a minute of a deployment's bake times and of its hooks' timeouts
    "stage_delay": 0.5,          # deployment in stages: each stage, at least
    "run_delay": 2.0,            # ECS task that runs by itself: until it has ended
    "run_exits": [],             # the codes that the next of these end with, one each; then 0
    "run_says": [],              # what each of these says while it runs, line by line
    "log_delay": 0.0,            # until what is said can be found in logs
    "task_fails": False,         # tasks of ECS do not start
    "health_fails": False,       # tasks of ECS do not answer health checks of load balancers
    "task_status": {},           # with what releases answer: {"IMAGE" or "IMAGE PATH": status}
    "vendor_fails": {},          # with what others than AWS refuse: {HOST: status, or statuses for the next requests}
    "cloudflare_zones": {"example.com": "pro"},  # the zones of Cloudflare, by name: a plan, or {plan, status, paused}
    "cloudflare_denies": [],     # operations that the token of Cloudflare has no permission for: "PutEntryPoint"
    "cloudflare_analytics": {},  # what it counted: {"requests": {"hit 200": 620}, "events": {"block": 3}}; else made up
    "cloudflare_quota": 1200,    # how many requests Cloudflare takes in a window; 0: any number
    "cloudflare_window": 300.0,  # how long the window is, and for how long who goes beyond is refused all
    "upstash_delay": 1.5,        # Redis of Upstash: modifying_state -> none
    "tombstone": 60.0,           # how long deleted NAT gateways and machines stay visible
    "eni_linger": 1.0,           # interfaces outlive what they are of by this much
    "lb_delay": 2.0,             # load balancer: provisioning -> active
    "health_delay": 1.0,         # target: initial -> healthy, healthy <-> unhealthy
    "drain_delay": 1.0,          # target: draining -> gone, if its group allows that long
    "target_group_release": 0.5,  # until a target group counts as unused after its last rule
    "rds_delay": 4.0,            # database: creating -> available
    "rds_change_delay": 1.5,     # database: modifying, rebooting and the like -> available
    "rds_delete_delay": 2.0,     # database: deleting -> gone
    "rds_optimization": 3.0,     # database: storage-optimization -> available
    "rds_upgrade_fails": [],     # reasons why the next upgrades fail, one each
    "dns_delay": 1.0,            # change of DNS: PENDING -> INSYNC; nobody finds it before
    "dns_rate": 0,               # calls of Route 53 that are taken in a second; 0: any number
    "zone_conflicts": 0.0,       # rate: a change of a zone meets one that is not done yet
    "cert_record_delay": 0.5,    # certificate: until it says which record proves the domain
    "cert_delay": 1.0,           # certificate: until its records have been looked up, and it is ISSUED
    "cert_validation": True,     # certificates wait for their records
    "cert_fails": [],            # reasons why the next certificates fail, one each, such as CAA_ERROR
    "cert_known_delay": 0.3,     # until CloudFront knows an issued certificate
    "cert_release": 0.5,         # how long a certificate counts as in use after its last use
    "cdn_delay": 3.0,            # distribution: InProgress -> Deployed
    "aliases_taken": True,       # aliases of distributions are unique over all accounts
    "waf_delay": 0.5,            # until what is new in WAF can be used
    "waf_release": 0.5,          # how long a web ACL counts as in use after its last use
    "read_after_write": 0.2,     # how far reads lag behind writes
    "index_delay": 1.0,          # until the index of tags knows what is new
    "new_id_unknown": 0.0,       # rate: a write does not know a young id yet
    "bucket_conflicts": 0.0,     # rate: a change to a bucket meets another
    "bucket_name_delay": 0.0,    # until the name of a deleted bucket is free
    "iam_delay": 1.0,            # until other services can assume a new role
    "deletion_window": 3600.0,   # how long deleted secrets and keys can be brought back
    "name_busy": 1.0,            # how long a secret's name is taken after it is gone
    "dependencies": True,        # refuse deletes of things still in use
    "validation": True,          # refuse requests that AWS refuses and moto does not
    "tokens": True,              # client tokens make creates idempotent
    "quotas": True,              # the limits of a new account
    "page_size": 0,              # force paging with this many items
    "empty_pages": 0.0,          # rate: a listing starts with an empty page
}

# Everything on, with delays short enough for a test.
STRICT: Behaviours = {
    **USER,
    "vpc_delay": 0.1,
    "nat_delay": 0.4,
    "nat_delete_delay": 0.3,
    "instance_delay": 0.4,
    "instance_change_delay": 0.3,
    "instance_delete_delay": 0.3,
    "endpoint_delay": 0.3,
    "endpoint_delete_delay": 0.2,
    "cache_delay": 0.4,
    "cache_change_delay": 0.3,
    "cache_delete_delay": 0.3,
    "lb_delay": 0.4,
    "health_delay": 0.3,
    "service_drain_delay": 0.3,
    "drain_delay": 0.3,
    "target_group_release": 0.3,
    "cluster_delay": 0.2,
    "task_delay": 0.3,
    "minute": 0.1,
    "stage_delay": 0.1,
    "run_delay": 0.4,
    "cloudflare_window": 2.0,
    "upstash_delay": 0.3,
    "tombstone": 30.0,
    "eni_linger": 0.3,
    "rds_delay": 0.6,
    "rds_change_delay": 0.3,
    "rds_delete_delay": 0.3,
    "rds_optimization": 0.4,
    "dns_delay": 0.3,
    "zone_conflicts": 0.05,
    "cert_record_delay": 0.2,
    "cert_delay": 0.3,
    "cert_known_delay": 0.2,
    "cert_release": 0.3,
    "cdn_delay": 0.5,
    "waf_delay": 0.2,
    "waf_release": 0.3,
    "read_after_write": 0.2,
    "index_delay": 0.3,
    "new_id_unknown": 0.05,
    "bucket_conflicts": 0.05,
    "bucket_name_delay": 0.3,
    "iam_delay": 0.4,
    "name_busy": 0.5,
    "page_size": 2,
    "empty_pages": 0.25,
}

# moto as it comes: every behaviour at the zero of its type, but that a minute is never nothing and a zone is there.
PLAIN: Behaviours = {name: type(value)() for name, value in USER.items()} | {
    "seed": 1, "minute": 0.1, "cloudflare_zones": USER["cloudflare_zones"],
}

PRESETS: dict[str, Behaviours] = {"user": USER, "strict": STRICT, "plain": PLAIN}


def merge(base: Behaviours, changes: dict[str, Any]) -> Behaviours:
    """`base` with `changes` on top; a `preset` among them replaces the base."""
    changes = dict(changes)
    if "preset" in changes:
        preset = changes.pop("preset")
        if preset not in PRESETS:
            raise ValueError(f"there is no preset {preset!r}; there are {', '.join(PRESETS)}")
        base = PRESETS[preset]
    for name, value in changes.items():
        if name not in USER:
            raise ValueError(f"there is no behaviour {name!r}; there are {', '.join(USER)}")
        _check_type(name, value)
    return {**base, **changes}


def _check_type(name: str, value: Any) -> None:
    kind = type(USER[name])
    if kind is float:
        fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif kind is int:
        fits = isinstance(value, int) and not isinstance(value, bool)
    else:
        fits = isinstance(value, kind)
    if not fits:
        raise ValueError(f"behaviour {name!r} takes a {kind.__name__}, not {value!r}")
