//! A cache on a machine of its own, in a container.

use std::borrow::Cow;

use serde_json::json;
use shlex::Quoter;

use super::{
    Part,
    engine::{arguments, engine},
    token::{self, token, url},
};
use crate::{
    catalog::aws::{
        ec2::instance::{Instance, Volume, architecture},
        iam::{instance_profile::InstanceProfile, role::Role},
        secretsmanager::secret::Secret,
    },
    compile::{naming::fit, stack::Stack, trust},
    field,
    resource::{Place, graph::Handle, text::policy::PolicyDocument, value::In},
    spec::{
        Spec,
        model::{Cache, ComponentName, Tier},
    },
};

/// How many GiB the volume has: what the image needs.
const VOLUME: u32 = 8;
/// The longest names (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const ROLE_LIMIT: usize = 64;
const PROFILE_LIMIT: usize = 128;

pub(super) fn cache(stack: &mut Stack<'_>, part: &Part<'_>) {
    let Part { component, name, cache } = part;
    let group = part.group(stack, &[cache.port()]);
    let token = token(stack, part);
    let profile = profile(stack, part, &token);
    let architecture = architecture(cache.size());
    let it = Instance {
        instance_type: cache.size().into(),
        architecture: architecture.into(),
        // <https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli>
        image: format!("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"),
        subnet: part.first_subnet(stack),
        public_ip: part.tier(stack) == Some(Tier::Public),
        security_groups: [group].into(),
        instance_profile: profile.out(field!(arn)),
        user_data: user_data(cache, &stack.graph.place.region, &token::name(stack, part)),
        metadata_tokens: true,
        metadata_hops: 1,
        volume: Volume { device: "/dev/xvda".into(), size: VOLUME, volume_type: "gp3".into(), encrypted: true },
        monitoring: is_watched(stack.spec, name),
        deletion_protection: false,
        running: true,
    };
    let it = stack.graph.add(component, name, &it);
    let host = it.out(field!(private_ip));
    stack.give(component, "host", &host);
    stack.give(component, "port", cache.port());
    let url = url(stack, part, &host, Some(&token));
    stack.give(component, "url", url);
}

/// Whether an alarm looks at it each minute.
fn is_watched(spec: &Spec, name: &str) -> bool {
    let own = spec.alarms.values().any(|it| it.cache.as_ref().map(ComponentName::as_str) == Some(name));
    own || (spec.default_alarms && !spec.notify.is_empty())
}

/// What gives the machine a role that may read the token, and nothing else.
fn profile(stack: &mut Stack<'_>, part: &Part<'_>, token: &Handle<Secret>) -> Handle<InstanceProfile> {
    // Two that are called the same would look as if each referred to the other.
    let called = |what| format!("{}-{}-{what}", stack.graph.scope.global_prefix(), part.name);
    let profile_name = fit(&called("machine"), PROFILE_LIMIT);
    let role = Role {
        role_name: fit(&called("cache"), ROLE_LIMIT),
        path: stack.graph.scope.global_path(),
        description: format!("What the machine of cache {} may do", part.name),
        trust: trust(&stack.graph.place),
        policy: Some(PolicyDocument::new(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue"],
                "Resource": [token.out(field!(arn))],
            }],
        }))),
    };
    let role = stack.graph.add(&part.component, &part.component, &role);
    let profile =
        InstanceProfile { profile_name, path: stack.graph.scope.global_path(), role: Some(role.out(field!(name))) };
    stack.graph.add(&part.component, &part.component, &profile)
}

/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>
fn trust(place: &Place) -> PolicyDocument {
    let domain = if place.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    trust::service(&format!("ec2.{domain}"), &json!({}))
}

/// What the machine runs when it is first started.
///
/// Whoever may look at machines can read it, so the token is not in it: the cache's own service asks for that each time it
/// starts, and tells it to the server alone, through a pipe. It starts again until Docker, the role and the network are there.
fn user_data(cache: &Cache, region: &str, secret: &str) -> Vec<String> {
    let (engine, port) = (engine(cache), cache.port());
    let arguments: Vec<_> = arguments(cache, &[]).iter().map(|it| quoted(it)).collect();
    let (image, server, arguments) = (quoted(&engine.image), engine.server, arguments.join(" "));
    let text = format!(
        r#"#!/bin/bash
cat > /usr/local/sbin/cache << 'END OF FILE'
#!/bin/bash
set -euo pipefail
docker rm --force cache > /dev/null 2>&1 || true
token=$(aws secretsmanager get-secret-value --region {region} --secret-id {secret} --query SecretString --output text |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["password"])')
memory=$(awk '/^MemTotal:/ {{ print int($2 * 3 / 4) }}' /proc/meminfo)
printf 'requirepass %s\nmaxmemory %skb\n' "$token" "$memory" |
  docker run --rm --interactive --name cache --publish {port}:{port} {image} {server} - {arguments}
END OF FILE
chmod 700 /usr/local/sbin/cache
cat > /etc/systemd/system/cache.service << 'END OF FILE'
[Unit]
Description=Cache
Wants=network-online.target
After=network-online.target docker.service
StartLimitIntervalSec=0
[Service]
ExecStart=/usr/local/sbin/cache
ExecStop=/usr/bin/docker stop cache
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
END OF FILE
until dnf install --assumeyes docker; do sleep 10; done
systemctl daemon-reload
systemctl enable --now docker cache"#
    );
    text.lines().map(str::to_owned).collect()
}

/// One word of a shell.
fn quoted(word: &str) -> String {
    // Nothing but a zero byte has no form in a shell, and that one is passed through.
    Quoter::new().allow_nul(true).quote(word).map_or_else(|_| word.to_owned(), Cow::into_owned)
}

impl Part<'_> {
    /// The first subnet of its tier.
    fn first_subnet(&self, stack: &Stack<'_>) -> In<String> {
        let net = self.tier(stack).zip(stack.net.as_ref());
        net.and_then(|(tier, net)| net.tier(tier).into_iter().next()).unwrap_or_else(|| "".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> String {
        user_data(&serde_json::from_str(text).unwrap(), "eu-central-1", "/infractl/shop/dev/caches.main.token")
            .join("\n")
    }

    #[test]
    fn the_token_is_fetched_and_the_settings_are_words() {
        let it = script(
            r#"{"provider": "ec2", "port": 6380, "parameters": {"maxmemory-policy": "it's; x", "lazyfree": true}}"#,
        );
        assert!(it.contains("--region eu-central-1 --secret-id /infractl/shop/dev/caches.main.token --query"), "{it}");
        let run = "--publish 6380:6380 public.ecr.aws/valkey/valkey:8.0 valkey-server - --port 6380 --save '' --appendonly no \
                   --maxmemory-policy \"it's; x\" --lazyfree yes\nEND OF FILE\n";
        assert!(it.contains(run), "{it}");
        let redis = script(r#"{"provider": "ec2", "engine": "redis"}"#);
        assert!(redis.contains("public.ecr.aws/docker/library/redis:7.2 redis-server - "), "{redis}");
    }
}
