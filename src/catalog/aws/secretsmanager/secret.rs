//! Secrets: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>.

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::{
    operation::{create_secret::builders::CreateSecretFluentBuilder, describe_secret::DescribeSecretOutput},
    types::{Filter, FilterNameStringType, SecretListEntry},
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use super::recipe::{Composed, FromUpstash};
use super::{
    recipe::{self, Made},
    tags, to_sdk,
};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{
        Facts, Live, Place, Resource, Risk, Status, Surroundings,
        tags::{ID, ON_DELETE, STACK, Scope, Tags},
        value::{Address, In},
    },
};

/// How long the service keeps what was deleted, in days, if nobody says otherwise.
const USUAL_RECOVERY: u32 = 30;
/// The key that encrypts what no other key does.
const DEFAULT_KEY: &str = "alias/aws/secretsmanager";

/// A value that only those may read who need it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Secret {
    /// Its name, such as `/infractl/shop/prod/stripe`.
    pub secret_name: String,
    /// What it is for; empty for nothing.
    pub description: String,
    /// The key that encrypts it, by its ARN; the account's own for Secrets Manager if there is none.
    pub kms_key: Option<In<String>>,
    /// Where its value comes from. Left out, people set it: it is neither compared nor sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<Value>,
    /// Whether it is scheduled for deletion, which can be taken back.
    pub pending_deletion: bool,
    /// For how many days it can be brought back once it is deleted: 7 to 30, or 0 for not at all.
    pub recovery_days: u32,
}

/// Where a value comes from that nobody writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Made once, at random: JSON with the one key `password`. A value that is there is left as it is.
    Generated {
        /// How many characters the password has.
        length: u32,
        /// Characters that it does not have.
        exclude: String,
    },
    /// Put together from another secret, and again whenever that or the text around it changes.
    Composed(Composed),
    /// Put together from the credentials of a database at Upstash, and again whenever those or the text around them change.
    Upstash(FromUpstash),
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN, whose end the service chooses.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The name of its current version; empty while it has no value.
    pub version: String,
}

impl Resource for Secret {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Secret: secret_name),
        unique_by: fields!(Secret: secret_name),
        kept_by: Some("pending_deletion"),
        revised: fields!(Out: version),
        holds_data: true,
        ..Facts::new::<Self>(
            "secretsmanager.secret",
            "a value that only those may read who need it",
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Json> {
        Map::from_iter([("name".to_owned(), self.secret_name.clone().into())])
    }

    /// What is made by hand before is there already.
    fn risks(&self) -> Vec<Risk> {
        let name = self.secret_name.rsplit('/').next().unwrap_or_default();
        let waits = format!("it has no value until `infractl secrets set {name}` sets it");
        if self.value.is_none() { vec![Risk::Defers(waits)] } else { Vec::new() }
    }

    fn note(live: &Live<Self>) -> Option<String> {
        let address = Address::parse(live.tags.get(ID)?)?;
        let lacks = live.out.version.is_empty() && live.state.value.is_none();
        lacks.then(|| format!("it has no value yet: `infractl secrets set {}` sets it", address.name()))
    }

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(if self.pending_deletion { 0.0 } else { prices::SECRET })
    }
}

