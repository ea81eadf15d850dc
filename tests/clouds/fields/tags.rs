//! Tags of everything.

use super::bench::{Sequence, case};

/// A line for everything in [`NETWORK`] that has tags: the address between two texts; and more lines.
macro_rules! everything {
    ($before:literal, $after:literal $(, $more:literal)*) => {
        &[
            concat!($before, "ec2.eip/nat-a", $after),
            concat!($before, "ec2.flow_log/flow-logs", $after),
            concat!($before, "ec2.internet_gateway/main", $after),
            concat!($before, "ec2.nat_gateway/nat-a", $after),
            concat!($before, "ec2.network_acl/private", $after),
            concat!($before, "ec2.route_table/private-a", $after),
            concat!($before, "ec2.route_table/public", $after),
            concat!($before, "ec2.security_group/app", $after),
            concat!($before, "ec2.subnet/private-a", $after),
            concat!($before, "ec2.subnet/public-a", $after),
            concat!($before, "ec2.vpc/main", $after),
            concat!($before, "ec2.vpc_endpoint/s3", $after),
            concat!($before, "iam.role/flow-logs", $after),
            concat!($before, "logs.log_group/flow-logs", $after),
            $($more,)*
        ]
    };
}
pub(super) use everything;

/// One of each type.
pub(super) const NETWORK: &str = "network:
  zones: 1
  tiers: [private, public]
  endpoints: [s3]
  acls: { private: {} }
  flow_logs: 1d
  security_groups: { app: {} }
";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: NETWORK,
    cases: &[
        case("tags: { team: web }", everything!("update ", ": tags.team"), everything!("", " tag team: none -> web")),
        case("tags: { team: api }", everything!("update ", ": tags.team"), everything!("", " tag team: web -> api")),
        case(
            "tags: { cost center: '42' }",
            everything!("update ", ": tags.cost center"),
            everything!("", " tag cost center: none -> 42"),
        ),
        case("tags: { team: null }", everything!("update ", ": tags.team"), everything!("", " tag team: api -> none")),
        case(
            "tags: null",
            everything!("update ", ": tags.cost center"),
            everything!("", " tag cost center: 42 -> none"),
        ),
    ],
};
