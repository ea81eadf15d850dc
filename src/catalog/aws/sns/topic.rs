//! Topics: <https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html>.

use std::collections::HashMap;

use aws_sdk_sns::types::Tag;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{name, tags, topics};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, tags::Tags, text::policy::PolicyDocument, value::In},
};

const DISPLAY_NAME: &str = "DisplayName";
const POLICY: &str = "Policy";
const KEY: &str = "KmsMasterKeyId";

/// What is told to it, its subscribers hear.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Topic {
    /// Its name, of which a region has one; up to 256 letters, digits, `-` and `_`.
    pub topic_name: String,
    /// Who mails come from; up to 100 characters.
    pub display_name: String,
    /// Who may tell it something, and who may change it.
    pub policy: PolicyDocument,
    /// The key that what it keeps is encrypted with, as id, ARN or alias. Those who tell it something have to be allowed
    /// to use the key, as no one but SNS is with `alias/aws/sns`. None: it is not encrypted.
    pub kms_key: Option<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
}

impl Resource for Topic {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Topic: topic_name),
        unique_by: fields!(Topic: topic_name),
        ..Facts::new::<Self>(
            "sns.topic",
            "what is told to it, its subscribers hear",
            "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        Map::from_iter([("arn".to_owned(), arn(place, &self.topic_name).into())])
    }
}

/// The ARN of the topic called `name`, which its own policy has to name.
#[must_use]
pub fn arn(Place { account, region, partition }: &Place, name: &str) -> String {
    format!("arn:{partition}:sns:{region}:{account}:{name}")
}

/// Tells a topic something. The subject is that of mails.
///
/// # Errors
///
/// What SNS refused.
pub async fn publish(cx: &WriteCx, arn: &str, subject: &str, message: &str) -> Result<()> {
    let call = cx.sns.publish().topic_arn(arn).subject(subject).message(message);
    call.send().await.during("sns:Publish").map(drop)
}

impl Lifecycle for Topic {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: Vec<_> = look.wants.iter().map(|it| it.topic_name.as_str()).collect();
        let found = topics(cx, &look.scope, &wanted).await?;
        let found = try_join_all(found.into_iter().map(|arn| async move {
            let (attributes, tags) = tokio::try_join!(attributes(cx, &arn), tags(cx, &arn))?;
            attributes.zip(tags).map(|(attributes, tags)| live(&arn, &attributes, tags)).transpose()
        }));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "sns:CreateTopic";
        let New { want, tags, .. } = new;
        let call = cx.sns.create_topic().name(&want.topic_name).set_tags(Some(to_sdk(CALL, tags)?));
        let call = call.attributes(DISPLAY_NAME, &want.display_name).attributes(POLICY, want.policy.to_text());
        let call = want.kms_key.iter().fold(call, |call, it| call.attributes(KEY, it.get()));
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let key = want.kms_key.as_ref().map(|it| it.get().clone());
        let attributes = [
            (fields!(Topic: display_name), DISPLAY_NAME, want.display_name.clone()),
            (fields!(Topic: policy), POLICY, want.policy.to_text()),
            (fields!(Topic: kms_key), KEY, key.unwrap_or_default()),
        ];
        for (_, name, value) in attributes.into_iter().filter(|(fields, ..)| changed.any(*fields)) {
            let call =
                cx.sns.set_topic_attributes().topic_arn(&live.out.arn).attribute_name(name).attribute_value(value);
            call.send().await.during("sns:SetTopicAttributes")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.sns.delete_topic().topic_arn(&live.out.arn).send().await.during("sns:DeleteTopic").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        const CALL: &str = "sns:TagResource";
        let arn = &live.out.arn;
        if !tags.set.is_empty() {
            let call = cx.sns.tag_resource().resource_arn(arn).set_tags(Some(to_sdk(CALL, &tags.set)?));
            call.send().await.during(CALL)?;
        }
        if !tags.unset.is_empty() {
            let call = cx.sns.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
            call.send().await.during("sns:UntagResource")?;
        }
        Ok(())
    }
}

fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<std::result::Result<_, _>>().map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))
}

/// `None` if it went while we looked.
async fn attributes(cx: &ReadCx, arn: &str) -> Result<Option<HashMap<String, String>>> {
    let answer = cx.sns.get_topic_attributes().topic_arn(arn).send().await;
    let answer = answer.during("sns:GetTopicAttributes").or_absent()?;
    Ok(answer.map(|it| it.attributes.unwrap_or_default()))
}

fn live(arn: &str, attributes: &HashMap<String, String>, tags: Tags) -> Result<Live<Topic>> {
    let lacks = |what| ApiError::incomplete("sns:GetTopicAttributes", what);
    let policy = attributes.get(POLICY).ok_or_else(|| lacks("policy"))?;
    let state = Topic {
        topic_name: name(arn).to_owned(),
        display_name: attributes.get(DISPLAY_NAME).cloned().unwrap_or_default(),
        policy: PolicyDocument::from_text(policy).map_err(|_| lacks("readable policy"))?,
        kms_key: attributes.get(KEY).filter(|it| !it.is_empty()).map(|it| it.as_str().into()),
    };
    Ok(Live { state, out: Out { arn: arn.to_owned() }, tags, status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sns:eu-central-1:123456789012:shop-dev-ops";

    /// As the service answers: all values are text, and most of them have nothing to do with us.
    #[test]
    fn attributes_are_texts() {
        let policy = r#"{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes"],"Resource":"arn:aws:sns:eu-central-1:123456789012:shop-dev-ops","Condition":{"StringEquals":{"AWS:SourceOwner":"123456789012"}}}]}"#;
        let answer =
            [("Policy", policy), ("Owner", "123456789012"), ("SubscriptionsPending", "0"), ("DisplayName", "")];
        let attributes = answer.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let Live { state, .. } = live(ARN, &attributes, Tags::new()).unwrap();
        assert_eq!((state.topic_name.as_str(), state.display_name.as_str()), ("shop-dev-ops", ""));
        assert_eq!((state.kms_key, state.policy), (None, PolicyDocument::from_text(policy).unwrap()));
        assert!(live(ARN, &HashMap::new(), Tags::new()).is_err());
    }

    #[test]
    fn the_arn_is_foretold() {
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        assert_eq!(arn(&place, "shop-dev-ops"), ARN);
        assert_eq!(name(ARN), "shop-dev-ops");
    }
}
