//! List prices in US dollars: what things cost on demand in us-east-1, and how much more elsewhere.
//!
//! As of November 2025, from <https://aws.amazon.com/ec2/pricing/on-demand/>, <https://aws.amazon.com/vpc/pricing/>,
//! <https://aws.amazon.com/elasticloadbalancing/pricing/>, <https://aws.amazon.com/fargate/pricing/>,
//! <https://aws.amazon.com/rds/postgresql/pricing/>, <https://aws.amazon.com/elasticache/pricing/>,
//! <https://aws.amazon.com/secrets-manager/pricing/>, <https://aws.amazon.com/kms/pricing/>,
//! <https://aws.amazon.com/cloudwatch/pricing/>, <https://aws.amazon.com/route53/pricing/>,
//! <https://aws.amazon.com/waf/pricing/>. They are for an estimate: discounts, taxes and what is used by the gigabyte or the
//! request are not in them, and a region's factor is the same for everything.

use crate::resource::Place;

/// Hours in a month, as AWS counts: <https://aws.amazon.com/calculator/calculator-assumptions/>.
pub const HOURS: f64 = 730.0;

/// A NAT gateway, for an hour.
pub const NAT_GATEWAY: f64 = 0.045;
/// A load balancer, for an hour, without what goes through it.
pub const LOAD_BALANCER: f64 = 0.0225;
/// A public IPv4 address, for an hour; the same everywhere.
pub const PUBLIC_IP: f64 = 0.005;
/// An interface endpoint in one zone, for an hour.
pub const ENDPOINT: f64 = 0.01;
/// A core of a task on Fargate, for an hour: Intel's and AMD's, AWS's own.
pub const TASK_CORE: [f64; 2] = [0.040_48, 0.032_38];
/// A GiB of a task's memory, for an hour: likewise.
pub const TASK_MEMORY: [f64; 2] = [0.004_445, 0.003_56];
/// A GiB of a task's disk beyond the first 20, for an hour.
pub const TASK_DISK: f64 = 0.000_111;
/// What spare capacity costs of the same on demand: it follows the market, and is never far from this.
pub const TASK_SPOT: f64 = 0.3;
/// A secret, for a month; the same everywhere.
pub const SECRET: f64 = 0.4;
/// A key, for a month; the same everywhere.
pub const KEY: f64 = 1.0;

/// An alarm on one metric, for a month; the same everywhere.
pub const ALARM: f64 = 0.1;
/// An alarm on one metric that is looked at more often than each minute, for a month; the same everywhere.
pub const QUICK_ALARM: f64 = 0.3;
/// A dashboard, for a month; the same everywhere.
pub const DASHBOARD: f64 = 3.0;
/// A hosted zone, for a month; the same everywhere.
pub const ZONE: f64 = 0.5;
/// A health check of something in AWS, for a month; the same everywhere.
pub const HEALTH_CHECK: f64 = 0.5;
/// What it does beyond asking for a page every 30 seconds, for each such thing and month.
pub const HEALTH_CHECK_OPTION: f64 = 1.0;

/// A web ACL, for a month; the same everywhere.
pub const WEB_ACL: f64 = 5.0;
/// A rule of a web ACL, or a group of rules, for a month; the same everywhere.
pub const WEB_ACL_RULE: f64 = 1.0;
/// The group of rules against bots, for a month on top; the same everywhere.
pub const BOT_CONTROL: f64 = 10.0;

/// How much more than in us-east-1 things cost in a region.
const REGIONS: &[(&str, f64)] = &[
    ("us-east-1", 1.0),
    ("us-east-2", 1.0),
    ("us-west-1", 1.17),
    ("us-west-2", 1.0),
    ("ca-central-1", 1.1),
    ("eu-central-1", 1.16),
    ("eu-north-1", 1.05),
    ("eu-south-1", 1.16),
    ("eu-west-1", 1.08),
    ("eu-west-2", 1.13),
    ("eu-west-3", 1.14),
    ("ap-northeast-1", 1.28),
    ("ap-south-1", 1.05),
    ("ap-southeast-1", 1.25),
    ("ap-southeast-2", 1.27),
    ("sa-east-1", 1.6),
];

/// A month of what costs `hourly` in us-east-1; `None` in a region that has no price here.
#[must_use]
pub fn month(place: &Place, hourly: f64) -> Option<f64> {
    of_region(place, hourly * HOURS)
}

/// What costs `price` in us-east-1; `None` in a region that has no price here.
#[must_use]
pub fn of_region(place: &Place, price: f64) -> Option<f64> {
    let (_, factor) = REGIONS.iter().find(|(region, _)| *region == place.region)?;
    Some(price * factor)
}

/// What a machine such as `m7g.2xlarge` costs, where each family's `large` one costs `large`; `None` for a family that is not
/// there. Each size costs twice as much as the one below it.
#[must_use]
pub fn machine(large: &[(&str, f64)], kind: &str) -> Option<f64> {
    let (family, size) = kind.split_once('.')?;
    let (_, large) = large.iter().find(|(it, _)| *it == family)?;
    let times = match size {
        "nano" => 0.0625,
        "micro" => 0.125,
        "small" => 0.25,
        "medium" => 0.5,
        "large" => 1.0,
        "xlarge" => 2.0,
        _ => 2.0 * size.strip_suffix("xlarge")?.parse::<f64>().ok()?,
    };
    Some(large * times)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(region: &str) -> Place {
        Place { account: "123456789012".into(), region: region.into(), partition: "aws".into() }
    }

    #[test]
    fn prices_follow_the_region() {
        assert_eq!(month(&place("us-east-1"), 1.0), Some(HOURS));
        assert!(month(&place("eu-central-1"), 1.0) > Some(HOURS));
        assert_eq!(month(&place("xx-nowhere-1"), 1.0), None);
    }

    #[test]
    fn each_size_costs_twice_as_much() {
        let sizes = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "12xlarge"];
        let prices = sizes.map(|it| machine(&[("m9g", 16.0)], &format!("m9g.{it}")));
        assert_eq!(prices, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 384.0].map(Some));
        assert_eq!(["x9.large", "m9g.huge", "m9g"].map(|it| machine(&[("m9g", 16.0)], it)), [None; 3]);
    }
}
