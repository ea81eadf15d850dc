//! Subscriptions: <https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html>.

use aws_sdk_sns::types::Subscription as SdkSubscription;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{tags, topic::Topic, topics};
use crate::{
    api::{During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Lifecycle, Look, New},
    fields,
    resource::{
        Facts, Live, Resource, Risk, Status,
        tags::{ID, Tags},
        value::{Address, In},
    },
};

/// What stands in place of an ARN while nobody has confirmed that they want to hear of a topic.
const PENDING: &str = "PendingConfirmation";
/// What stands in place of an ARN once somebody said that they do not.
const DELETED: &str = "Deleted";

/// Someone who hears what a topic is told. Whom it reaches by mail or HTTP has to confirm that; until then nothing is sent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Subscription {
    /// The topic.
    pub topic: In<String>,
    /// How they hear it: `email`, `https` or `sms`.
    pub protocol: String,
    /// Where they hear it: an address, a URL or a phone number.
    pub endpoint: String,
    /// Whether nobody has confirmed it yet: told of what there is, never of what is wanted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(skip)]
    pub pending: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The topic's ARN, the protocol and the endpoint: what is not confirmed has no other name.
    pub id: String,
    /// Its ARN, once it is confirmed.
    pub arn: Option<String>,
}

impl Subscription {
    /// What a topic's subscription is called in a stack.
    #[must_use]
    pub fn name(topic: &str, protocol: &str, endpoint: &str) -> String {
        format!("{protocol}/{endpoint}/{topic}")
    }

    /// Whether this is wanted of the topic at `address`, whose ARN is `arn`, and not looked for to see it gone.
    fn is_of(&self, address: &Address, arn: &str) -> bool {
        !self.pending
            && match &self.topic {
                In::Known(it) => it == arn,
                In::Out(it) => it.from == *address,
                In::Joined(_) => false,
            }
    }

    /// Letters of mail addresses may come back in another case.
    fn is_at(&self, protocol: &str, endpoint: &str) -> bool {
        let same = self.endpoint == endpoint || (protocol == "email" && self.endpoint.eq_ignore_ascii_case(endpoint));
        self.protocol == protocol && same
    }
}

impl Resource for Subscription {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Subscription: topic, protocol, endpoint),
        tagged: false,
        ..Facts::new::<Self>(
            "sns.subscription",
            "someone who hears what a topic is told",
            "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",
        )
    };

    fn risks(&self) -> Vec<Risk> {
        match self.protocol.as_str() {
            "sms" => Vec::new(),
            "email" => {
                vec![Risk::Defers(format!("{} gets a mail, and hears nothing until it is confirmed", self.endpoint))]
            }
            _ => vec![Risk::Defers(format!("{} is asked to confirm, and hears nothing until it does", self.endpoint))],
        }
    }
}

impl Lifecycle for Subscription {
    /// Leaves out what nobody confirmed and nobody wants: it cannot be deleted, goes by itself after some days, and goes
    /// with its topic.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let topics = topics(cx, &look.scope, &[]).await?;
        let found = try_join_all(topics.iter().map(|arn| async move {
            let (tags, found) = tokio::try_join!(tags(cx, arn), of_topic(cx, arn))?;
            let own = tags.and_then(|tags| Some((look.scope.address(&tags)?, tags)));
            let Some((address, tags)) = own.filter(|(at, _)| at.kind() == Topic::FACTS.kind) else {
                return Ok(Vec::new());
            };
            Ok(found.iter().filter_map(|it| live(it, arn, &address, &tags, &look.wants)).collect())
        }));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let Subscription { topic, protocol, endpoint, .. } = &new.want;
        let call = cx.sns.subscribe().topic_arn(topic.get()).protocol(protocol).endpoint(endpoint);
        call.return_subscription_arn(true).send().await.during("sns:Subscribe").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Some(arn) = &live.out.arn else { return Ok(()) };
        cx.sns.unsubscribe().subscription_arn(arn).send().await.during("sns:Unsubscribe").or_done()
    }
}

async fn of_topic(cx: &ReadCx, arn: &str) -> Result<Vec<SdkSubscription>> {
    let call = cx.sns.list_subscriptions_by_topic().topic_arn(arn);
    let found = call.into_paginator().items().send().collect::<std::result::Result<Vec<_>, _>>().await;
    Ok(found.during("sns:ListSubscriptionsByTopic").or_absent()?.unwrap_or_default())
}

/// `None` if it is a memory only, or if there is nothing that could be done about it.
fn live(
    found: &SdkSubscription,
    topic: &str,
    address: &Address,
    tags: &Tags,
    wants: &[Subscription],
) -> Option<Live<Subscription>> {
    let (protocol, endpoint) = (found.protocol()?, found.endpoint()?);
    let arn = found.subscription_arn().filter(|it| *it != PENDING);
    if arn == Some(DELETED) {
        return None;
    }
    let want = wants.iter().find(|it| it.is_of(address, topic) && it.is_at(protocol, endpoint));
    if arn.is_none() && want.is_none() {
        return None;
    }
    let endpoint = want.map_or(endpoint, |it| &it.endpoint);
    let own = Address::new(Subscription::FACTS.kind, &Subscription::name(address.name(), protocol, endpoint));
    let mut tags = tags.clone();
    tags.insert(ID.to_owned(), own.to_string());
    let out = Out { id: format!("{topic} {protocol} {endpoint}"), arn: arn.map(str::to_owned) };
    let (protocol, endpoint) = (protocol.to_owned(), endpoint.to_owned());
    let state = Subscription { topic: topic.into(), protocol, endpoint, pending: arn.is_none() };
    Some(Live { state, out, tags, status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::OutRef;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:shop-dev-ops";

    fn seen(arn: &str, wants: &[Subscription]) -> Option<(String, Option<String>)> {
        let found = SdkSubscription::builder().topic_arn(TOPIC).protocol("email").endpoint("Ops@example.com");
        let address = Address::new("sns.topic", "ops");
        let live = live(&found.subscription_arn(arn).build(), TOPIC, &address, &Tags::new(), wants)?;
        Some((live.tags.get(ID)?.clone(), live.out.arn))
    }

    fn want(topic: In<String>, endpoint: &str) -> Subscription {
        Subscription { topic, protocol: "email".into(), endpoint: endpoint.into(), pending: false }
    }

    #[test]
    fn what_nobody_confirmed_is_there_only_for_those_who_want_it() {
        let referred = In::Out(OutRef { from: Address::new("sns.topic", "ops"), out: "arn".into() });
        let wanted = Some(("sns.subscription/email/ops@example.com/ops".to_owned(), None));
        assert_eq!(seen(PENDING, &[]), None);
        assert_eq!(seen(PENDING, &[want(referred, "ops@example.com")]), wanted);
        assert_eq!(seen(PENDING, &[want(TOPIC.into(), "ops@example.com")]), wanted);
        let gone = Subscription { pending: true, ..want(TOPIC.into(), "ops@example.com") };
        assert_eq!(seen(PENDING, &[gone]), None);
        assert_eq!(seen(PENDING, &[want("arn:other".into(), "ops@example.com")]), None);
    }

    #[test]
    fn what_was_confirmed_is_there_until_somebody_takes_it_back() {
        let arn = format!("{TOPIC}:1");
        assert_eq!(seen(&arn, &[]), Some(("sns.subscription/email/Ops@example.com/ops".to_owned(), Some(arn))));
        assert_eq!(seen(DELETED, &[want(TOPIC.into(), "ops@example.com")]), None);
    }
}
