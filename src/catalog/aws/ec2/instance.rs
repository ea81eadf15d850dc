//! Machines: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Instances.html>.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{
    HttpTokensState, Instance as SdkInstance, InstanceAttributeName, InstanceStateName, MonitoringState, Reservation,
};
use aws_smithy_types::base64;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{cost, filter, instance_calls as calls, owned_by, tags};
use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Risk, Status, Surroundings, Waits, value::In},
};

const DESCRIBE: &str = "ec2:DescribeInstances";
/// All but `terminated`: EC2 goes on listing what is gone for an hour.
const THERE: [InstanceStateName; 5] = [
    InstanceStateName::Pending,
    InstanceStateName::Running,
    InstanceStateName::ShuttingDown,
    InstanceStateName::Stopping,
    InstanceStateName::Stopped,
];

/// A machine with one volume, which goes with it.
#[expect(clippy::struct_excessive_bools, reason = "they are as many and as independent as EC2 has them")]
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Instance {
    /// How large it is, such as `t4g.micro`.
    pub instance_type: String,
    /// What its processor is: `arm64` or `x86_64`.
    pub architecture: String,
    /// The parameter in Systems Manager that says which image it is made from. Later images are for later machines.
    pub image: String,
    /// The subnet that it stands in.
    pub subnet: In<String>,
    /// Whether it gets an address that can be reached from the internet.
    pub public_ip: bool,
    /// The security groups around it.
    pub security_groups: BTreeSet<In<String>>,
    /// The ARN of the instance profile that gives it its role.
    pub instance_profile: In<String>,
    /// The lines of what it runs when it is first started: anyone may read it who may look at machines.
    pub user_data: Vec<String>,
    /// Whether only those who ask with a token are told what it knows of itself, its role's credentials among it.
    pub metadata_tokens: bool,
    /// From how many hops away that can be asked: 1 leaves its containers out.
    pub metadata_hops: u32,
    /// The volume that it starts from.
    pub volume: Volume,
    /// Whether there are metrics of each minute, at a price, and not of five.
    pub monitoring: bool,
    /// Whether it cannot be deleted until this is lifted.
    pub deletion_protection: bool,
    /// Whether it runs.
    pub running: bool,
}

/// The volume that a machine starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Volume {
    /// What the image calls it, such as `/dev/xvda`.
    pub device: String,
    /// How many GiB it has.
    pub size: u32,
    /// The kind of storage, such as `gp3`.
    pub volume_type: String,
    /// Whether it is encrypted.
    pub encrypted: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `i-0123456789abcdef0`.
    pub id: String,
    /// Its address in the network, which it keeps as long as it is there.
    pub private_ip: String,
    /// Its name in the network.
    pub private_dns: String,
    /// The volumes that it has.
    pub volumes: Vec<String>,
}

impl Resource for Instance {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Instance: architecture, subnet, user_data),
        at_creation: fields!(Instance: image, public_ip, volume),
        protected_by: Some("deletion_protection"),
        holds: fields!(Instance: subnet, security_groups),
        // What it runs first may need a way out at once.
        stands_on: &["ec2.internet_gateway", "ec2.nat_gateway", "ec2.route_table"],
        holds_data: true,
        interrupts: Some("what runs on the machine stops"),
        waits: Waits::minutes(10, 10, 20).usually(30),
        ..Facts::new::<Self>(
            "ec2.instance",
            "a machine",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html",
        )
    };

    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        let hourly = if self.running { cost::machine(&self.instance_type)? } else { 0.0 };
        let machine = prices::month(place, hourly)?;
        let disk = prices::of_region(place, cost::DISK * f64::from(self.volume.size))?;
        let address = if self.public_ip { prices::PUBLIC_IP * prices::HOURS } else { 0.0 };
        Some(machine + disk + address + if self.monitoring { cost::MONITORING } else { 0.0 })
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let mut acc = Vec::new();
        if self.instance_type != live.instance_type && live.running {
            acc.push(Risk::Interrupts("the machine stops and starts again, for its size".into()));
        }
        if live.running && !self.running {
            acc.push(Risk::Interrupts("the machine stops".into()));
        }
        acc
    }
}

impl Lifecycle for Instance {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let mut filters = owned_by(&look.scope);
        filters.push(filter("instance-state-name", THERE.iter().map(InstanceStateName::as_str)));
        let pages = cx.ec2.describe_instances().set_filters(Some(filters)).into_paginator().items().send();
        let found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        let found = found.iter().flat_map(Reservation::instances);
        let live = try_join_all(found.map(|it| live(cx, it))).await?;
        Ok(live.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        calls::create(cx, new).await
    }

    /// A change of size takes several: it has to stand still for it.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        calls::update(cx, want, live, changed).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        calls::delete(cx, live).await
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag_all(cx, live.out.volumes.iter().chain([&live.out.id]), tags).await
    }
}

/// What of a machine has to be asked for by itself.
#[derive(Default)]
struct Hidden {
    user_data: Vec<String>,
    deletion_protection: bool,
}

