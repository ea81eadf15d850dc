//! Instance profiles: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html>.

use std::collections::BTreeSet;

use aws_sdk_iam::types::InstanceProfile as SdkProfile;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, retry::Class},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, value::In},
};

/// What hands a role to a machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InstanceProfile {
    /// Its name, of which an account has one in whatever case; up to 128 letters, digits and `+=,.@-_`.
    pub profile_name: String,
    /// Its path, such as `/infractl/shop/prod/eu-central-1/`.
    pub path: String,
    /// The name of the role that it hands on.
    pub role: Option<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for InstanceProfile {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(InstanceProfile: profile_name, path),
        holds: fields!(InstanceProfile: role),
        unique_by: fields!(InstanceProfile: profile_name),
        ..Facts::new::<Self>(
            "iam.instance_profile",
            "what hands a role to a machine",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, partition, .. }, Self { path, profile_name: name, .. }) = (place, self);
        let arn = format!("arn:{partition}:iam::{account}:instance-profile{path}{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Lifecycle for InstanceProfile {
    /// What is wanted is asked for by its name while the list is read, since a list lags and has no tags.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.profile_name.as_str()).collect();
        let (listed, mut found) = tokio::try_join!(
            async { if look.strays { listed(cx, look.scope.global_path()).await } else { Ok(Vec::new()) } },
            try_join_all(wanted.iter().map(|name| live(cx, name))), //
        )?;
        let others = listed.iter().map(SdkProfile::instance_profile_name).filter(|it| !wanted.contains(it));
        found.extend(try_join_all(others.map(|name| live(cx, name))).await?);
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "iam:CreateInstanceProfile";
        let call = cx.iam.create_instance_profile().instance_profile_name(&new.want.profile_name);
        let call = call.path(&new.want.path).set_tags(Some(to_sdk(CALL, &new.tags)?));
        call.send().await.during(CALL).map(drop)
    }

    /// It has one role at most; that it has one already may only not be seen yet.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if changed.any(fields!(InstanceProfile: role)) {
            let name = &live.out.name;
            if let Some(role) = &live.state.role {
                remove(cx, name, role.get()).await?;
            }
            if let Some(role) = &want.role {
                let call = cx.iam.add_role_to_instance_profile().instance_profile_name(name).role_name(role.get());
                let said = call.send().await.during("iam:AddRoleToInstanceProfile").map(drop);
                said.or_else(|it| if it.class() == Class::Exists { Ok(()) } else { Err(it) })?;
            }
        }
        Ok(())
    }

    /// IAM deletes none that still has a role, whoever gave it that.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let name = &live.out.name;
        let Some(profile) = profile(&cx.read, name).await? else { return Ok(()) };
        for role in profile.roles() {
            remove(cx, name, role.role_name()).await?;
        }
        let call = cx.iam.delete_instance_profile().instance_profile_name(name);
        call.send().await.during("iam:DeleteInstanceProfile").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        let name = &live.out.name;
        if !tags.set.is_empty() {
            const CALL: &str = "iam:TagInstanceProfile";
            let call = cx.iam.tag_instance_profile().instance_profile_name(name);
            call.set_tags(Some(to_sdk(CALL, &tags.set)?)).send().await.during(CALL)?;
        }
        if !tags.unset.is_empty() {
            let call = cx.iam.untag_instance_profile().instance_profile_name(name);
            let call = call.set_tag_keys(Some(tags.unset.clone()));
            call.send().await.during("iam:UntagInstanceProfile")?;
        }
        Ok(())
    }
}

async fn remove(cx: &WriteCx, profile: &str, role: &str) -> Result<()> {
    let call = cx.iam.remove_role_from_instance_profile().instance_profile_name(profile).role_name(role);
    call.send().await.during("iam:RemoveRoleFromInstanceProfile").or_done()
}

async fn listed(cx: &ReadCx, path: String) -> Result<Vec<SdkProfile>> {
    let pages = cx.iam.list_instance_profiles().path_prefix(path).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("iam:ListInstanceProfiles")
}

/// `None` if there is no such profile.
async fn profile(cx: &ReadCx, name: &str) -> Result<Option<SdkProfile>> {
    const CALL: &str = "iam:GetInstanceProfile";
    let call = cx.iam.get_instance_profile().instance_profile_name(name);
    let Some(answer) = call.send().await.during(CALL).or_absent()? else { return Ok(None) };
    answer.instance_profile.map(Some).ok_or_else(|| ApiError::incomplete(CALL, "instance profile"))
}

async fn live(cx: &ReadCx, name: &str) -> Result<Option<Live<InstanceProfile>>> {
    Ok(profile(cx, name).await?.as_ref().map(describe))
}

fn describe(profile: &SdkProfile) -> Live<InstanceProfile> {
    let name = profile.instance_profile_name().to_owned();
    let state = InstanceProfile {
        profile_name: name.clone(),
        path: profile.path().to_owned(),
        role: profile.roles().first().map(|it| it.role_name().into()),
    };
    let out = Out { arn: profile.arn().to_owned(), name };
    Live { state, out, tags: tags(profile.tags()), status: Status::Ready }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    #[test]
    fn the_arn_is_foretold_and_a_role_may_be_missing() {
        let arn = "arn:aws:iam::123456789012:instance-profile/infractl/shop/prod/cache";
        let profile = SdkProfile::builder().path("/infractl/shop/prod/").instance_profile_name("cache").arn(arn);
        let profile = profile.instance_profile_id("AIPA1").create_date(DateTime::from_secs(0));
        let live = describe(&profile.set_roles(Some(Vec::new())).build().unwrap());
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        assert_eq!(live.state.foretell(&place).get("arn").and_then(Value::as_str), Some(arn));
        assert_eq!((live.out.arn.as_str(), live.state.role), (arn, None));
    }
}
