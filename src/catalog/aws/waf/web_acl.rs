//! Web ACLs: <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html>.

use std::collections::BTreeMap;

use aws_sdk_wafv2::{
    operation::get_web_acl::GetWebAclOutput,
    types::{AllowAction, BlockAction, DefaultAction, Rule as SdkRule, WebAcl as SdkWebAcl, WebAclSummary},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    List, Reach, lock, retag,
    rule::{Action, Rule, Statement, Visibility},
    tags, to_sdk, unsent,
};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Risk, Status, Surroundings, Waits, tags::Tags},
};

const GET: &str = "wafv2:GetWebACL";
const CREATE: &str = "wafv2:CreateWebACL";
const UPDATE: &str = "wafv2:UpdateWebACL";
/// What the names of rules begin with that Shield Advanced adds, and that have to stay
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/ddos-automatic-app-layer-response-rg.html>).
const OF_SHIELD: &str = "ShieldMitigationRuleGroup_";

/// What is let through to load balancers or distributions, and what is not.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct WebAcl {
    /// Its name, of which there is one of each reach; up to 128 letters, digits, `-` and `_`.
    pub acl_name: String,
    /// What it protects.
    pub reach: Reach,
    /// What is done with requests that no rule decides on: `allow` or `block`.
    pub default_action: Action,
    /// All its rules, by name. Those that Shield Advanced adds stay and do not count.
    pub rules: BTreeMap<String, Rule>,
    /// What of its requests can be seen.
    pub visibility: Visibility,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// The service's name for it.
    pub id: String,
}

impl Resource for WebAcl {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(WebAcl: acl_name, reach),
        unique_by: fields!(WebAcl: acl_name, reach),
        whole: fields!(WebAcl: rules),
        // A distribution lets go of it only once the whole world knows.
        waits: Waits::minutes(5, 5, 20),
        ..Facts::new::<Self>(
            "waf.web_acl",
            "what is let through to load balancers or distributions",
            "https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html",
        )
    };

    fn risks(&self) -> Vec<Risk> {
        let closed = self.default_action == Action::Block;
        let what = "it refuses every request that no rule allows";
        closed.then(|| Risk::Interrupts(what.to_owned())).into_iter().collect()
    }

    /// The same in all regions: <https://aws.amazon.com/waf/pricing/>.
    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        let bots = |it: &&Rule| matches!(&it.statement, Statement::Managed(it) if it.level.is_some());
        let count = |it: usize| u32::try_from(it).ok().map(f64::from);
        let (rules, bots) = (count(self.rules.len())?, count(self.rules.values().filter(bots).count())?);
        Some(prices::WEB_ACL + rules * prices::WEB_ACL_RULE + bots * prices::BOT_CONTROL)
    }
}

impl Lifecycle for WebAcl {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let [regional, everywhere] = Reach::ALL.map(|reach| Looking { cx, look, reach });
        let (regional, everywhere) = tokio::try_join!(regional.all(), everywhere.all())?;
        Ok(regional.into_iter().chain(everywhere).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let New { want, tags, .. } = new;
        let call = want.reach.writer(cx).create_web_acl().name(&want.acl_name).scope(want.reach.to_sdk());
        let call = call.default_action(want.default_action()).set_rules(Some(want.rules(CREATE)?));
        let call = call.visibility_config(want.visibility.to_sdk().map_err(|it| unsent(CREATE, &it))?);
        call.set_tags(Some(to_sdk(CREATE, tags)?)).send().await.during(CREATE).map(drop)
    }

    /// An update replaces all that there is: what is not ours is sent as it was.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let (now, token) = now(cx, live).await?;
        let shield = now.rules().iter().filter(|it| it.name().starts_with(OF_SHIELD)).cloned();
        let rules = want.rules(UPDATE)?.into_iter().chain(shield).collect();
        let call = want.reach.writer(cx).update_web_acl().name(&want.acl_name).scope(want.reach.to_sdk());
        let call = call.id(&live.out.id).lock_token(token);
        let call = call.default_action(want.default_action()).set_rules(Some(rules));
        let call = call.visibility_config(want.visibility.to_sdk().map_err(|it| unsent(UPDATE, &it))?);
        let call = call
            .set_description(now.description)
            .set_data_protection_config(now.data_protection_config)
            .set_custom_response_bodies(now.custom_response_bodies)
            .set_captcha_config(now.captcha_config)
            .set_challenge_config(now.challenge_config)
            .set_token_domains(now.token_domains)
            .set_association_config(now.association_config)
            .set_on_source_d_do_s_protection_config(now.on_source_d_do_s_protection_config)
            .set_application_config(now.application_config);
        call.send().await.during(UPDATE).map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Some((_, token)) = now(cx, live).await.or_absent()? else { return Ok(()) };
        let WebAcl { acl_name, reach, .. } = &live.state;
        let call = reach.writer(cx).delete_web_acl().name(acl_name).scope(reach.to_sdk()).id(&live.out.id);
        call.lock_token(token).send().await.during("wafv2:DeleteWebACL").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, live.state.reach, &live.out.arn, tags).await
    }
}

impl WebAcl {
    fn default_action(&self) -> DefaultAction {
        match self.default_action {
            Action::Block => DefaultAction::builder().block(BlockAction::builder().build()).build(),
            _ => DefaultAction::builder().allow(AllowAction::builder().build()).build(),
        }
    }

