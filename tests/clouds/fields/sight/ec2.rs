//! Machines, and the profiles that give them their roles.

use aws_sdk_ec2::types::{Instance, InstanceAttributeName};
use aws_smithy_types::base64;
use infractl::api::ReadCx;

use super::{Looking, tags};

impl Looking {
    pub(super) async fn machines(&mut self, cx: &ReadCx) {
        for it in all!(cx.iam.list_instance_profiles()) {
            let call = cx.iam.get_instance_profile().instance_profile_name(it.instance_profile_name());
            // It may go while we look.
            let Ok(found) = call.send().await else { continue };
            let profile = found.instance_profile.unwrap();
            let tags: Vec<_> = profile.tags().iter().map(|it| (it.key().into(), it.value().into())).collect();
            let roles: Vec<_> = profile.roles().iter().map(|it| it.arn()).collect();
            let facts = vec![("path", profile.path().to_owned()), ("roles", roles.join(" "))];
            self.see(Some(profile.arn()), &tags, facts);
            self.made(&tags, Some(profile.instance_profile_id()));
        }
        for it in all!(cx.ec2.describe_instances()).iter().flat_map(|it| it.instances()) {
            let state = it.state().unwrap().name().unwrap().as_str();
            self.moves |= matches!(state, "pending" | "stopping" | "shutting-down");
            if !["running", "stopped"].contains(&state) {
                continue;
            }
            let Some(mut facts) = hidden(cx, it.instance_id().unwrap()).await else { continue };
            facts.extend(self::facts(it, state));
            self.see(it.instance_id(), &tags(it.tags()), facts);
            let address = tags(it.tags()).into_iter().find(|it| it.0 == "infractl:id").map(|it| it.1);
            let host = address.map(|address| format!("ADDRESS OF {address}"));
            self.names.extend(it.private_ip_address().map(str::to_owned).zip(host));
        }
    }
}

fn facts(it: &Instance, state: &str) -> Vec<(&'static str, String)> {
    let groups: Vec<_> = it.security_groups().iter().map(|it| it.group_id().unwrap()).collect();
    let metadata = it.metadata_options().unwrap();
    let hops = metadata.http_put_response_hop_limit().unwrap();
    vec![
        ("state", state.to_owned()),
        ("type", it.instance_type().unwrap().as_str().to_owned()),
        ("subnet", it.subnet_id().unwrap().to_owned()),
        ("public", it.public_ip_address().map_or(String::new(), |_| "yes".into())),
        ("groups", groups.join(" ")),
        ("profile", it.iam_instance_profile().and_then(|it| it.arn()).unwrap_or_default().to_owned()),
        ("metadata", format!("{} {hops}", metadata.http_tokens().unwrap().as_str())),
        ("metrics", it.monitoring().unwrap().state().unwrap().as_str().to_owned()),
    ]
}

/// What has to be asked for by itself: of what it runs, the line that counts.
async fn hidden(cx: &ReadCx, id: &str) -> Option<Vec<(&'static str, String)>> {
    let attribute = async |name: InstanceAttributeName| {
        cx.ec2.describe_instance_attribute().instance_id(id).attribute(name).send().await.ok()
    };
    let data = attribute(InstanceAttributeName::UserData).await?.user_data?.value?;
    let data = String::from_utf8(base64::decode(data).unwrap()).unwrap();
    let runs = data.lines().find_map(|it| it.split_once("--publish ")).map_or("", |(_, it)| it).to_owned();
    let protected = attribute(InstanceAttributeName::DisableApiTermination).await?.disable_api_termination?.value?;
    Some(vec![("runs", runs), ("protected", if protected { "yes".into() } else { String::new() })])
}
