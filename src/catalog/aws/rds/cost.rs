//! What a database costs: list prices as [`prices`] has them, from <https://aws.amazon.com/rds/postgresql/pricing/>.

use crate::{
    catalog::aws::prices::{HOURS, machine, of_region},
    resource::Place,
};

/// An hour of a `large` machine in one zone, by its family.
const LARGE: &[(&str, f64)] = &[
    ("m6g", 0.159),
    ("m6i", 0.178),
    ("m7g", 0.168),
    ("m7i", 0.187),
    ("m8g", 0.177),
    ("r6g", 0.225),
    ("r6i", 0.25),
    ("r7g", 0.239),
    ("r7i", 0.263),
    ("r8g", 0.252),
    ("t3", 0.145),
    ("t4g", 0.129),
];
/// A GiB of storage in one zone, for a month.
const GIB: f64 = 0.115;

/// A machine in one zone and its storage, for a month.
pub(super) fn month(place: &Place, class: &str, gib: u32) -> Option<f64> {
    let hourly = machine(LARGE, class.strip_prefix("db.")?)?;
    of_region(place, hourly * HOURS + GIB * f64::from(gib))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_cost_what_aws_says() {
        let place = Place { account: "123456789012".into(), region: "us-east-1".into(), partition: "aws".into() };
        let month = |class| month(&place, class, 20).map(f64::round);
        assert_eq!(month("db.t4g.micro"), Some(14.0));
        assert_eq!(month("db.m7g.4xlarge"), Some(983.0));
        assert_eq!((month("db.x9.large"), month("t4g.micro")), (None, None));
    }
}