/// `None` if it went while it was looked at.
async fn live(cx: &ReadCx, instance: &SdkInstance) -> Result<Option<Live<Instance>>> {
    let Some(status) = status(instance)? else { return Ok(None) };
    let hidden = if status == Status::Leaving { Some(Hidden::default()) } else { hidden(cx, instance).await? };
    hidden.map(|it| describe(instance, it, status)).transpose()
}

async fn hidden(cx: &ReadCx, instance: &SdkInstance) -> Result<Option<Hidden>> {
    let id = instance.instance_id().unwrap_or_default();
    let attribute = async |name: InstanceAttributeName| {
        let call = cx.ec2.describe_instance_attribute().instance_id(id).attribute(name);
        call.send().await.during("ec2:DescribeInstanceAttribute").or_absent()
    };
    let (data, protection) = tokio::try_join!(
        attribute(InstanceAttributeName::UserData),
        attribute(InstanceAttributeName::DisableApiTermination),
    )?;
    let Some((data, protection)) = data.zip(protection) else { return Ok(None) };
    let encoded = data.user_data().and_then(|it| it.value()).unwrap_or_default();
    let user_data = decode(encoded).ok_or_else(|| {
        ApiError::incomplete("ec2:DescribeInstanceAttribute", "readable user data") //
    })?;
    let deletion_protection = protection.disable_api_termination().and_then(|it| it.value()) == Some(true);
    Ok(Some(Hidden { user_data, deletion_protection }))
}

/// What is no text was not sent by us, and differs from all that is.
fn decode(encoded: &str) -> Option<Vec<String>> {
    let bytes = base64::decode(encoded).ok().filter(|it| !it.is_empty());
    let text = bytes.map(|it| String::from_utf8_lossy(&it).into_owned());
    match text {
        Some(it) => Some(it.split('\n').map(str::to_owned).collect()),
        None => encoded.is_empty().then(Vec::new),
    }
}

fn describe(instance: &SdkInstance, hidden: Hidden, status: Status) -> Result<Live<Instance>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    // What is coming may not have its place yet, what is going lets go of it first.
    let placed = |it: Option<&str>, what| match it {
        Some(it) => Ok(it.to_owned()),
        None if status != Status::Ready => Ok(String::new()),
        None => Err(missing(what)),
    };
    let metadata = instance.metadata_options();
    let hops = metadata.and_then(|it| it.http_put_response_hop_limit()).and_then(|it| it.try_into().ok());
    let monitoring = instance.monitoring().and_then(|it| it.state());
    let volumes = instance.block_device_mappings().iter();
    let state = Instance {
        instance_type: instance.instance_type().ok_or_else(|| missing("instance type"))?.as_str().to_owned(),
        architecture: instance.architecture().ok_or_else(|| missing("architecture"))?.as_str().to_owned(),
        image: String::new(),
        subnet: placed(instance.subnet_id(), "subnet id")?.into(),
        public_ip: instance.public_ip_address().is_some(),
        security_groups: instance.security_groups().iter().filter_map(|it| Some(it.group_id()?.into())).collect(),
        instance_profile: instance.iam_instance_profile().and_then(|it| it.arn()).unwrap_or_default().into(),
        user_data: hidden.user_data,
        metadata_tokens: metadata.and_then(|it| it.http_tokens()) == Some(&HttpTokensState::Required),
        metadata_hops: hops.unwrap_or_default(),
        volume: Volume { device: String::new(), size: 0, volume_type: String::new(), encrypted: false },
        monitoring: matches!(monitoring, Some(MonitoringState::Enabled | MonitoringState::Pending)),
        deletion_protection: hidden.deletion_protection,
        running: !matches!(
            instance.state().and_then(|it| it.name()),
            Some(InstanceStateName::Stopping | InstanceStateName::Stopped)
        ),
    };
    let out = Out {
        id: instance.instance_id().ok_or_else(|| missing("instance id"))?.to_owned(),
        private_ip: placed(instance.private_ip_address(), "private address")?,
        private_dns: instance.private_dns_name().unwrap_or_default().to_owned(),
        volumes: volumes.filter_map(|it| it.ebs()?.volume_id().map(str::to_owned)).collect(),
    };
    Ok(Live { state, out, tags: tags(instance.tags.as_deref()), status })
}

/// `None` if it is gone. One that stands still can be changed.
fn status(instance: &SdkInstance) -> Result<Option<Status>> {
    let state = instance.state().and_then(|it| it.name());
    Ok(Some(match state.ok_or_else(|| ApiError::incomplete(DESCRIBE, "state"))? {
        InstanceStateName::Running | InstanceStateName::Stopped => Status::Ready,
        InstanceStateName::ShuttingDown => Status::Leaving,
        InstanceStateName::Terminated => return Ok(None),
        passing => Status::Pending(passing.as_str().to_owned()),
    }))
}

/// What the processor of a machine is: families of AWS's own processors have a `g` after their generation
/// (<https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html>).
#[must_use]
pub fn architecture(instance_type: &str) -> &'static str {
    let family = instance_type.split('.').next().unwrap_or_default();
    let options = family.trim_start_matches(|it: char| !it.is_ascii_digit());
    let options = options.trim_start_matches(|it: char| it.is_ascii_digit());
    if options.contains('g') || family == "a1" { "arm64" } else { "x86_64" }
}

#[cfg(test)]
#[path = "instance_tests.rs"]
mod tests;
