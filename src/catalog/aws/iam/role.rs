//! Roles: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html>.

use std::collections::BTreeSet;

use aws_sdk_iam::types::Role as SdkRole;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{policy, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Place, Resource, Status, text::policy::PolicyDocument},
};

/// The name of the one inline policy that is ours.
const POLICY: &str = "infractl";

/// An identity that services take on, and what it may do.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Role {
    /// Its name, of which an account has one in whatever case; up to 64 letters, digits and `+=,.@-_`.
    pub role_name: String,
    /// Its path, such as `/infractl/shop/prod/eu-central-1/`.
    pub path: String,
    /// Who may take it on.
    pub trust: PolicyDocument,
    /// What it may do: its inline policy called `infractl`. Policies that others attach are left alone.
    pub policy: Option<PolicyDocument>,
    /// What it is for.
    pub description: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Role {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Role: role_name, path),
        unique_by: fields!(Role: role_name),
        ..Facts::new::<Self>(
            "iam.role",
            "an identity that services take on, and what it may do",
            "https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        let (Place { account, partition, .. }, Self { path, role_name: name, .. }) = (place, self);
        let arn = format!("arn:{partition}:iam::{account}:role{path}{name}");
        Map::from_iter([("arn".to_owned(), arn.into()), ("name".to_owned(), name.clone().into())])
    }
}

impl Lifecycle for Role {
    /// What is wanted is asked for by its name while the list is read, since a list lags and has no tags.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.role_name.as_str()).collect();
        let (listed, mut found) = tokio::try_join!(
            async { if look.strays { listed(cx, look.scope.global_path()).await } else { Ok(Vec::new()) } },
            try_join_all(wanted.iter().map(|name| live(cx, name))), //
        )?;
        let others = listed.iter().map(SdkRole::role_name).filter(|it| !wanted.contains(it));
        found.extend(try_join_all(others.map(|name| live(cx, name))).await?);
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "iam:CreateRole";
        let want = &new.want;
        let call = cx
            .iam
            .create_role()
            .role_name(&want.role_name)
            .path(&want.path)
            .assume_role_policy_document(want.trust.to_text())
            .description(&want.description)
            .set_tags(Some(to_sdk(CALL, &new.tags)?));
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let name = &live.out.name;
        if changed.any(fields!(Role: trust)) {
            let call = cx.iam.update_assume_role_policy().role_name(name).policy_document(want.trust.to_text());
            call.send().await.during("iam:UpdateAssumeRolePolicy")?;
        }
        if changed.any(fields!(Role: policy)) {
            match &want.policy {
                Some(policy) => {
                    let call = cx.iam.put_role_policy().role_name(name).policy_name(POLICY);
                    call.policy_document(policy.to_text()).send().await.during("iam:PutRolePolicy")?;
                }
                None => remove_policy(cx, name, POLICY).await?,
            }
        }
        if changed.any(fields!(Role: description)) {
            // `UpdateRole` would set the longest session, which is not ours, back to an hour.
            let call = cx.iam.update_role_description().role_name(name).description(&want.description);
            call.send().await.during("iam:UpdateRoleDescription")?;
        }
        Ok(())
    }

    /// IAM deletes no role that still has policies, whoever gave it them.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let name = &live.out.name;
        let (inline, attached) = tokio::try_join!(inline(&cx.read, name), attached(&cx.read, name))?;
        // One after the other: IAM refuses changes to one role at once.
        for policy in inline {
            remove_policy(cx, name, &policy).await?;
        }
        for arn in attached {
            let call = cx.iam.detach_role_policy().role_name(name).policy_arn(arn);
            call.send().await.during("iam:DetachRolePolicy").or_done()?;
        }
        cx.iam.delete_role().role_name(name).send().await.during("iam:DeleteRole").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        let name = &live.out.name;
        if !tags.set.is_empty() {
            let set = to_sdk("iam:TagRole", &tags.set)?;
            cx.iam.tag_role().role_name(name).set_tags(Some(set)).send().await.during("iam:TagRole")?;
        }
        if !tags.unset.is_empty() {
            let call = cx.iam.untag_role().role_name(name).set_tag_keys(Some(tags.unset.clone()));
            call.send().await.during("iam:UntagRole")?;
        }
        Ok(())
    }
}

