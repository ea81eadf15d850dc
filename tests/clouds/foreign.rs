//! What is not ours is never touched.

mod blocked;
mod neighbours;
mod world;

use serde_json::{Value, json};

use crate::lab::Lab;
use neighbours::{group, log_group, move_in, role};
use world::{World, harmed, world};

/// The same file serves two environments; a part of it may be left out or come again.
fn stack(name: &str, network: &str) -> String {
    format!(
        "stack: {name}\nregion: eu-central-1\nenvironments: {{dev: {{}}, prod: {{}}}}\nnetwork:\n  cidr: 10.0.0.0/16\n  zones: 2\n{network}"
    )
}

const NAT: &str = "  nat: single\n";
const NO_NAT: &str = "  nat: none\n";
const ENDPOINTS: &str = "  endpoints: [s3]\n";
const FLOW_LOGS: &str = "  flow_logs: 30d\n";
const GROUPS: &str = "  security_groups:
    web: {ingress: [{from: internet, port: 443}]}
    app: {ingress: [{from: web, port: 3000}]}
";

/// A lab that shows at once what was done, so that it can be compared.
async fn lab(name: &str) -> Lab {
    let lab = Lab::new(name).await;
    lab.behave(json!({"read_after_write": 0, "iam_delay": 0, "new_id_unknown": 0, "page_size": 0})).await;
    lab
}

/// What there is of ours.
fn made(before: &World, now: &World) -> World {
    now.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(id, it)| (id.clone(), it.clone())).collect()
}

/// The changes that were sent since the `since`-th call, in order.
async fn changes_since(lab: &Lab, since: usize) -> Vec<String> {
    let calls = lab.calls().await;
    calls.into_iter().skip(since).filter(|(_, changes)| *changes).map(|(name, _)| name).collect()
}

async fn vpc_of(lab: &Lab, stack: &str, env: &str) -> String {
    lab.write(stack);
    let outputs = lab.json(&["outputs", "--env", env]).await;
    outputs["outputs"]["network.vpc_id"].as_str().unwrap_or_else(|| panic!("{outputs:#}")).to_owned()
}

#[tokio::test]
async fn neighbours_stay_as_they_were() {
    let lab = lab("foreign: neighbours").await;
    move_in(&lab.aws().await).await;
    let (full, less) =
        (stack("shop", &[NO_NAT, ENDPOINTS, FLOW_LOGS, GROUPS].concat()), stack("shop", &[NAT, GROUPS].concat()));
    // Those that are made by infractl itself, but of another environment or stack, are neighbours as well.
    lab.write(&full);
    lab.ok(&["apply", "--yes", "--env", "prod"]).await;
    lab.write(&stack("shop-dev", FLOW_LOGS));
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let before = world(&lab).await;
    for text in [&full, &less, &full] {
        lab.write(text);
        lab.ok(&["apply", "--yes", "--env", "dev"]).await;
        assert_eq!(harmed(&before, &world(&lab).await), [""; 0]);
        lab.ok(&["plan", "--env", "dev", "--detailed-exitcode"]).await;
    }
    lab.ok(&["destroy", "--yes", "--env", "dev"]).await;
    let after = world(&lab).await;
    assert_eq!(harmed(&before, &after), [""; 0]);
    assert_eq!(made(&before, &after), World::new());
    for (text, env) in [(&full, "prod"), (&stack("shop-dev", FLOW_LOGS), "dev")] {
        lab.write(text);
        lab.ok(&["plan", "--env", env, "--detailed-exitcode"]).await;
    }
}

