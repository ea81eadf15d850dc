//! What machines cost: list prices in us-east-1, in US dollars, as of November 2025
//! (<https://aws.amazon.com/ec2/pricing/on-demand/>, <https://aws.amazon.com/ebs/pricing/>).

/// Machines with Linux for an hour: the size that a family has least of, and its price; each larger size costs twice as much.
const MACHINES: &[(&str, &[&str], f64)] = &[
    ("t3", SMALL, 0.0052),
    ("t3a", SMALL, 0.0047),
    ("t4g", SMALL, 0.0042),
    ("m6g", LARGE, 0.0385),
    ("m7g", LARGE, 0.0408),
    ("m8g", LARGE, 0.044_88),
    ("m7i", &["large"], 0.1008),
    ("c7g", LARGE, 0.0363),
    ("c7i", &["large"], 0.089_25),
    ("r6g", LARGE, 0.0504),
    ("r7g", LARGE, 0.053_55),
    ("r8g", LARGE, 0.0589),
    ("r7i", &["large"], 0.1323),
];
const SMALL: &[&str] = &["nano", "micro", "small", "medium", "large"];
const LARGE: &[&str] = &["medium", "large"];
/// A GB of a volume of kind `gp3`, for a month.
pub(super) const DISK: f64 = 0.08;
/// The seven metrics of a machine that is watched closely, for a month.
pub(super) const MONITORING: f64 = 2.1;

/// A machine for an hour; `None` for a size whose price is not here.
pub(super) fn machine(instance_type: &str) -> Option<f64> {
    let (family, size) = instance_type.split_once('.')?;
    let (_, sizes, first) = MACHINES.iter().find(|(it, ..)| *it == family)?;
    let doublings = |at: usize| u32::try_from(at).ok().map(|it| f64::from(1_u32 << it));
    if let Some(at) = sizes.iter().position(|it| *it == size) {
        return Some(first * doublings(at)?);
    }
    // `xlarge` is twice as large as `large`, and `4xlarge` is four of these.
    let times = match size.strip_suffix("xlarge")? {
        "" => 1,
        several => several.parse::<u32>().ok()?,
    };
    Some(first * doublings(sizes.len())? * f64::from(times))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_double() {
        let is =
            |it: Option<f64>, price: f64| assert!(it.is_some_and(|it| (it - price).abs() < 1e-9), "{it:?} {price}");
        is(machine("t4g.micro"), 0.0084);
        is(machine("t3.medium"), 0.0416);
        is(machine("t4g.xlarge"), 0.1344);
        is(machine("m7g.large"), 0.0816);
        is(machine("m7i.2xlarge"), 0.4032);
        is(machine("r7g.4xlarge"), 0.8568);
        assert_eq!((machine("x9.large"), machine("t4g.huge")), (None, None));
    }
}
