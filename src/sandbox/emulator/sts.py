"""Who the caller is: a user of the account that the access key id names."""

from __future__ import annotations

from .hooks import Context, Result, after

USER = "sandbox"


@after("sts:GetCallerIdentity")
def caller(context: Context, result: Result) -> Result | None:
    """moto calls a caller with a key it has not made "user/moto" of STS, which no ARN of AWS looks like."""
    if ":assumed-role/" in result.get("Arn", ""):
        return None
    account = context.call.account
    return {
        "UserId": "AIDASANDBOX0SANDBOX00",
        "Account": account,
        "Arn": f"arn:aws:iam::{account}:user/{USER}",
    }
