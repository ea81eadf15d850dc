"""What the roles of ECS and of its tasks may do, as far as tasks and deployments need it."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from . import bridge
from .hooks import Context


def role(context: Context, arn: str) -> Any:
    """moto's role, if there is one."""
    roles = bridge.iam(context.call.account).get_roles()
    return next((one for one in roles if one.arn == arn), None)


def trusts(found: Any, service: str) -> bool:
    """Whether a service can assume moto's role."""
    return any(
        statement.get("Effect") == "Allow" and "sts:AssumeRole" in _list(statement.get("Action"))
        and service in _list((statement.get("Principal") or {}).get("Service"))
        for statement in _statements(found.assume_role_policy_document)
    )


def may(context: Context, arn: str, action: str, resource: str) -> bool:
    """Whether a statement of a role's policies allows it. Conditions and denials do not count."""
    found = role(context, arn)
    if found is None:
        return False
    attached = [
        version.document for one in found.managed_policies.values() for version in one.versions
        if version.version_id == one.default_version_id
    ]
    return any(
        statement.get("Effect") == "Allow"
        and any(fnmatchcase(action.lower(), one.lower()) for one in _list(statement.get("Action")))
        and any(fnmatchcase(resource, one) for one in _list(statement.get("Resource")))
        for document in (*found.policies.values(), *attached) for statement in _statements(document)
    )


def _statements(document: Any) -> list[dict[str, Any]]:
    parsed = json.loads(document) if isinstance(document, str) else document
    found = parsed.get("Statement") or []
    return found if isinstance(found, list) else [found]


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
