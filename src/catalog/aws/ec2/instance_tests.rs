use aws_sdk_ec2::types::{
    ArchitectureValues, EbsInstanceBlockDevice, GroupIdentifier, IamInstanceProfile, InstanceBlockDeviceMapping,
    InstanceMetadataOptionsResponse, InstanceState, InstanceType, Monitoring, builders::InstanceBuilder,
};

use super::*;

fn instance(state: InstanceStateName) -> InstanceBuilder {
    let disk = EbsInstanceBlockDevice::builder().volume_id("vol-1").build();
    let metadata = InstanceMetadataOptionsResponse::builder().http_tokens(HttpTokensState::Required);
    SdkInstance::builder()
        .instance_id("i-1")
        .instance_type(InstanceType::T4gMicro)
        .architecture(ArchitectureValues::Arm64)
        .state(InstanceState::builder().name(state).build())
        .block_device_mappings(InstanceBlockDeviceMapping::builder().device_name("/dev/xvda").ebs(disk).build())
        .metadata_options(metadata.http_put_response_hop_limit(1).build())
        .monitoring(Monitoring::builder().state(MonitoringState::Disabling).build())
}

fn placed(state: InstanceStateName) -> SdkInstance {
    instance(state)
        .subnet_id("subnet-1")
        .private_ip_address("10.0.0.7")
        .private_dns_name("ip-10-0-0-7.eu-central-1.compute.internal")
        .security_groups(GroupIdentifier::builder().group_id("sg-1").build())
        .iam_instance_profile(IamInstanceProfile::builder().arn("arn:profile").build())
        .build()
}

fn described(instance: &SdkInstance) -> Result<Option<Live<Instance>>> {
    let Some(status) = status(instance)? else { return Ok(None) };
    describe(instance, Hidden::default(), status).map(Some)
}

#[test]
fn what_is_there_is_read() {
    let live = described(&placed(InstanceStateName::Running)).unwrap().unwrap();
    assert_eq!(live.status, Status::Ready);
    assert_eq!(
        (live.out.private_ip.as_str(), live.out.volumes.as_slice()),
        ("10.0.0.7", ["vol-1".to_owned()].as_slice())
    );
    let it = live.state;
    assert!(it.running && it.metadata_tokens && !it.monitoring);
    assert_eq!((it.metadata_hops, it.instance_profile), (1, "arn:profile".into()));
}

#[test]
fn one_that_stands_still_can_be_changed_and_one_that_is_gone_is_not_there() {
    let of = |state| described(&placed(state)).unwrap().map(|it| (it.status, it.state.running));
    assert_eq!(of(InstanceStateName::Pending), Some((Status::Pending("pending".into()), true)));
    assert_eq!(of(InstanceStateName::Stopping), Some((Status::Pending("stopping".into()), false)));
    assert_eq!(of(InstanceStateName::Stopped), Some((Status::Ready, false)));
    assert_eq!(of(InstanceStateName::ShuttingDown), Some((Status::Leaving, true)));
    assert_eq!(of(InstanceStateName::Terminated), None);
}

#[test]
fn one_that_is_going_may_have_let_go_of_its_network_but_one_that_works_must_have_it() {
    assert!(described(&instance(InstanceStateName::ShuttingDown).build()).unwrap().is_some());
    assert!(described(&instance(InstanceStateName::Running).build()).is_err());
}

#[test]
fn user_data_comes_encoded() {
    let lines = |it: &[&str]| Some(it.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(decode(&base64::encode("#!/bin/sh\necho")), lines(&["#!/bin/sh", "echo"]));
    assert_eq!((decode(""), decode("=")), (lines(&[]), None));
}

#[test]
fn families_say_what_their_processor_is() {
    for it in ["t4g.micro", "m7gd.large", "c6gn.large", "g5g.xlarge", "a1.medium"] {
        assert_eq!(architecture(it), "arm64", "{it}");
    }
    for it in ["t3.micro", "t3a.micro", "g4dn.xlarge", "m7i.large"] {
        assert_eq!(architecture(it), "x86_64", "{it}");
    }
}
