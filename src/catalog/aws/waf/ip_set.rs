//! Sets of addresses: <https://docs.aws.amazon.com/waf/latest/developerguide/waf-ip-set-managing.html>.

use std::collections::BTreeSet;

use aws_sdk_wafv2::{
    operation::get_ip_set::GetIpSetOutput,
    types::{IpSet as SdkIpSet, IpSetSummary},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{List, Reach, lock, retag, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Tags, text::cidr::Cidr},
};

const GET: &str = "wafv2:GetIPSet";

/// Addresses that rules of web ACLs refer to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct IpSet {
    /// Its name, of which there is one of each reach; up to 128 letters, digits, `-` and `_`.
    pub set_name: String,
    /// Of what web ACLs it is for.
    pub reach: Reach,
    /// `IPV4` or `IPV6`.
    pub version: String,
    /// The addresses, all of that version.
    pub addresses: BTreeSet<Cidr>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// The service's name for it.
    pub id: String,
}

impl Resource for IpSet {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(IpSet: set_name, reach, version),
        unique_by: fields!(IpSet: set_name, reach),
        ..Facts::new::<Self>(
            "waf.ip_set",
            "addresses that rules of web ACLs refer to",
            "https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html",
        )
    };
}

impl Lifecycle for IpSet {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let [regional, everywhere] = Reach::ALL.map(|reach| Looking { cx, look, reach });
        let (regional, everywhere) = tokio::try_join!(regional.all(), everywhere.all())?;
        Ok(regional.into_iter().chain(everywhere).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "wafv2:CreateIPSet";
        let New { want, tags, .. } = new;
        let call = want.reach.writer(cx).create_ip_set().name(&want.set_name).scope(want.reach.to_sdk());
        let call = call.ip_address_version(want.version.as_str().into()).set_addresses(Some(want.texts()));
        call.set_tags(Some(to_sdk(CALL, tags)?)).send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        if !changed.any(fields!(IpSet: addresses)) {
            return Ok(());
        }
        let token = token(cx, live).await?;
        let call = want.reach.writer(cx).update_ip_set().name(&want.set_name).scope(want.reach.to_sdk());
        let call = call.id(&live.out.id).set_addresses(Some(want.texts())).lock_token(token);
        call.send().await.during("wafv2:UpdateIPSet").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Some(token) = token(cx, live).await.or_absent()? else { return Ok(()) };
        let IpSet { set_name, reach, .. } = &live.state;
        let call = reach.writer(cx).delete_ip_set().name(set_name).scope(reach.to_sdk()).id(&live.out.id);
        call.lock_token(token).send().await.during("wafv2:DeleteIPSet").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, live.state.reach, &live.out.arn, tags).await
    }
}

impl IpSet {
    fn texts(&self) -> Vec<String> {
        self.addresses.iter().map(ToString::to_string).collect()
    }
}

/// All that there is of one reach.
struct Looking<'a> {
    cx: &'a ReadCx,
    look: &'a Look<IpSet>,
    reach: Reach,
}

impl List for Looking<'_> {
    type Item = IpSetSummary;
    type Seen = Live<IpSet>;

    async fn page(&self, marker: Option<String>) -> Result<(Vec<IpSetSummary>, Option<String>)> {
        let call =
            self.reach.reader(self.cx).list_ip_sets().scope(self.reach.to_sdk()).limit(100).set_next_marker(marker);
        let answer = call.send().await.during("wafv2:ListIPSets")?;
        Ok((answer.ip_sets.unwrap_or_default(), answer.next_marker))
    }

    async fn look(&self, it: IpSetSummary) -> Result<Option<Live<IpSet>>> {
        let wanted = |name| self.look.wants.iter().any(|it| it.reach == self.reach && it.set_name == name);
        let meant = it.name().is_some_and(|it| self.reach.may_be_of(&self.look.scope, it) || wanted(it));
        if meant { live(self.cx, self.reach, &it).await } else { Ok(None) }
    }
}

/// The word that a change needs.
async fn token(cx: &WriteCx, live: &Live<IpSet>) -> Result<String> {
    let IpSet { set_name, reach, .. } = &live.state;
    let answer = get(&cx.read, *reach, set_name, &live.out.id).await?;
    lock(GET, answer.lock_token)
}

async fn get(cx: &ReadCx, reach: Reach, name: &str, id: &str) -> Result<GetIpSetOutput> {
    reach.reader(cx).get_ip_set().name(name).scope(reach.to_sdk()).id(id).send().await.during(GET)
}

/// `None` if it went while we looked.
async fn live(cx: &ReadCx, reach: Reach, it: &IpSetSummary) -> Result<Option<Live<IpSet>>> {
    let (Some(name), Some(id), Some(arn)) = (it.name(), it.id(), it.arn()) else {
        return Err(ApiError::incomplete("wafv2:ListIPSets", "name, id or ARN"));
    };
    let set = async { get(cx, reach, name, id).await.or_absent() };
    let (set, tags) = tokio::try_join!(set, tags(cx, reach, arn))?;
    let Some((set, tags)) = set.zip(tags) else { return Ok(None) };
    let set = set.ip_set.ok_or_else(|| ApiError::incomplete(GET, "set"))?;
    seen(reach, &set, tags).map(Some)
}

fn seen(reach: Reach, set: &SdkIpSet, tags: Tags) -> Result<Live<IpSet>> {
    let cidr = |it: &String| it.parse().map_err(|_| ApiError::incomplete(GET, "readable addresses"));
    let state = IpSet {
        set_name: set.name().to_owned(),
        reach,
        version: set.ip_address_version().as_str().to_owned(),
        addresses: set.addresses().iter().map(cidr).collect::<Result<_>>()?,
    };
    let out = Out { arn: set.arn().to_owned(), id: set.id().to_owned() };
    Ok(Live { state, out, tags, status: Status::Ready })
}
