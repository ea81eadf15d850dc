"""Topics, and those who subscribe to them.

Whom a topic reaches by mail or HTTP is asked first, and until they confirm,
their subscription has no ARN and cannot be ended. In the sandbox the token
that confirms is the endpoint itself, and what is published is kept, not sent.
https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from .consistency import Item, Items
from .hooks import Context, Result, after, before, instead, snapshots
from .policies import parsed, retold
from .wire import AwsError

_TOPICS, _SUBSCRIPTIONS = "topics", "subscriptions"
_PENDING = "PendingConfirmation"
_ASKED = ("email", "email-json", "http", "https")  # who has to confirm
_STARTS = {"http": "http://", "https": "https://"}
_PHONE = re.compile(r"\+?[1-9]\d{6,14}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _read_topics(context: Context) -> Items:
    """Every topic's attributes and tags, by ARN."""
    return {
        arn: {
            "Attributes": {
                **context.moto("GetTopicAttributes", {"TopicArn": arn})["Attributes"], "Policy": retold(topic.policy),
            },
            "Tags": dict(topic._tags),
        }
        for arn, topic in sorted(context.backend().topics.items())
    }


def _read_subscriptions(context: Context) -> Items:
    """Every subscription, as listings show it."""
    return {
        arn: {
            "SubscriptionArn": arn if one.confirmed else _PENDING, "Owner": one.owner, "Protocol": one.protocol,
            "Endpoint": one.endpoint, "TopicArn": one.topic_arn,
        }
        for arn, one in sorted(context.backend().subscriptions.items())
    }


@snapshots("sns")
def _touched(context: Context) -> dict[str, Callable[[], Items]]:
    return {_TOPICS: lambda: _read_topics(context), _SUBSCRIPTIONS: lambda: _read_subscriptions(context)}


def _topics(context: Context) -> Items:
    return context.visible(_TOPICS, lambda: _read_topics(context))


def _topic(context: Context) -> Item:
    found = _topics(context).get(context.params["TopicArn"])
    if found is None:
        raise AwsError("NotFound", "Topic does not exist")
    return found


@before("sns:CreateTopic", when="validation")
def check_topic(context: Context) -> None:
    """Creating what is there gives what is there, if it is the same."""
    params = context.params
    attributes = params.get("Attributes") or {}
    for name, value in attributes.items():
        _check_attribute(name, value)
    arn = f"arn:aws:sns:{context.call.region}:{context.call.account}:{params.get('Name')}"
    topic = context.backend().topics.get(arn)
    if topic is None:
        return
    now = _read_topics(context)[arn]["Attributes"]
    if any(_known(name, value) != _known(name, now.get(name, "")) for name, value in attributes.items()):
        raise _invalid("Attributes Reason: Topic already exists with different attributes")
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or []}
    if tags and tags != topic._tags:
        raise _invalid("Tags Reason: Topic already exists with different tags")


@before("sns:SetTopicAttributes", when="validation")
def check_change(context: Context) -> None:
    if context.params["TopicArn"] not in context.backend().topics:
        raise AwsError("NotFound", "Topic does not exist")
    _check_attribute(context.params["AttributeName"], context.params.get("AttributeValue") or "")


def _known(name: str, value: str) -> Any:
    return json.loads(retold(value)) if name == "Policy" and value else value


def _check_attribute(name: str, value: str) -> None:
    if name == "DisplayName" and len(value) > 100:
        raise _invalid("DisplayName Reason: must be at most 100 characters long")
    if name == "Policy" and value and parsed(value) is None:
        raise _invalid("Policy Error: null")


@instead("sns:ListTopics")
def list_topics(context: Context) -> Result:
    return {"Topics": [{"TopicArn": arn} for arn in sorted(_topics(context))]}


@instead("sns:GetTopicAttributes")
def topic_attributes(context: Context) -> Result:
    return {"Attributes": _topic(context)["Attributes"]}


@instead("sns:ListTagsForResource")
def list_tags(context: Context) -> Result:
    found = _topics(context).get(context.params["ResourceArn"])
    if found is None:
        raise AwsError("ResourceNotFound", "Resource does not exist")
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(found["Tags"].items())]}


@before("sns:Subscribe", when="validation")
def check_endpoint(context: Context) -> None:
    params = context.params
    protocol, endpoint = params.get("Protocol") or "", params.get("Endpoint") or ""
    if params["TopicArn"] not in context.backend().topics:
        raise AwsError("NotFound", "Topic does not exist")
    if protocol in ("email", "email-json") and not _MAIL.fullmatch(endpoint):
        raise _invalid("Email address")
    if protocol == "sms" and not _PHONE.fullmatch(re.sub(r"[ ./-]", "", endpoint)):
        raise _invalid(f"Invalid SMS endpoint: {endpoint}")
    if not endpoint.startswith(_STARTS.get(protocol, "")):
        raise _invalid("Endpoint must match the specified protocol")


@after("sns:Subscribe")
def ask(context: Context, result: Result) -> Result | None:
    subscription = context.backend().subscriptions[result["SubscriptionArn"]]
    if subscription.protocol not in _ASKED:
        subscription.confirmed = True
    if subscription.confirmed or context.params.get("ReturnSubscriptionArn"):
        return None
    return {"SubscriptionArn": "pending confirmation"}


@instead("sns:ConfirmSubscription")
def confirm(context: Context) -> Result:
    for arn, one in context.backend().subscriptions.items():
        if (one.topic_arn, one.endpoint) == (context.params["TopicArn"], context.params["Token"]):
            one.confirmed = True
            return {"SubscriptionArn": arn}
    raise _invalid("Token")


@instead("sns:ListSubscriptions")
def list_subscriptions(context: Context) -> Result:
    found = context.visible(_SUBSCRIPTIONS, lambda: _read_subscriptions(context))
    return {"Subscriptions": [dict(one) for _, one in sorted(found.items())]}


@instead("sns:ListSubscriptionsByTopic")
def list_by_topic(context: Context) -> Result:
    _topic(context)
    every = list_subscriptions(context)["Subscriptions"]
    return {"Subscriptions": [one for one in every if one["TopicArn"] == context.params["TopicArn"]]}


@instead("sns:Publish")
def publish(context: Context) -> Result:
    """Keeps what was said: nothing leaves the machine, whoever subscribes."""
    params = context.params
    topic, subject, message = params.get("TopicArn"), params.get("Subject"), params.get("Message") or ""
    if topic not in context.backend().topics:
        raise AwsError("NotFound", "Topic does not exist")
    if not message:
        raise _invalid("Empty message")
    if subject is not None and not re.fullmatch(r"[!-~][ -~]{0,99}", subject):
        raise _invalid("Subject")
    said = {"topic": topic, "subject": subject, "message": message}
    context.account.messages.append(said)
    return {"MessageId": str(uuid.UUID(int=context.account.random.getrandbits(128)))}


@before("sns:Unsubscribe", when="validation")
def check_confirmed(context: Context) -> None:
    arn = context.params["SubscriptionArn"]
    if len(arn.split(":")) < 6:
        raise _invalid(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {len(arn.split(':'))}")
    found = context.backend().subscriptions.get(arn)
    if found and not found.confirmed:
        raise _invalid("Cannot unsubscribe a subscription that is pending confirmation")


def _invalid(why: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {why}")