async fn listed(cx: &ReadCx, path: String) -> Result<Vec<SdkRole>> {
    let pages = cx.iam.list_roles().path_prefix(path).into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.during("iam:ListRoles")
}

/// `None` if there is no such role.
async fn live(cx: &ReadCx, name: &str) -> Result<Option<Live<Role>>> {
    const CALL: &str = "iam:GetRole";
    let (role, policy) = tokio::try_join!(
        async { cx.iam.get_role().role_name(name).send().await.during(CALL).or_absent() },
        own_policy(cx, name),
    )?;
    let Some(role) = role else { return Ok(None) };
    let role = role.role().ok_or_else(|| ApiError::incomplete(CALL, "role"))?;
    describe(CALL, role, policy).map(Some)
}

fn describe(call: &str, role: &SdkRole, own: Option<PolicyDocument>) -> Result<Live<Role>> {
    let trust = role.assume_role_policy_document().ok_or_else(|| ApiError::incomplete(call, "trust policy"))?;
    let state = Role {
        role_name: role.role_name().to_owned(),
        path: role.path().to_owned(),
        trust: policy(call, trust)?,
        policy: own,
        description: role.description().unwrap_or_default().to_owned(),
    };
    // For a moment after its creation, a role may show its unique id in place of its ARN.
    let named = role.arn().starts_with("arn:");
    let status = if named { Status::Ready } else { Status::Pending("without ARN".into()) };
    let out = Out { arn: role.arn().to_owned(), name: role.role_name().to_owned() };
    Ok(Live { state, out, tags: tags(role.tags()), status })
}

async fn own_policy(cx: &ReadCx, role: &str) -> Result<Option<PolicyDocument>> {
    const CALL: &str = "iam:GetRolePolicy";
    let call = cx.iam.get_role_policy().role_name(role).policy_name(POLICY);
    let answer = call.send().await.during(CALL).or_absent()?;
    answer.map(|it| policy(CALL, it.policy_document())).transpose()
}

async fn inline(cx: &ReadCx, role: &str) -> Result<Vec<String>> {
    let pages = cx.iam.list_role_policies().role_name(role).into_paginator().items().send();
    let names = pages.collect::<Result<_, _>>().await.during("iam:ListRolePolicies").or_absent()?;
    Ok(names.unwrap_or_default())
}

async fn attached(cx: &ReadCx, role: &str) -> Result<Vec<String>> {
    let pages = cx.iam.list_attached_role_policies().role_name(role).into_paginator().items().send();
    let found: Result<Vec<_>, _> = pages.collect().await;
    let found = found.during("iam:ListAttachedRolePolicies").or_absent()?.unwrap_or_default();
    let arn = |it: &aws_sdk_iam::types::AttachedPolicy| it.policy_arn().map(str::to_owned);
    let lacks = || ApiError::incomplete("iam:ListAttachedRolePolicies", "policy ARN");
    found.iter().map(|it| arn(it).ok_or_else(lacks)).collect()
}

async fn remove_policy(cx: &WriteCx, role: &str, policy: &str) -> Result<()> {
    let call = cx.iam.delete_role_policy().role_name(role).policy_name(policy);
    call.send().await.during("iam:DeleteRolePolicy").or_done()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn sdk(arn: &str) -> SdkRole {
        let role = SdkRole::builder().role_name("web").path("/infractl/shop/prod/").role_id("AROA1").arn(arn);
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D";
        role.create_date(DateTime::from_secs(0)).assume_role_policy_document(trust).build().unwrap()
    }

    #[test]
    fn the_arn_is_foretold_as_it_will_be_read() {
        let arn = "arn:aws:iam::123456789012:role/infractl/shop/prod/web";
        let live = describe("iam:GetRole", &sdk(arn), None).unwrap();
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        assert_eq!(live.state.foretell(&place).get("arn").and_then(Value::as_str), Some(arn));
        assert_eq!((live.status, live.state.description.as_str()), (Status::Ready, ""));
    }

    #[test]
    fn a_role_without_its_arn_cannot_be_used_yet() {
        let live = describe("iam:GetRole", &sdk("AROA1"), None).unwrap();
        assert!(matches!(live.status, Status::Pending(_)));
    }
}
