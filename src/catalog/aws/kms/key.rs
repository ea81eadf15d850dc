//! Keys, each with an alias: <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::{KeyMetadata, KeyState, Tag};
use aws_smithy_types::DateTime;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, retry::Class},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{
        Facts, Live, Place, Resource, Status, Surroundings, Waits,
        tags::{ON_DELETE, Tags},
        text::policy::PolicyDocument,
    },
};

/// The tag that holds the alias which the key is to have: it is made after the key, and may be lost.
const ALIAS: &str = "infractl:alias";
/// How the aliases of keys begin that are AWS's own.
const OF_AWS: &str = "alias/aws/";
/// How long the service keeps what was deleted, in days, if nobody says otherwise.
const USUAL_WINDOW: u32 = 30;

/// A key that encrypts what others keep.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "settings that have nothing to do with each other")]
pub struct Key {
    /// Its alias, such as `alias/shop-prod-main`, of which a region has one.
    pub alias: String,
    /// Whether the alias leads to it.
    pub aliased: bool,
    /// What it is for; empty for nothing.
    pub description: String,
    /// Who may use it.
    pub policy: PolicyDocument,
    /// Whether it is exchanged every year; what was encrypted before can still be read.
    pub rotation: bool,
    /// Whether it can be used.
    pub enabled: bool,
    /// Whether it is scheduled for deletion, which can be taken back.
    pub pending_deletion: bool,
    /// For how many days its deletion can be taken back: 7 to 30.
    pub window_days: u32,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `1234abcd-12ab-34cd-56ef-1234567890ab`.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its alias.
    pub alias: String,
}

impl Resource for Key {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Key: alias),
        unique_by: fields!(Key: alias),
        kept_by: Some("pending_deletion"),
        repeatable: false,
        holds_data: true,
        interrupts: Some("what it encrypted can no longer be read"),
        waits: Waits::minutes(10, 10, 10),
        ..Facts::new::<Self>(
            "kms.key",
            "a key that encrypts what others keep",
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Value> {
        Map::from_iter([("alias".to_owned(), self.alias.clone().into())])
    }

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(if self.pending_deletion { 0.0 } else { prices::KEY })
    }
}

