//! What machines cost: list prices in us-east-1, in US dollars, as of November 2025
//! (<https://aws.amazon.com/ec2/pricing/on-demand/>, <https://aws.amazon.com/ebs/pricing/>).

use crate::catalog::aws::prices;

/// A `large` machine with Linux for an hour, by its family.
const LARGE: &[(&str, f64)] = &[
    ("t3", 0.0832),
    ("t3a", 0.0752),
    ("t4g", 0.0672),
    ("m6g", 0.077),
    ("m7g", 0.0816),
    ("m8g", 0.089_76),
    ("m7i", 0.1008),
    ("c7g", 0.0726),
    ("c7i", 0.089_25),
    ("r6g", 0.1008),
    ("r7g", 0.1071),
    ("r8g", 0.1178),
    ("r7i", 0.1323),
];
/// A GB of a volume of kind `gp3`, for a month.
pub(super) const DISK: f64 = 0.08;
/// The seven metrics of a machine that is watched closely, for a month.
pub(super) const MONITORING: f64 = 2.1;

/// A machine for an hour; `None` for one whose price is not here.
pub(super) fn machine(instance_type: &str) -> Option<f64> {
    prices::machine(LARGE, instance_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_cost_what_aws_says() {
        let is =
            |it: Option<f64>, price: f64| assert!(it.is_some_and(|it| (it - price).abs() < 1e-9), "{it:?} {price}");
        is(machine("t4g.micro"), 0.0084);
        is(machine("t3.medium"), 0.0416);
        is(machine("t4g.xlarge"), 0.1344);
        is(machine("m7i.2xlarge"), 0.4032);
        is(machine("r7g.4xlarge"), 0.8568);
        assert_eq!((machine("x9.large"), machine("t4g.huge")), (None, None));
    }
}
