//! Plans: <https://upstash.com/docs/redis/overall/billing>, as of August 2026.

/// How a database is paid for.
#[derive(Debug)]
struct Plan {
    name: &'static str,
    /// How many MiB it holds.
    size: u64,
    /// What it costs a month, in US dollars; `None` if that depends on its use.
    monthly: Option<f64>,
}

const fn plan(name: &'static str, size: u64, monthly: Option<f64>) -> Plan {
    Plan { name, size, monthly }
}

/// The one that is paid for by what is used of it.
pub const BY_USE: &str = "payg";
const FREE: &str = "free";
const FIXED: &str = "fixed_";

const PLANS: &[Plan] = &[
    plan(FREE, 256, Some(0.0)),
    plan(BY_USE, 100 << 10, None),
    plan("fixed_250mb", 250, Some(10.0)),
    plan("fixed_1gb", 1 << 10, Some(20.0)),
    plan("fixed_5gb", 5 << 10, Some(100.0)),
    plan("fixed_10gb", 10 << 10, Some(200.0)),
    plan("fixed_50gb", 50 << 10, Some(400.0)),
    plan("fixed_100gb", 100 << 10, Some(800.0)),
    plan("fixed_500gb", 500 << 10, Some(1500.0)),
];

/// What each region to read from adds to a plan with a fixed price.
const READ_REGION: f64 = 0.5;

/// What a database costs a month at list price, whatever is used of it.
pub(super) fn monthly(name: &str, read_regions: usize) -> Option<f64> {
    let base = PLANS.iter().find(|it| it.name == name)?.monthly?;
    Some((0..read_regions).fold(base, |sum, _| sum + base * READ_REGION))
}

/// The plan that a database has. Upstash tells its sort, `free`, `payg`, or one word for all others, and how many bytes it may
/// hold. What that leaves open is as `want` says; so is a plan that has grown by itself since.
pub(super) fn told(sort: &str, bytes: Option<u64>, grows: bool, want: Option<&str>) -> String {
    if PLANS.iter().any(|it| it.name == sort) && !sort.starts_with(FIXED) {
        return sort.to_owned();
    }
    let known = |name: &str| PLANS.iter().find(|it| it.name == name);
    let named = known(sort).map(|it| vec![it]);
    let of_size = |it: &&Plan| it.name != FREE && bytes.is_some_and(|bytes| near(bytes, it.size));
    let fitting = named.unwrap_or_else(|| PLANS.iter().rev().filter(of_size).collect());
    let Some(first) = fitting.first() else { return want.unwrap_or(sort).to_owned() };
    let as_wanted = |want: &str| {
        let grown =
            |it: &&Plan| grows && want.starts_with(FIXED) && known(want).is_some_and(|want| want.size < it.size);
        fitting.iter().any(|it| it.name == want) || grown(first)
    };
    want.filter(|it| as_wanted(it)).unwrap_or(first.name).to_owned()
}

/// Whether so many bytes are so many MiB, whatever a MB is to whoever counts them.
fn near(bytes: u64, size: u64) -> bool {
    let (low, high) = (size * 1_000_000 * 19 / 20, (size << 20) * 21 / 20);
    (low..=high).contains(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn what_is_told_is_a_plan() {
        for (sort, bytes, want, plan) in [
            ("free", Some(256 << 20), Some("payg"), "free"),
            ("payg", Some(100 * GIB), Some("fixed_1gb"), "payg"),
            ("fixed_1gb", None, Some("payg"), "fixed_1gb"),
            ("pro", Some(250 << 20), Some("payg"), "fixed_250mb"),
            ("paid", Some(GIB), Some("fixed_1gb"), "fixed_1gb"),
            ("paid", Some(5_000_000_000), None, "fixed_5gb"),
            // Both hold as much.
            ("paid", Some(100 * GIB), Some("payg"), "payg"),
            ("paid", Some(100 * GIB), None, "fixed_100gb"),
            ("paid", Some(100 * GIB), Some("fixed_1gb"), "fixed_100gb"),
            // Nobody knows.
            ("paid", None, Some("fixed_1gb"), "fixed_1gb"),
            ("paid", Some(7 * GIB), Some("fixed_10gb"), "fixed_10gb"),
            ("enterprise", None, None, "enterprise"),
        ] {
            assert_eq!(told(sort, bytes, false, want), plan, "{sort} {bytes:?} {want:?}");
        }
    }

    #[test]
    fn what_grew_by_itself_is_not_made_smaller() {
        assert_eq!(told("paid", Some(5 * GIB), true, Some("fixed_1gb")), "fixed_1gb");
        assert_eq!(told("paid", Some(5 * GIB), true, Some("fixed_10gb")), "fixed_5gb");
        assert_eq!(told("paid", Some(5 * GIB), true, Some("payg")), "fixed_5gb");
        assert_eq!(told("fixed_5gb", None, true, Some("fixed_1gb")), "fixed_1gb");
    }

    #[test]
    fn sizes_are_told_apart() {
        for it in PLANS.iter().filter(|it| it.name.starts_with(FIXED)) {
            for bytes in [it.size * 1_000_000, it.size << 20] {
                assert_eq!(told("paid", Some(bytes), false, Some("fixed_250mb")), it.name);
            }
        }
    }

    #[test]
    fn regions_to_read_from_are_half_of_the_price() {
        assert_eq!((monthly("free", 0), monthly("payg", 2)), (Some(0.0), None));
        assert_eq!((monthly("fixed_1gb", 0), monthly("fixed_5gb", 2)), (Some(20.0), Some(200.0)));
    }
}