impl Lifecycle for Key {
    /// Keys have no name and no filter. The scope's are those that one of its aliases leads to, and those with its tags: of
    /// all keys if the alias of one that is wanted leads nowhere, else of those that no alias leads to.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.alias.as_str()).collect();
        let (aliases, keys) = tokio::try_join!(aliases(cx), keys(cx))?;
        let prefix = format!("alias/{}-", look.scope.prefix());
        let named = aliases.iter().filter(|(it, _)| it.starts_with(&prefix) || wanted.contains(it.as_str()));
        let led_to: BTreeSet<_> = named.map(|(_, id)| id.as_str()).collect();
        let lost = wanted.iter().any(|it| !aliases.contains_key(*it));
        let leading = aliases.iter().filter(|(it, _)| !lost || it.starts_with(OF_AWS)).map(|(_, id)| id.as_str());
        let passed: BTreeSet<_> = leading.chain(led_to.iter().copied()).collect();
        let rest = keys.iter().filter(|it| !passed.contains(it.as_str()));
        let (mut found, others) = tokio::try_join!(
            try_join_all(led_to.iter().map(|id| live(cx, id, &aliases))),
            try_join_all(rest.map(|id| async {
                let Some(tags) = tags_of_any(cx, id).await? else { return Ok(None) };
                let ours = look.scope.address(&tags).is_some_and(|it| it.kind() == Self::FACTS.kind);
                if ours { live(cx, id, &aliases).await } else { Ok(None) }
            })),
        )?;
        found.extend(others);
        Ok(alive(found.into_iter().flatten()))
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "kms:CreateKey";
        let want = &new.want;
        let mut tags = new.tags.clone();
        tags.extend(want.own_tags());
        let call = cx
            .kms
            .create_key()
            .set_description(Some(want.description.clone()).filter(|it| !it.is_empty()))
            .policy(want.policy.to_text())
            .set_tags(Some(to_sdk(CALL, &tags)?));
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let Out { id, .. } = &live.out;
        if live.state.pending_deletion {
            cx.kms.cancel_key_deletion().key_id(id).send().await.during("kms:CancelKeyDeletion")?;
        }
        // One whose deletion was taken back is disabled.
        if want.enabled && (live.state.pending_deletion || !live.state.enabled) {
            cx.kms.enable_key().key_id(id).send().await.during("kms:EnableKey")?;
        } else if changed.any(fields!(Key: enabled)) {
            cx.kms.disable_key().key_id(id).send().await.during("kms:DisableKey")?;
        }
        if changed.any(fields!(Key: aliased)) {
            lead(cx, &want.alias, id).await?;
        }
        if changed.any(fields!(Key: window_days)) {
            retag(cx, id, &TagChanges { set: want.own_tags(), unset: Vec::new() }).await?;
        }
        if changed.any(fields!(Key: description)) {
            let call = cx.kms.update_key_description().key_id(id).description(&want.description);
            call.send().await.during("kms:UpdateKeyDescription")?;
        }
        if changed.any(fields!(Key: policy)) {
            let call = cx.kms.put_key_policy().key_id(id).policy(want.policy.to_text());
            call.send().await.during("kms:PutKeyPolicy")?;
        }
        if changed.any(fields!(Key: rotation)) {
            if want.rotation {
                cx.kms.enable_key_rotation().key_id(id).send().await.during("kms:EnableKeyRotation")?;
            } else {
                cx.kms.disable_key_rotation().key_id(id).send().await.during("kms:DisableKeyRotation")?;
            }
        }
        Ok(())
    }

    /// The alias would lead to it until it is gone, and keep its name from others.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        if live.state.aliased {
            cx.kms.delete_alias().alias_name(&live.state.alias).send().await.during("kms:DeleteAlias").or_done()?;
        }
        let days = i32::try_from(live.state.window_days).unwrap_or(i32::MAX);
        let call = cx.kms.schedule_key_deletion().key_id(&live.out.id).pending_window_in_days(days);
        call.send().await.during("kms:ScheduleKeyDeletion").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, &live.out.id, tags).await
    }
}

impl Key {
    /// The tags that hold settings.
    fn own_tags(&self) -> Tags {
        [(ALIAS, self.alias.clone()), (ON_DELETE, self.window_days.to_string())].map(|(k, v)| (k.to_owned(), v)).into()
    }
}

/// Those that count: what is scheduled for deletion could be brought back, but not beside another one, and of several only
/// the last.
fn alive(found: impl Iterator<Item = (Live<Key>, i64)>) -> Vec<Live<Key>> {
    let (going, mut acc): (Vec<_>, Vec<_>) = found.partition(|(it, _)| it.state.pending_deletion);
    let mut last = BTreeMap::new();
    for (key, gone) in going {
        let alias = key.state.alias.clone();
        let led = acc.iter().any(|(it, _)| it.state.alias == alias);
        if !led && last.get(&alias).is_none_or(|(_, at)| *at < gone) {
            last.insert(alias, (key, gone));
        }
    }
    acc.extend(last.into_values());
    acc.into_iter().map(|(it, _)| it).collect()
}

/// Where each alias leads to. Those that AWS keeps for keys of its own may lead nowhere yet.
async fn aliases(cx: &ReadCx) -> Result<BTreeMap<String, String>> {
    let found: Result<Vec<_>, _> = cx.kms.list_aliases().into_paginator().items().send().collect().await;
    let found = found.during("kms:ListAliases")?;
    Ok(found.into_iter().filter_map(|it| Some((it.alias_name?, it.target_key_id?))).collect())
}

async fn keys(cx: &ReadCx) -> Result<Vec<String>> {
    let found: Result<Vec<_>, _> = cx.kms.list_keys().into_paginator().items().send().collect().await;
    Ok(found.during("kms:ListKeys")?.into_iter().filter_map(|it| it.key_id).collect())
}

