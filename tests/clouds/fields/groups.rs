//! Security groups.

use super::bench::{Bench, Hands, Sequence, case};
use crate::lab::Lab;

/// All rules of one way are one setting.
const IN: &[&str] = &["update ec2.security_group_rules/app: ingress"];
const OUT: &[&str] = &["update ec2.security_group_rules/app: egress"];

macro_rules! ingress {
    ($rules:literal) => {
        concat!("network: { security_groups: { app: { ingress: [", $rules, "] } } }")
    };
}

macro_rules! egress {
    ($rules:literal) => {
        concat!("network: { security_groups: { app: { egress: [", $rules, "] } } }")
    };
}

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "network: { zones: 1, tiers: [isolated], security_groups: { app: {} } }",
    cases: &[
        case(
            ingress!("{ from: network, port: 80 }"),
            IN,
            &["ec2.security_group/app ingress tcp 80 10.0.0.0/16: none -> yes"],
        ),
        case(
            ingress!("{ from: internet, port: 80 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 80 0.0.0.0/0: none -> yes",
                "ec2.security_group/app ingress tcp 80 10.0.0.0/16: yes -> none",
                "ec2.security_group/app ingress tcp 80 ::/0: none -> yes",
            ],
        ),
        case(
            ingress!("{ from: self, port: 80 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 80 0.0.0.0/0: yes -> none",
                "ec2.security_group/app ingress tcp 80 ::/0: yes -> none",
                "ec2.security_group/app ingress tcp 80 ec2.security_group/app: none -> yes",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, port: 80 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 80 10.1.0.0/16: none -> yes",
                "ec2.security_group/app ingress tcp 80 ec2.security_group/app: yes -> none",
            ],
        ),
        case(
            ingress!("{ from: 2001:db8::/32, port: 80 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 80 10.1.0.0/16: yes -> none",
                "ec2.security_group/app ingress tcp 80 2001:db8::/32: none -> yes",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, port: 8000-8100 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 80 2001:db8::/32: yes -> none",
                "ec2.security_group/app ingress tcp 8000-8100 10.1.0.0/16: none -> yes",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16 }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 0-65535 10.1.0.0/16: none -> yes",
                "ec2.security_group/app ingress tcp 8000-8100 10.1.0.0/16: yes -> none",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, protocol: udp }"),
            IN,
            &[
                "ec2.security_group/app ingress tcp 0-65535 10.1.0.0/16: yes -> none",
                "ec2.security_group/app ingress udp 0-65535 10.1.0.0/16: none -> yes",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, protocol: icmp }"),
            IN,
            &[
                "ec2.security_group/app ingress icmp 10.1.0.0/16: none -> yes",
                "ec2.security_group/app ingress udp 0-65535 10.1.0.0/16: yes -> none",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, protocol: all }"),
            IN,
            &[
                "ec2.security_group/app ingress -1 10.1.0.0/16: none -> yes",
                "ec2.security_group/app ingress icmp 10.1.0.0/16: yes -> none",
            ],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, protocol: all, description: all of it }"),
            IN,
            &["ec2.security_group/app ingress -1 10.1.0.0/16: yes -> all of it"],
        ),
        case(
            ingress!("{ from: 10.1.0.0/16, protocol: all }"),
            IN,
            &["ec2.security_group/app ingress -1 10.1.0.0/16: all of it -> yes"],
        ),
        case(ingress!(""), IN, &["ec2.security_group/app ingress -1 10.1.0.0/16: yes -> none"]),
        case(egress!(""), OUT, &["ec2.security_group/app egress -1 0.0.0.0/0: yes -> none"]),
        case(
            egress!("{ to: internet, port: 443 }"),
            &["create ec2.security_group_rules/app"],
            &[
                "ec2.security_group/app egress tcp 443 0.0.0.0/0: none -> yes",
                "ec2.security_group/app egress tcp 443 ::/0: none -> yes",
            ],
        ),
        case(
            egress!("{ to: self, port: 443 }"),
            OUT,
            &[
                "ec2.security_group/app egress tcp 443 0.0.0.0/0: yes -> none",
                "ec2.security_group/app egress tcp 443 ::/0: yes -> none",
                "ec2.security_group/app egress tcp 443 ec2.security_group/app: none -> yes",
            ],
        ),
        case(
            egress!("{ to: self, port: 444 }"),
            OUT,
            &[
                "ec2.security_group/app egress tcp 443 ec2.security_group/app: yes -> none",
                "ec2.security_group/app egress tcp 444 ec2.security_group/app: none -> yes",
            ],
        ),
        case(
            egress!("{ to: self, port: 444, protocol: udp }"),
            OUT,
            &[
                "ec2.security_group/app egress tcp 444 ec2.security_group/app: yes -> none",
                "ec2.security_group/app egress udp 444 ec2.security_group/app: none -> yes",
            ],
        ),
        case(
            egress!("{ to: self, port: 444, protocol: udp, description: out }"),
            OUT,
            &["ec2.security_group/app egress udp 444 ec2.security_group/app: yes -> out"],
        ),
        case(
            egress!(
                "{ to: network, protocol: icmp }, { to: 10.0.0.0/8, protocol: all }, { to: network, protocol: tcp }"
            ),
            OUT,
            &[
                "ec2.security_group/app egress -1 10.0.0.0/8: none -> yes",
                "ec2.security_group/app egress icmp 10.0.0.0/16: none -> yes",
                "ec2.security_group/app egress tcp 0-65535 10.0.0.0/16: none -> yes",
                "ec2.security_group/app egress udp 444 ec2.security_group/app: out -> none",
            ],
        ),
        case(
            "network: { security_groups: { db: { ingress: [{ from: app, port: 5432, protocol: tcp }], egress: [] } } }",
            &["create ec2.security_group/db", "create ec2.security_group_rules/db"],
            &["+ec2.security_group/db: description=db of shop-default, ingress tcp 5432 ec2.security_group/app, \
                name=shop-default-db, vpc=ec2.vpc/main"],
        ),
        case(
            egress!("{ to: db, port: 5432 }"),
            OUT,
            &[
                "ec2.security_group/app egress -1 10.0.0.0/8: yes -> none",
                "ec2.security_group/app egress icmp 10.0.0.0/16: yes -> none",
                "ec2.security_group/app egress tcp 0-65535 10.0.0.0/16: yes -> none",
                "ec2.security_group/app egress tcp 5432 ec2.security_group/db: none -> yes",
            ],
        ),
        case(
            "network: { security_groups: { app: { description: Those who ask } } }",
            &[
                "replace ec2.security_group/app: description",
                "replace ec2.security_group_rules/app: group",
                "replace ec2.security_group_rules/db: holds ec2.security_group/app",
            ],
            &["ec2.security_group/app description: app of shop-default -> Those who ask"],
        ),
        case(
            "network: { security_groups: { db: null, \
                store: { ingress: [{ from: app, port: 5432 }], egress: [] }, \
                app: { egress: [{ to: store, port: 5432 }] } } }",
            &[
                "create ec2.security_group/store",
                "create ec2.security_group_rules/store",
                "delete ec2.security_group/db",
                "delete ec2.security_group_rules/db",
                "update ec2.security_group_rules/app: egress",
            ],
            &[
                "ec2.security_group/app egress tcp 5432 ec2.security_group/db: yes -> none",
                "ec2.security_group/app egress tcp 5432 ec2.security_group/store: none -> yes",
                "-ec2.security_group/db",
                "+ec2.security_group/store: description=store of shop-default, \
                ingress tcp 5432 ec2.security_group/app, name=shop-default-store, vpc=ec2.vpc/main",
            ],
        ),
        case(
            "network: { security_groups: { store: { ingress: [] } } }",
            &["update ec2.security_group_rules/store: ingress"],
            &["ec2.security_group/store ingress tcp 5432 ec2.security_group/app: yes -> none"],
        ),
        case(
            "network: { security_groups: { app: { egress: null } } }",
            OUT,
            &[
                "ec2.security_group/app egress -1 0.0.0.0/0: none -> yes",
                "ec2.security_group/app egress tcp 5432 ec2.security_group/store: yes -> none",
            ],
        ),
        case(
            "network: { security_groups: { app: null } }",
            &["delete ec2.security_group/app", "delete ec2.security_group_rules/app"],
            &["-ec2.security_group/app"],
        ),
        case(
            "network: { security_groups: null }",
            &["delete ec2.security_group/store"],
            &["-ec2.security_group/store"],
        ),
    ],
};