impl Lifecycle for Secret {
    /// What is wanted is asked for by its name while the list is read, since a list lags by minutes
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html>).
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.secret_name.as_str(), it)).collect();
        let (listed, mut found) = tokio::try_join!(
            listed(cx, &look.scope),
            try_join_all(wanted.iter().map(|(name, want)| live(cx, name, Some(want)))),
        )?;
        let others = listed.iter().filter_map(SecretListEntry::name).filter(|it| !wanted.contains_key(*it));
        found.extend(try_join_all(others.map(|name| live(cx, name, None))).await?);
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let made = want.make(&cx.read, &new.token, "").await?;
        let note = made.as_ref().map_or("", |it| it.note.as_str());
        let mut call = want.creation(cx, &new.tags, recipe::describe(&want.description, note)?);
        if let Some(Made { text, version, .. }) = made {
            call = call.secret_string(text).client_request_token(version);
        }
        call.send().await.during("secretsmanager:CreateSecret").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let Out { arn, version, .. } = &live.out;
        if live.state.pending_deletion {
            cx.secrets.restore_secret().secret_id(arn).send().await.during("secretsmanager:RestoreSecret")?;
        }
        if changed.any(fields!(Secret: recovery_days)) {
            let set = Tags::from([(ON_DELETE.to_owned(), want.recovery_days.to_string())]);
            super::retag(cx, arn, &TagChanges { set, unset: Vec::new() }).await?;
        }
        if !changed.any(fields!(Secret: description, kms_key, value)) {
            return Ok(());
        }
        let mut call = cx.secrets.update_secret().secret_id(arn);
        if changed.any(fields!(Secret: kms_key)) {
            // Nothing stands for the default key.
            call = call.kms_key_id(want.kms_key.as_ref().map_or("", |it| it.get()));
        }
        // The recipe is in the description, and says after which version it was made: neither changes alone.
        let composed = matches!(want.value, Some(Value::Composed(_) | Value::Upstash(_)));
        let again = changed.any(fields!(Secret: value)) || composed && changed.any(fields!(Secret: description));
        let made = if again { want.make(&cx.read, &format!("{arn}\n{version}"), version).await? } else { None };
        if again || changed.any(fields!(Secret: description)) {
            let note = made.as_ref().map_or("", |it| it.note.as_str());
            call = call.description(recipe::describe(&want.description, note)?);
        }
        if let Some(Made { text, version, .. }) = made {
            call = call.secret_string(text).client_request_token(version);
        }
        call.send().await.during("secretsmanager:UpdateSecret").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.secrets.delete_secret().secret_id(&live.out.arn);
        let call = match live.state.recovery_days {
            0 => call.force_delete_without_recovery(true),
            days => call.recovery_window_in_days(days.into()),
        };
        call.send().await.during("secretsmanager:DeleteSecret").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

impl Secret {
    /// The call that makes it, without a value.
    pub(super) fn creation(&self, cx: &WriteCx, tags: &Tags, description: String) -> CreateSecretFluentBuilder {
        let mut tags = tags.clone();
        tags.insert(ON_DELETE.to_owned(), self.recovery_days.to_string());
        cx.secrets
            .create_secret()
            .name(&self.secret_name)
            .set_description(Some(description).filter(|it| !it.is_empty()))
            .set_kms_key_id(self.kms_key.as_ref().map(|it| it.get().clone()))
            .set_tags(Some(to_sdk(&tags)))
    }

    /// Its value, if it is not set by people. `token` is the same for every repetition; `after` is the version before.
    async fn make(&self, cx: &ReadCx, token: &str, after: &str) -> Result<Option<Made>> {
        Ok(match &self.value {
            None => None,
            Some(Value::Generated { length, exclude }) => Some(recipe::generate(cx, *length, exclude, token).await?),
            Some(it) => recipe::compose(cx, it, after).await?,
        })
    }
}

/// Those that look like the scope's. Filters are for beginnings of keys and of values, whichever tag they are of.
async fn listed(cx: &ReadCx, scope: &Scope) -> Result<Vec<SecretListEntry>> {
    let filter = |key, value: &str| Filter::builder().key(key).values(value).build();
    let call = cx
        .secrets
        .list_secrets()
        .filters(filter(FilterNameStringType::TagKey, STACK))
        .filters(filter(FilterNameStringType::TagValue, &scope.stack));
    let pages: Result<Vec<_>, _> = call.into_paginator().send().collect().await;
    let pages = pages.during("secretsmanager:ListSecrets")?;
    let mut found: Vec<_> = pages.into_iter().flat_map(|it| it.secret_list.unwrap_or_default()).collect();
    found.retain(|it| scope.address(&tags(it.tags())).is_some_and(|it| it.kind() == Secret::FACTS.kind));
    Ok(found)
}

/// `None` if there is no such secret.
async fn live(cx: &ReadCx, name: &str, want: Option<&Secret>) -> Result<Option<Live<Secret>>> {
    let call = cx.secrets.describe_secret().secret_id(name);
    let answer = call.send().await.during("secretsmanager:DescribeSecret").or_absent()?;
    answer.map(|it| describe(&it, want)).transpose()
}

fn describe(secret: &DescribeSecretOutput, want: Option<&Secret>) -> Result<Live<Secret>> {
    let lacks = |what| ApiError::incomplete("secretsmanager:DescribeSecret", what);
    let arn = secret.arn().ok_or_else(|| lacks("ARN"))?.to_owned();
    let name = secret.name().ok_or_else(|| lacks("name"))?.to_owned();
    let version = current(secret).unwrap_or_default();
    let (description, composed) = recipe::read(secret.description().unwrap_or_default(), version);
    let value = match want.and_then(|it| it.value.as_ref()) {
        // Whatever it holds by now, it was made once.
        Some(it @ Value::Generated { .. }) if !version.is_empty() => Some(it.clone()),
        _ => composed,
    };
    let key = secret.kms_key_id().filter(|it| !it.is_empty() && !it.ends_with(DEFAULT_KEY));
    let mut tags = tags(secret.tags());
    let kept = tags.remove(ON_DELETE).and_then(|it| it.parse().ok());
    let state = Secret {
        secret_name: name.clone(),
        description,
        kms_key: key.map(In::from),
        value,
        pending_deletion: secret.deleted_date().is_some(),
        recovery_days: kept.unwrap_or(USUAL_RECOVERY),
    };
    let out = Out { arn, name, version: version.to_owned() };
    Ok(Live { state, out, tags, status: Status::Ready })
}