/// The tags of a key that may be anyone's. `None` if it is not there, or its policy is for others: ours let the account in.
async fn tags_of_any(cx: &ReadCx, id: &str) -> Result<Option<Tags>> {
    match tags_of(cx, id).await {
        Err(error) if error.class() == Class::Denied && error.message.contains("resource-based policy") => Ok(None),
        other => other,
    }
}

async fn tags_of(cx: &ReadCx, id: &str) -> Result<Option<Tags>> {
    let pages = cx.kms.list_resource_tags().key_id(id).into_paginator().items().send();
    let found: Result<Vec<_>, _> = pages.collect().await;
    let found = found.during("kms:ListResourceTags").or_absent()?;
    Ok(found.map(|it| it.into_iter().map(|it| (it.tag_key, it.tag_value)).collect()))
}

/// A key, and when it will be gone; `None` if it is not there.
async fn live(cx: &ReadCx, id: &str, aliases: &BTreeMap<String, String>) -> Result<Option<(Live<Key>, i64)>> {
    let described = async { cx.kms.describe_key().key_id(id).send().await.during("kms:DescribeKey").or_absent() };
    let policy = async {
        let call = cx.kms.get_key_policy().key_id(id).policy_name("default");
        call.send().await.during("kms:GetKeyPolicy").or_absent()
    };
    let (described, tags, policy, rotation) = tokio::try_join!(described, tags_of(cx, id), policy, rotation(cx, id))?;
    let (Some(described), Some(tags), Some(policy)) = (described, tags, policy) else { return Ok(None) };
    let lacks = |call, what| ApiError::incomplete(call, what);
    let metadata = described.key_metadata().ok_or_else(|| lacks("kms:DescribeKey", "key"))?;
    let policy = PolicyDocument::from_text(policy.policy().unwrap_or_default());
    let policy = policy.map_err(|_| lacks("kms:GetKeyPolicy", "readable policy"))?;
    describe(metadata, aliases, tags, policy, rotation).map(Some)
}

/// Not every key can be rotated: others' may be of another sort.
async fn rotation(cx: &ReadCx, id: &str) -> Result<bool> {
    let answer =
        cx.kms.get_key_rotation_status().key_id(id).send().await.during("kms:GetKeyRotationStatus").or_absent();
    match answer {
        Ok(it) => Ok(it.is_some_and(|it| it.key_rotation_enabled())),
        Err(error) if error.code.starts_with("UnsupportedOperation") => Ok(false),
        Err(error) => Err(error),
    }
}

fn describe(
    key: &KeyMetadata,
    aliases: &BTreeMap<String, String>,
    mut tags: Tags,
    policy: PolicyDocument,
    rotation: bool,
) -> Result<(Live<Key>, i64)> {
    let lacks = |what| ApiError::incomplete("kms:DescribeKey", what);
    let window_days = tags.remove(ON_DELETE).and_then(|it| it.parse().ok()).unwrap_or(USUAL_WINDOW);
    let (id, arn) = (key.key_id().to_owned(), key.arn().ok_or_else(|| lacks("ARN"))?.to_owned());
    let word = key.key_state().ok_or_else(|| lacks("state"))?;
    // Others may give it more of them.
    let any = || aliases.iter().find(|(_, led_to)| **led_to == id).map(|(alias, _)| alias.clone());
    let alias = tags.remove(ALIAS).or_else(any).unwrap_or_default();
    let state = Key {
        aliased: aliases.get(&alias) == Some(&id),
        alias,
        description: key.description().unwrap_or_default().to_owned(),
        policy,
        rotation,
        enabled: *word == KeyState::Enabled,
        pending_deletion: *word == KeyState::PendingDeletion,
        window_days,
    };
    let status = match word {
        KeyState::Enabled | KeyState::Disabled | KeyState::PendingDeletion => Status::Ready,
        other => Status::Pending(other.as_str().to_owned()),
    };
    let out = Out { id, arn, alias: state.alias.clone() };
    let gone = key.deletion_date().map_or(0, DateTime::secs);
    Ok((Live { state, out, tags, status }, gone))
}

