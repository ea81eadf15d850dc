//! What changes machines.

use aws_sdk_ec2::types::{
    AttributeBooleanValue, AttributeValue, BlockDeviceMapping, EbsBlockDevice, HttpTokensState,
    IamInstanceProfileSpecification, InstanceMetadataEndpointState, InstanceMetadataOptionsRequest,
    InstanceNetworkInterfaceSpecification, InstanceType, ResourceType, RunInstancesMonitoringEnabled, VolumeType,
};
use aws_smithy_types::base64;

use super::{
    filter,
    instance::{Instance, Volume},
    tagged,
};
use crate::{
    api::{ApiError, During, OrDone, Result, WriteCx},
    catalog::lifecycle::{Changed, New},
    fields,
    resource::Live,
};

const MODIFY: &str = "ec2:ModifyInstanceAttribute";

pub(super) async fn create(cx: &WriteCx, new: &New<Instance>) -> Result<()> {
    let want = &new.want;
    let metadata = InstanceMetadataOptionsRequest::builder()
        .http_endpoint(InstanceMetadataEndpointState::Enabled)
        .http_tokens(tokens(want))
        .http_put_response_hop_limit(hops(want));
    let interface = InstanceNetworkInterfaceSpecification::builder()
        .device_index(0)
        .subnet_id(want.subnet.get())
        .set_groups(Some(groups(want)))
        .associate_public_ip_address(want.public_ip)
        .delete_on_termination(true);
    let call = cx
        .ec2
        .run_instances()
        .client_token(&new.token)
        .min_count(1)
        .max_count(1)
        // EC2 looks the image up: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-systems-manager-parameter-to-find-AMI.html>.
        .image_id(format!("resolve:ssm:{}", want.image))
        .instance_type(InstanceType::from(want.instance_type.as_str()))
        .iam_instance_profile(profile(want))
        .user_data(base64::encode(want.user_data.join("\n")))
        .metadata_options(metadata.build())
        .network_interfaces(interface.build())
        .block_device_mappings(volume(&want.volume))
        .monitoring(RunInstancesMonitoringEnabled::builder().enabled(want.monitoring).build())
        .disable_api_termination(want.deletion_protection)
        .tag_specifications(tagged(ResourceType::Instance, new))
        .tag_specifications(tagged(ResourceType::Volume, new));
    call.send().await.during("ec2:RunInstances").map(drop)
}

pub(super) async fn update(cx: &WriteCx, want: &Instance, live: &Live<Instance>, changed: &Changed) -> Result<()> {
    let id = &live.out.id;
    let modify = || cx.ec2.modify_instance_attribute().instance_id(id);
    if changed.any(fields!(Instance: security_groups)) {
        modify().set_groups(Some(groups(want))).send().await.during(MODIFY)?;
    }
    if changed.any(fields!(Instance: deletion_protection)) {
        protect(cx, id, want.deletion_protection).await?;
    }
    if changed.any(fields!(Instance: instance_profile)) {
        replace_profile(cx, want, id).await?;
    }
    if changed.any(fields!(Instance: metadata_tokens, metadata_hops)) {
        let call = cx.ec2.modify_instance_metadata_options().instance_id(id).http_tokens(tokens(want));
        let call = call.http_put_response_hop_limit(hops(want));
        call.send().await.during("ec2:ModifyInstanceMetadataOptions")?;
    }
    if changed.any(fields!(Instance: monitoring)) {
        if want.monitoring {
            cx.ec2.monitor_instances().instance_ids(id).send().await.during("ec2:MonitorInstances")?;
        } else {
            cx.ec2.unmonitor_instances().instance_ids(id).send().await.during("ec2:UnmonitorInstances")?;
        }
    }
    if changed.any(fields!(Instance: instance_type)) {
        if live.state.running {
            // The rest is done once it stands still.
            return stop(cx, id).await;
        }
        let size = AttributeValue::builder().value(&want.instance_type).build();
        modify().instance_type(size).send().await.during(MODIFY)?;
    }
    match (live.state.running, want.running) {
        (true, false) => stop(cx, id).await,
        (false, true) => cx.ec2.start_instances().instance_ids(id).send().await.during("ec2:StartInstances").map(drop),
        _ => Ok(()),
    }
}

pub(super) async fn delete(cx: &WriteCx, live: &Live<Instance>) -> Result<()> {
    let id = &live.out.id;
    if live.state.deletion_protection {
        protect(cx, id, false).await.or_done()?;
    }
    cx.ec2.terminate_instances().instance_ids(id).send().await.during("ec2:TerminateInstances").or_done()
}

async fn stop(cx: &WriteCx, id: &str) -> Result<()> {
    cx.ec2.stop_instances().instance_ids(id).send().await.during("ec2:StopInstances").map(drop)
}

async fn protect(cx: &WriteCx, id: &str, on: bool) -> Result<()> {
    let on = AttributeBooleanValue::builder().value(on).build();
    let call = cx.ec2.modify_instance_attribute().instance_id(id).disable_api_termination(on);
    call.send().await.during(MODIFY).map(drop)
}

/// A profile takes the place of another by the name of their association.
async fn replace_profile(cx: &WriteCx, want: &Instance, id: &str) -> Result<()> {
    const CALL: &str = "ec2:ReplaceIamInstanceProfileAssociation";
    let call = cx.read.ec2.describe_iam_instance_profile_associations();
    let call = call.filters(filter("instance-id", [id])).filters(filter("state", ["associating", "associated"]));
    let found = call.send().await.during("ec2:DescribeIamInstanceProfileAssociations")?;
    let Some(old) = found.iam_instance_profile_associations().first() else {
        let call = cx.ec2.associate_iam_instance_profile().instance_id(id).iam_instance_profile(profile(want));
        return call.send().await.during("ec2:AssociateIamInstanceProfile").map(drop);
    };
    let old = old.association_id().ok_or_else(|| ApiError::incomplete(CALL, "association id"))?;
    let call = cx.ec2.replace_iam_instance_profile_association().association_id(old);
    call.iam_instance_profile(profile(want)).send().await.during(CALL).map(drop)
}

fn profile(want: &Instance) -> IamInstanceProfileSpecification {
    IamInstanceProfileSpecification::builder().arn(want.instance_profile.get()).build()
}

fn groups(want: &Instance) -> Vec<String> {
    want.security_groups.iter().map(|it| it.get().clone()).collect()
}

fn tokens(want: &Instance) -> HttpTokensState {
    if want.metadata_tokens { HttpTokensState::Required } else { HttpTokensState::Optional }
}

fn hops(want: &Instance) -> i32 {
    want.metadata_hops.try_into().unwrap_or(i32::MAX)
}

fn volume(want: &Volume) -> BlockDeviceMapping {
    let disk = EbsBlockDevice::builder()
        .volume_size(want.size.try_into().unwrap_or(i32::MAX))
        .volume_type(VolumeType::from(want.volume_type.as_str()))
        .encrypted(want.encrypted)
        .delete_on_termination(true);
    BlockDeviceMapping::builder().device_name(&want.device).ebs(disk.build()).build()
}