/// The version that counts, if there is one.
pub(super) fn current(secret: &DescribeSecretOutput) -> Option<&str> {
    let mut versions = secret.version_ids_to_stages()?.iter();
    versions.find(|(_, stages)| stages.iter().any(|it| it == "AWSCURRENT")).map(|(id, _)| id.as_str())
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::types::Tag;
    use aws_smithy_types::DateTime;

    use super::*;
    use crate::{plan::diff::diff_settings, resource::to_tree};

    const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:/infractl/shop/prod/stripe-AbCdEf";

    fn secret(value: Option<Value>) -> Secret {
        Secret {
            secret_name: "/infractl/shop/prod/stripe".into(),
            description: String::new(),
            kms_key: None,
            value,
            pending_deletion: false,
            recovery_days: 30,
        }
    }

    /// As the service describes a secret whose current version is called `version`.
    fn described(version: Option<&str>) -> DescribeSecretOutput {
        let name = "/infractl/shop/prod/stripe";
        let mut it = DescribeSecretOutput::builder().arn(ARN).name(name);
        it = it.version_ids_to_stages("old", vec!["AWSPREVIOUS".into()]);
        if let Some(version) = version {
            it = it.version_ids_to_stages(version, vec!["AWSCURRENT".into(), "mine".into()]);
        }
        it.tags(Tag::builder().key(ON_DELETE).value("7").build()).build()
    }

    fn differs(want: &Secret, live: &DescribeSecretOutput) -> Vec<String> {
        let live = describe(live, Some(want)).unwrap().erase();
        let fields = diff_settings(&Secret::FACTS, &to_tree(want), &live.state);
        fields.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn the_current_version_and_the_tag_for_deletion_are_found() {
        let live = describe(&described(Some("v2")), None).unwrap();
        assert_eq!((live.out.version.as_str(), live.state.recovery_days), ("v2", 7));
        assert!(live.tags.is_empty() && live.state.value.is_none());
        assert_eq!(describe(&described(None), None).unwrap().out.version, "");
    }

    #[test]
    fn what_people_set_is_not_compared() {
        let want = Secret { recovery_days: 7, ..secret(None) };
        assert!(differs(&want, &described(Some("v2"))).is_empty() && differs(&want, &described(None)).is_empty());
    }

    #[test]
    fn what_was_generated_stays_and_what_was_not_is_made() {
        let value = Value::Generated { length: 32, exclude: "/@".into() };
        let want = Secret { recovery_days: 7, ..secret(Some(value)) };
        assert!(differs(&want, &described(Some("v2"))).is_empty());
        assert_eq!(differs(&want, &described(None)), ["value"]);
    }

    #[test]
    fn the_default_key_has_several_names() {
        for (key, same) in [("", true), (DEFAULT_KEY, true), ("arn:aws:kms:eu-central-1:123456789012:key/1", false)] {
            let mut live = described(None);
            live.kms_key_id = Some(key.into());
            assert_eq!(describe(&live, None).unwrap().state.kms_key.is_none(), same, "{key}");
        }
    }

    #[test]
    fn one_that_is_wanted_again_is_brought_back() {
        let mut live = described(None);
        live.deleted_date = Some(DateTime::from_secs(1));
        assert_eq!(differs(&Secret { recovery_days: 7, ..secret(None) }, &live), ["pending_deletion"]);
    }

    #[test]
    fn a_value_to_be_composed_can_wait_for_what_it_is_made_of() {
        let tree = serde_json::json!({
            "composed": {
                "template": {"$join": ["postgres://app:{password}@", {"$from": "rds.instance/main", "$out": "host"}]},
                "secret": {"$from": "secretsmanager.secret/databases.main", "$out": "arn"},
                "version": {"$from": "secretsmanager.secret/databases.main", "$out": "version"},
            },
        });
        let value: Value = serde_json::from_value(tree.clone()).unwrap();
        assert_eq!(to_tree(&value), tree);
    }
}