    fn rules(&self, call: &str) -> Result<Vec<SdkRule>> {
        let rules = self.rules.iter().map(|(name, it)| it.to_sdk(name));
        rules.collect::<std::result::Result<_, _>>().map_err(|it| unsent(call, &it))
    }
}

/// All that there is of one reach.
struct Looking<'a> {
    cx: &'a ReadCx,
    look: &'a Look<WebAcl>,
    reach: Reach,
}

impl List for Looking<'_> {
    type Item = WebAclSummary;
    type Seen = Live<WebAcl>;

    async fn page(&self, marker: Option<String>) -> Result<(Vec<WebAclSummary>, Option<String>)> {
        let call =
            self.reach.reader(self.cx).list_web_acls().scope(self.reach.to_sdk()).limit(100).set_next_marker(marker);
        let answer = call.send().await.during("wafv2:ListWebACLs")?;
        Ok((answer.web_acls.unwrap_or_default(), answer.next_marker))
    }

    async fn look(&self, it: WebAclSummary) -> Result<Option<Live<WebAcl>>> {
        let wanted = |name| self.look.wants.iter().any(|it| it.reach == self.reach && it.acl_name == name);
        let meant = it.name().is_some_and(|it| self.reach.may_be_of(&self.look.scope, it) || wanted(it));
        if meant { live(self.cx, self.reach, &it).await } else { Ok(None) }
    }
}

async fn get(cx: &ReadCx, reach: Reach, name: &str, id: &str) -> Result<GetWebAclOutput> {
    reach.reader(cx).get_web_acl().name(name).scope(reach.to_sdk()).id(id).send().await.during(GET)
}

/// As it is now, with the word that a change needs.
async fn now(cx: &WriteCx, live: &Live<WebAcl>) -> Result<(SdkWebAcl, String)> {
    let WebAcl { acl_name, reach, .. } = &live.state;
    let answer = get(&cx.read, *reach, acl_name, &live.out.id).await?;
    Ok((answer.web_acl.ok_or_else(|| ApiError::incomplete(GET, "web ACL"))?, lock(GET, answer.lock_token)?))
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, reach: Reach, it: &WebAclSummary) -> Result<Option<Live<WebAcl>>> {
    let (Some(name), Some(id), Some(arn)) = (it.name(), it.id(), it.arn()) else {
        return Err(ApiError::incomplete("wafv2:ListWebACLs", "name, id or ARN"));
    };
    let acl = async { get(cx, reach, name, id).await.or_absent() };
    let (acl, tags) = tokio::try_join!(acl, tags(cx, reach, arn))?;
    let Some((acl, tags)) = acl.zip(tags) else { return Ok(None) };
    let acl = acl.web_acl.ok_or_else(|| ApiError::incomplete(GET, "web ACL"))?;
    seen(reach, &acl, tags).map(Some)
}

fn seen(reach: Reach, it: &SdkWebAcl, tags: Tags) -> Result<Live<WebAcl>> {
    let lacks = |what| ApiError::incomplete(GET, what);
    let rules = it.rules().iter().filter(|it| !it.name().starts_with(OF_SHIELD));
    let default = it.default_action().ok_or_else(|| lacks("default action"))?;
    let plain = [
        (Action::Allow, default.allow().is_some_and(|it| it.custom_request_handling().is_none())),
        (Action::Block, default.block().is_some_and(|it| it.custom_response().is_none())),
    ];
    let state = WebAcl {
        acl_name: it.name().to_owned(),
        reach,
        default_action: plain.into_iter().find(|(_, is)| *is).map_or(Action::Other, |(action, _)| action),
        rules: rules.map(|it| Ok((it.name().to_owned(), Rule::seen(it)?))).collect::<Result<_>>()?,
        visibility: Visibility::seen(it.visibility_config().ok_or_else(|| lacks("visibility"))?),
    };
    let out = Out { arn: it.arn().to_owned(), id: it.id().to_owned() };
    Ok(Live { state, out, tags, status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn acl(rules: Vec<SdkRule>) -> SdkWebAcl {
        let it = SdkWebAcl::builder().name("shop-dev-main").id("1").arn("arn:acl");
        let it = it.default_action(DefaultAction::builder().allow(AllowAction::builder().build()).build());
        it.set_rules(Some(rules)).visibility_config(Visibility::of("shop-dev-main").to_sdk().unwrap()).build().unwrap()
    }

    #[test]
    fn rules_of_shield_do_not_count() {
        let statement = Statement::Countries(["KP".to_owned()].into());
        let rule = Rule { priority: 1, statement, action: Action::Block, others: BTreeSet::default() };
        let rules = ["ShieldMitigationRuleGroup_123456789012_x", "countries"].map(|it| rule.to_sdk(it).unwrap());
        let Live { state, out, .. } = seen(Reach::Regional, &acl(rules.into()), Tags::new()).unwrap();
        assert_eq!(state.rules.keys().collect::<Vec<_>>(), ["countries"]);
        assert_eq!((state.default_action, out.arn.as_str()), (Action::Allow, "arn:acl"));
        let mut lacking = acl(Vec::new());
        lacking.default_action = None;
        assert!(seen(Reach::Regional, &lacking, Tags::new()).is_err());
    }
}
