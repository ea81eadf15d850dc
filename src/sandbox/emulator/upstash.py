"""A double of the developer API of Upstash: its Redis databases.

    /v2/redis/...        HTTP Basic, any e-mail and any key but one with "wrong" in it

Names need not be unique. Regions and plans take their time (`upstash_delay`):
until `modifying_state` is empty, neither can be changed again. Errors are plain
sentences.

https://upstash.com/docs/devops/developer-api/introduction
https://upstash.com/docs/devops/developer-api/redis/create_database_global
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from .account import Account
from .wire import Reply

PREFIX = "/v2/"
_AWS = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-2",
        "sa-east-1", "ap-south-1", "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "af-south-1")
_REGIONS = {"aws": _AWS, "gcp": ("us-central1", "us-east4", "europe-west1", "asia-northeast1")}
_READ_REGIONS = tuple(it for it in _AWS if it != "af-south-1")
# How many MiB each plan has room for; of those with a fixed price, that is all that tells one from another.
_PLANS = {"free": 256, "payg": 100 << 10, "fixed_250mb": 250, "fixed_1gb": 1 << 10, "fixed_5gb": 5 << 10,
          "fixed_10gb": 10 << 10, "fixed_50gb": 50 << 10, "fixed_100gb": 100 << 10, "fixed_500gb": 500 << 10}
_CREDENTIALS = ("password", "rest_token", "read_only_rest_token")

Database = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def operation(method: str, path: str, _: Any) -> tuple[str, bool]:
    """What a request is called, and whether it changes anything."""
    found = _find(method, path)
    return (found[0], method != "GET") if found else ("Unknown", False)


def answer(account: Account, call: Any, request: Any, fault: str | None) -> Reply:
    try:
        if fault == "throttle":
            raise Refused(429, "Too Many Requests")
        if fault == "server_error":
            raise Refused(503, "Service Unavailable")
        account.schedule.run_due()
        _authenticate(request)
        if fault == "access_denied":
            raise Refused(403, "Forbidden")
        found = _find(call.method, call.path)
        if found is None:
            raise Refused(404, "Not Found")
        _, work, names = found
        result = work(account, _body(request), request.args, *names)
        return Reply(200, {"Content-Type": "application/json"}, json.dumps(result).encode())
    except Refused as error:
        return Reply(error.status, {"Content-Type": "text/plain; charset=utf-8"}, str(error).encode())
    except Exception as error:  # a flaw in the sandbox; say so rather than be retried
        traceback.print_exc()
        message = f"{call.name} failed inside the sandbox: {type(error).__name__}: {error}"
        return Reply(400, {"Content-Type": "text/plain; charset=utf-8"}, message.encode())


def databases(account: Account) -> dict[str, Database]:
    found: dict[str, Database] = account.stores.setdefault(("", "upstash"), {})
    return found


def _authenticate(request: Any) -> None:
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    try:
        email, colon, key = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(401, "Unauthorized") from None
    if kind != "Basic" or not (email and colon and key) or "wrong" in key:
        raise Refused(401, "Unauthorized")


def _body(request: Any) -> dict[str, Any]:
    data = request.get_data()
    try:
        body = json.loads(data) if data else {}
    except ValueError:
        raise Refused(400, "invalid request body") from None
    if not isinstance(body, dict):
        raise Refused(400, "invalid request body")
    return body


def _list(account: Account, _body: Any, _query: Any) -> Any:
    return [_hidden(it) for it in databases(account).values()]


def _get(account: Account, _body: Any, query: Any, number: str) -> Any:
    database = _database(account, number)
    return _hidden(database) if query.get("credentials") == "hide" else database


def _create(account: Account, said: dict[str, Any], _query: Any) -> Any:
    name, platform, primary = said.get("database_name"), said.get("platform"), said.get("primary_region")
    if not isinstance(name, str) or not name:
        raise Refused(400, "database_name is required")
    if platform not in _REGIONS:
        raise Refused(400, f"invalid platform: {platform}")
    if primary not in _REGIONS[platform]:
        raise Refused(400, f"invalid primary_region: {primary}")
    plan = _plan(said.get("plan", "payg"))
    reads = _read_regions(platform, primary, said.get("read_regions") or [])
    if said.get("tls") is False:
        raise Refused(400, "tls can not be disabled")
    number, slug = str(uuid.uuid4()), f"{_slug(name)}-{uuid.uuid4().int % 100_000:05}"
    database: Database = {
        "database_id": number, "database_name": name, "endpoint": slug, "port": 6379, "state": "active",
        "modifying_state": "", **_sort(plan), "budget": _budget(said.get("budget", 20)),
        "eviction": said.get("eviction", False), "auto_upgrade": False, "tls": True, "region": "global",
        "primary_region": primary, "read_regions": reads, "primary_members": [primary],
        "all_members": [primary, *reads], "creation_time": int(time.time()), "customer_id": f"{account.number}@sandbox",
        "db_max_clients": 10_000, "db_max_request_size": 10_485_760,
        "db_max_entry_size": 104_857_600, "db_memory_threshold": 3_221_225_472, "db_max_commands_per_second": 10_000,
        **_secrets(),
    }
    databases(account)[number] = database
    return database


def _delete(account: Account, _body: Any, _query: Any, number: str) -> Any:
    _database(account, number)
    del databases(account)[number]
    return "OK"


def _rename(account: Account, said: dict[str, Any], _query: Any, number: str) -> Any:
    if not isinstance(said.get("name"), str) or not said["name"]:
        raise Refused(400, "name is required")
    _database(account, number)["database_name"] = said["name"]
    return "OK"


def _reset_password(account: Account, _body: Any, _query: Any, number: str) -> Any:
    database = _database(account, number)
    database |= _secrets()
    return database


def _turn(name: str, value: bool) -> Callable[..., Any]:
    def work(account: Account, _body: Any, _query: Any, number: str) -> Any:
        database = _database(account, number)
        if name == "auto_upgrade" and database[name] == value:
            raise Refused(400, f"auto upgrade is already {'enabled' if value else 'disabled'}")
        database[name] = value
        return "OK"

    return work


def _change_plan(account: Account, said: dict[str, Any], _query: Any, number: str) -> Any:
    database = _steady(account, number)
    plan = _plan(said.get("plan_name"))
    if "auto_upgrade" in said:
        database["auto_upgrade"] = bool(said["auto_upgrade"])
    _modify(account, database, "changing_plan", _sort(plan))
    return "OK"


def _update_budget(account: Account, said: dict[str, Any], _query: Any, number: str) -> Any:
    _database(account, number)["budget"] = _budget(said.get("budget"))
    return "OK"


def _update_regions(account: Account, said: dict[str, Any], _query: Any, number: str) -> Any:
    database = _steady(account, number)
    platform = "aws" if database["primary_region"] in _AWS else "gcp"
    reads = _read_regions(platform, database["primary_region"], said.get("read_regions"))
    _modify(account, database, "updating_regions", {
        "read_regions": reads, "all_members": [database["primary_region"], *reads],
    })
    return "OK"


def _modify(account: Account, database: Database, state: str, changes: dict[str, Any]) -> None:
    """What is asked for shows at once, and is done only a while later."""
    database |= {**changes, "modifying_state": state}
    account.schedule.later(account.behaviours["upstash_delay"], lambda: database.update(modifying_state=""))


def _database(account: Account, number: str) -> Database:
    if number not in databases(account):
        raise Refused(404, "database not found")
    return databases(account)[number]


def _steady(account: Account, number: str) -> Database:
    database = _database(account, number)
    if database["modifying_state"]:
        raise Refused(400, f"database is being modified: {database['modifying_state']}")
    return database


def _plan(plan: Any) -> str:
    if plan not in _PLANS:
        raise Refused(400, f"invalid plan: {plan}")
    return str(plan)


def _sort(plan: str) -> dict[str, Any]:
    """What is told of a plan."""
    return {"type": "paid" if plan.startswith("fixed_") else plan, "db_disk_threshold": _PLANS[plan] << 20}


def _budget(budget: Any) -> int:
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 0:
        raise Refused(400, "invalid budget")
    return budget


def _read_regions(platform: str, primary: str, regions: Any) -> list[str]:
    allowed = _READ_REGIONS if platform == "aws" else ()
    if not isinstance(regions, list) or len({*map(str, regions)}) != len(regions):
        raise Refused(400, "invalid read_regions")
    for region in regions:
        if region not in allowed or region == primary:
            raise Refused(400, f"invalid read region: {region}")
    return [*regions]


def _secrets() -> dict[str, str]:
    password, token, read_only = (uuid.uuid4().hex for _ in range(3))
    return {"password": password, "rest_token": f"A{token}", "read_only_rest_token": f"Ro{read_only}"}


def _hidden(database: Database) -> Database:
    return {name: value for name, value in database.items() if name not in _CREDENTIALS}


def _slug(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:20] or "db"


_ROUTES: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    ("GET", "redis/databases", "ListDatabases", _list),
    ("GET", "redis/database/{id}", "GetDatabase", _get),
    ("POST", "redis/database", "CreateDatabase", _create),
    ("DELETE", "redis/database/{id}", "DeleteDatabase", _delete),
    ("POST", "redis/rename/{id}", "RenameDatabase", _rename),
    ("POST", "redis/reset-password/{id}", "ResetPassword", _reset_password),
    ("POST", "redis/enable-tls/{id}", "EnableTls", _turn("tls", True)),
    ("POST", "redis/enable-eviction/{id}", "EnableEviction", _turn("eviction", True)),
    ("POST", "redis/disable-eviction/{id}", "DisableEviction", _turn("eviction", False)),
    ("POST", "redis/enable-autoupgrade/{id}", "EnableAutoupgrade", _turn("auto_upgrade", True)),
    ("POST", "redis/disable-autoupgrade/{id}", "DisableAutoupgrade", _turn("auto_upgrade", False)),
    ("POST", "redis/{id}/change-plan", "ChangePlan", _change_plan),
    ("PATCH", "redis/update-budget/{id}", "UpdateBudget", _update_budget),
    ("POST", "redis/update-regions/{id}", "UpdateRegions", _update_regions),
)
_PATTERNS = tuple(
    (method, re.compile(path.replace("{id}", "([^/]+)")), name, work) for method, path, name, work in _ROUTES
)


def _find(method: str, path: str) -> tuple[str, Callable[..., Any], tuple[str, ...]] | None:
    for one, pattern, name, work in _PATTERNS:
        found = pattern.fullmatch(path.removeprefix(PREFIX)) if one == method else None
        if found:
            return name, work, found.groups()
    return None
