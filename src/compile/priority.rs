//! The priorities of listener rules: what is special comes before what is general, and a new rule moves no other.
//!
//! `docs/decisions` says why priorities are made of names and not counted.

use std::collections::BTreeSet;

use crate::resource::text::digest::short;

/// How many degrees there are of how special a host or a path is: it may have 128 characters.
const DEGREES: u32 = 129;
/// How many priorities rules that are equally special share: more than a load balancer may have rules.
const WIDTH: u32 = 128;
/// The ranks: by path where there is a host as well, then hosts, then hosts with stars, then paths alone.
const HOST: u32 = DEGREES;
const STARS: u32 = HOST + 1;
const PATH: u32 = STARS + DEGREES;

/// The priority of the rule called `name`: one that is not `taken`, from 1 to 50000.
pub(super) fn of(hosts: &BTreeSet<String>, paths: &BTreeSet<String>, name: &str, taken: &BTreeSet<u32>) -> u32 {
    let stars = hosts.iter().any(|it| it.contains(['*', '?']));
    let any = u32::from_str_radix(&short(name, 7), 16).unwrap_or_default();
    let (rank, start) = match (hosts.is_empty(), paths.is_empty()) {
        // Of the same path, a host comes before all hosts that end like it.
        (false, false) if stars => (general(paths), u32::midpoint(WIDTH, general(hosts))),
        (false, false) => (general(paths), any % (WIDTH / 2)),
        (false, true) if stars => (STARS + general(hosts), any % WIDTH),
        (false, true) => (HOST, any % WIDTH),
        (true, _) => (PATH + general(paths), any % WIDTH),
    };
    let mut places = (0..WIDTH).map(|it| rank * WIDTH + (start + it) % WIDTH + 1);
    let first = rank * WIDTH + start % WIDTH + 1;
    // Where all are taken, there are more rules than there may be, and the provider says so.
    places.find(|it| !taken.contains(it)).unwrap_or(first)
}

/// One that comes before all others, likewise.
pub(super) fn first(name: &str, taken: &BTreeSet<u32>) -> u32 {
    let any = u32::from_str_radix(&short(name, 7), 16).unwrap_or_default();
    (0..WIDTH).map(|it| (any + it) % WIDTH + 1).find(|it| !taken.contains(it)).unwrap_or(1)
}

/// 0 for what fits least, more the more it fits; of several, the one that fits most counts.
fn general(patterns: &BTreeSet<String>) -> u32 {
    let special = patterns.iter().map(|it| special(it)).min().unwrap_or_default();
    DEGREES - 1 - special.min(DEGREES - 1)
}

/// How many characters of a name it says. One without stars is more special than all that begin like it.
fn special(pattern: &str) -> u32 {
    let fixed = pattern.chars().filter(|it| !matches!(it, '*' | '?')).count();
    let whole = usize::from(!pattern.contains(['*', '?']));
    u32::try_from(fixed + whole).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(all: &[&str]) -> BTreeSet<String> {
        all.iter().map(|it| (*it).to_owned()).collect()
    }

    fn priority(hosts: &[&str], paths: &[&str]) -> u32 {
        of(&set(hosts), &set(paths), "api", &BTreeSet::new())
    }

    #[test]
    fn what_is_special_comes_before_what_is_general() {
        let order: [(&[&str], &[&str]); 11] = [
            (&["a.example.com"], &["/api/v1/users"]),
            (&["a.example.com"], &["/api/v1/*"]),
            (&["a.example.com"], &["/api/*"]),
            (&["*.example.com"], &["/api/*"]),
            (&["a.example.com"], &["/api/*", "/*"]),
            (&["a.example.com"], &[]),
            (&["*.a.example.com"], &[]),
            (&["*.example.com"], &[]),
            (&[], &["/api"]),
            (&[], &["/ap*"]),
            (&[], &["/*"]),
        ];
        let priorities: Vec<_> = order.iter().map(|(hosts, paths)| priority(hosts, paths)).collect();
        assert!(priorities.is_sorted_by(|a, b| a < b), "{priorities:?}");
    }

    #[test]
    fn all_are_priorities() {
        let long = "/".repeat(128);
        let extremes: [(&[&str], &[&str]); 6] =
            [(&["a"], &[&long]), (&["*"], &["*"]), (&["*"], &[]), (&["a"], &[]), (&[], &["*"]), (&[], &[&long])];
        for (hosts, paths) in extremes {
            assert!((1..=50_000).contains(&priority(hosts, paths)), "{hosts:?} {paths:?}");
        }
    }

    #[test]
    fn each_has_its_own() {
        let mut taken = BTreeSet::new();
        for at in 0..WIDTH {
            let one = of(&set(&["a.example.com"]), &BTreeSet::new(), &format!("service-{at}"), &taken);
            assert!(taken.insert(one));
        }
        assert!(taken.last().unwrap() - taken.first().unwrap() < WIDTH);
    }
}