/// Makes the alias lead to the key; an alias that leads elsewhere is left alone.
async fn lead(cx: &WriteCx, alias: &str, id: &str) -> Result<()> {
    let said = cx.kms.create_alias().alias_name(alias).target_key_id(id).send().await.during("kms:CreateAlias");
    match said {
        Err(error) if error.class() == Class::Exists => {
            let there = cx.read.kms.describe_key().key_id(alias).send().await.during("kms:DescribeKey").or_absent()?;
            // One that cannot be seen yet was made just now.
            let elsewhere = there.and_then(|it| it.key_metadata).is_some_and(|it| it.key_id != id);
            if elsewhere { Err(error) } else { Ok(()) }
        }
        other => other.map(drop),
    }
}

async fn retag(cx: &WriteCx, id: &str, tags: &TagChanges) -> Result<()> {
    if !tags.set.is_empty() {
        let set = to_sdk("kms:TagResource", &tags.set)?;
        cx.kms.tag_resource().key_id(id).set_tags(Some(set)).send().await.during("kms:TagResource")?;
    }
    if !tags.unset.is_empty() {
        let call = cx.kms.untag_resource().key_id(id).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("kms:UntagResource")?;
    }
    Ok(())
}

/// Tags as the SDK takes them.
fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().tag_key(key).tag_value(value).build());
    tags.collect::<Result<_, _>>().map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "alias/shop-prod-main";

    fn key(id: &str, state: KeyState, aliases: &[&str]) -> (Live<Key>, i64) {
        let arn = format!("arn:aws:kms:eu-central-1:123456789012:key/{id}");
        let gone = (state == KeyState::PendingDeletion).then(|| DateTime::from_secs(id.len().try_into().unwrap()));
        let sdk = KeyMetadata::builder().key_id(id).arn(arn).key_state(state).set_deletion_date(gone).build().unwrap();
        let tags = [(ALIAS, MAIN), (ON_DELETE, "7"), ("team", "web")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let aliases = aliases.iter().map(|it| ((*it).to_owned(), id.to_owned())).collect();
        describe(&sdk, &aliases, tags.into(), PolicyDocument::new(Value::Null), true).unwrap()
    }

    fn ids(found: Vec<(Live<Key>, i64)>) -> Vec<String> {
        alive(found.into_iter()).into_iter().map(|it| it.out.id).collect()
    }

    #[test]
    fn a_key_that_lost_its_alias_still_knows_it() {
        let (live, _) = key("1", KeyState::Enabled, &["alias/shop-prod-a"]);
        assert_eq!((live.state.alias.as_str(), live.state.aliased, live.state.window_days), (MAIN, false, 7));
        assert_eq!(live.tags.into_keys().collect::<Vec<_>>(), ["team"]);
        assert!(key("1", KeyState::Enabled, &["alias/shop-prod-a", MAIN]).0.state.aliased);
    }

    #[test]
    fn states() {
        let of = |it| key("1", it, &[]).0;
        let disabled = of(KeyState::Disabled);
        assert_eq!((disabled.status, disabled.state.enabled), (Status::Ready, false));
        let going = of(KeyState::PendingDeletion);
        assert_eq!((going.status, going.state.enabled, going.state.pending_deletion), (Status::Ready, false, true));
        assert_eq!(of(KeyState::Creating).status, Status::Pending("Creating".into()));
    }

    #[test]
    fn of_those_that_are_going_the_last_one_can_come_back_if_there_is_no_other() {
        let going = || vec![key("1", KeyState::PendingDeletion, &[]), key("22", KeyState::PendingDeletion, &[])];
        assert_eq!(ids(going()), ["22"]);
        let beside = [going(), vec![key("3", KeyState::Disabled, &[])]].concat();
        assert_eq!(ids(beside), ["3"]);
    }
}