/// Groups and prefix lists from elsewhere, by their ids.
#[tokio::test]
async fn peers_by_id() {
    let base = "network: { zones: 1, tiers: [isolated], security_groups: { app: {} } }";
    let mut bench = Bench::new("fields peers by id", &[base]).await;
    let hands = bench.hands();
    let group = hands.group_by_hand().await;
    let list = hands.prefix_list().await;
    let app =
        |way: &str, peer: &str| format!("network: {{ security_groups: {{ app: {{ {way}: {peer}, port: 80 }}] }} }} }}");
    let seen = |what: &str, change: &str| format!("ec2.security_group/app {what}: {change}");
    let of_group = ["none -> yes", "yes -> none"].map(|it| seen(&format!("ingress tcp 80 {group}"), it));
    let of_list = ["none -> yes", "yes -> none"].map(|it| seen(&format!("ingress tcp 80 {list}"), it));
    let out = seen(&format!("egress tcp 80 {list}"), "none -> yes");
    let everything = seen("egress -1 0.0.0.0/0", "yes -> none");
    bench.edit(&app("ingress", &format!("[{{ from: {group}")), IN, &[&of_group[0]]).await;
    bench.edit(&app("ingress", &format!("[{{ from: {list}")), IN, &[&of_group[1], &of_list[0]]).await;
    bench.edit(&app("egress", &format!("[{{ to: {list}")), OUT, &[&out, &everything]).await;
    hands.cx.ec2.delete_security_group().group_id(group).send().await.unwrap();
    bench.end().await;
}

impl Hands {
    /// In our network, for EC2 refuses those of others.
    async fn group_by_hand(&self) -> String {
        let call = self.cx.ec2.create_security_group().group_name("by-hand").description("by hand");
        let made = call.vpc_id(self.id("ec2.vpc/main")).send().await.unwrap();
        made.group_id().unwrap().to_owned()
    }

    async fn prefix_list(&self) -> String {
        let call = self.cx.ec2.create_managed_prefix_list().prefix_list_name("offices").max_entries(1);
        let made = call.address_family("IPv4").send().await.unwrap();
        made.prefix_list().unwrap().prefix_list_id().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_group_that_lets_nothing_through_goes_as_any() {
    let lab = Lab::new("groups: closed").await;
    lab.write(
        "{stack: shop, region: eu-central-1, network: {zones: 1, nat: none, security_groups: {closed: {egress: []}}}}",
    );
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}