#[tokio::test]
async fn the_same_stack_in_another_region_is_a_neighbour() {
    let lab = lab("foreign: region").await;
    let here = stack("shop", &[NO_NAT, FLOW_LOGS].concat());
    lab.write(&here);
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let before = world(&lab).await;
    lab.write(&here.replace("eu-central-1", "eu-west-1"));
    for command in ["apply", "destroy"] {
        lab.ok(&[command, "--yes", "--env", "dev"]).await;
        assert_eq!(harmed(&before, &world(&lab).await), [""; 0], "by {command}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict() {
    let lab = lab("foreign: taken").await;
    let cx = lab.aws().await;
    log_group(&cx, "/infractl/shop/dev/flow-logs").await;
    role(&cx, "shop-dev-eu-central-1-flow-logs", "/").await;
    lab.write(&stack("shop", &[NO_NAT, FLOW_LOGS].concat()));
    let before = (world(&lab).await, lab.changes().await);
    let plan = lab.run(&["plan", "--env", "dev"]).await;
    assert_eq!(plan.code, 4, "{plan:?}");
    for name in ["logs.log_group/flow-logs", "iam.role/flow-logs"] {
        assert!(plan.out.contains(&format!("{name}: its name is taken")), "{}", plan.out);
    }
    let tree = lab.json(&["plan", "--env", "dev"]).await;
    let addresses: Vec<_> =
        tree["conflicts"].as_array().unwrap().iter().map(|it| &it["conflict"]["taken"]["address"]).collect();
    assert_eq!(addresses, ["logs.log_group/flow-logs", "iam.role/flow-logs"], "{tree:#}");
    for args in [&["apply", "--yes", "--env", "dev"][..], &["apply", "--yes", "--env", "dev", "--format", "json"]] {
        let said = lab.run(args).await;
        assert_eq!(said.code, 4, "{said:?}");
        assert!((said.out + &said.err).contains("conflict"));
    }
    assert_eq!((world(&lab).await, lab.changes().await), before);

    cx.logs.delete_log_group().log_group_name("/infractl/shop/dev/flow-logs").send().await.unwrap();
    cx.iam
        .delete_role_policy()
        .role_name("shop-dev-eu-central-1-flow-logs")
        .policy_name("infractl")
        .send()
        .await
        .unwrap();
    cx.iam.delete_role().role_name("shop-dev-eu-central-1-flow-logs").send().await.unwrap();
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
}

#[tokio::test]
async fn a_group_of_our_name_in_our_network_is_a_conflict() {
    let lab = lab("foreign: group").await;
    let bare = stack("shop", NO_NAT);
    lab.write(&bare);
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let vpc = vpc_of(&lab, &bare, "dev").await;
    let theirs = group(&lab.aws().await, &vpc, "shop-dev-web").await;
    lab.assert_untouched_by(&stack("shop", &[NO_NAT, GROUPS].concat()), &theirs).await;
}

impl Lab {
    /// That `text` cannot be applied because of `id`, and that nothing comes of trying.
    async fn assert_untouched_by(&self, text: &str, id: &str) {
        self.write(text);
        let before = (world(self).await, self.changes().await);
        let said = self.run(&["apply", "--yes", "--env", "dev"]).await;
        assert_eq!(said.code, 4, "{said:?}");
        assert!(said.out.contains(id), "{}", said.out);
        assert_eq!((world(self).await, self.changes().await), before);
    }
}

#[tokio::test]
async fn what_leaves_the_file_goes_and_nothing_else() {
    let lab = lab("foreign: removed").await;
    lab.write(&stack("shop", &[NAT, ENDPOINTS, FLOW_LOGS, GROUPS].concat()));
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let removals: [(String, &[&str], &[&str]); 4] = [
        (
            [NAT, ENDPOINTS, GROUPS].concat(),
            &["delete ec2.flow_log/flow-logs", "delete iam.role/flow-logs", "delete logs.log_group/flow-logs"],
            &["ec2:DeleteFlowLogs", "iam:DeleteRolePolicy", "iam:DeleteRole"],
        ),
        ([NAT, GROUPS].concat(), &["delete ec2.vpc_endpoint/s3"], &["ec2:DeleteVpcEndpoints"]),
        (
            NAT.into(),
            &[
                "delete ec2.security_group/app",
                "delete ec2.security_group/web",
                "delete ec2.security_group_rules/app",
                "delete ec2.security_group_rules/web",
            ],
            &["ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:DeleteSecurityGroup"],
        ),
        (
            NO_NAT.into(),
            &[
                "delete ec2.eip/nat-a",
                "delete ec2.nat_gateway/nat-a",
                "update ec2.route_table/private-a",
                "update ec2.route_table/private-b",
            ],
            &["ec2:DeleteRoute", "ec2:DeleteNatGateway", "ec2:ReleaseAddress"],
        ),
    ];
    for (network, plan, order) in removals {
        lab.write(&stack("shop", &network));
        let (before, since) = (world(&lab).await, lab.calls().await.len());
        assert_eq!(planned(&lab).await, plan);
        lab.ok(&["apply", "--yes", "--env", "dev"]).await;
        let calls = changes_since(&lab, since).await;
        assert!(is_within(order, &calls), "{order:?} {calls:?}");
        let what = |it: &String| it.starts_with("ec2:Create") || it.starts_with("ec2:Modify");
        assert!(!calls.iter().any(what), "{calls:?}");
        let now = world(&lab).await;
        assert_eq!(made(&before, &now), World::new());
        let lost: Vec<_> = before.keys().filter(|it| !now.contains_key(*it)).collect();
        assert!(!lost.is_empty());
        for id in ["vpc-", "subnet-", "igw-", "rtb-"] {
            assert!(!lost.iter().any(|it| it.starts_with(id)), "{lost:?}");
        }
    }
    assert_eq!(planned(&lab).await, [""; 0]);
}

/// Whether all of `order` are among `calls`, one after the other.
fn is_within(order: &[&str], calls: &[String]) -> bool {
    let mut rest = calls.iter();
    order.iter().all(|wanted| rest.any(|it| it == wanted))
}

async fn planned(lab: &Lab) -> Vec<String> {
    let plan = lab.json(&["plan", "--env", "dev"]).await;
    let line = |it: &Value| format!("{} {}", it["action"].as_str().unwrap(), it["address"].as_str().unwrap());
    let mut acc: Vec<_> = plan["resources"].as_array().unwrap().iter().map(line).collect();
    acc.sort();
    acc
}
