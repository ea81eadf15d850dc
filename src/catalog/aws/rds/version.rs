//! Versions of PostgreSQL, of which people name as much as they care for.

use std::cmp::Ordering;

/// Such as `16`, of `16.4`: since 10, what comes before the first dot.
pub(super) fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// The version that runs, as someone who wants `want` sees it: `16` is `16.4`, and so is `16.3`, for RDS goes on to later
/// minor versions by itself and never goes back
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html>).
pub(super) fn seen(live: &str, want: Option<&str>) -> String {
    let Some(want) = want else { return live.to_owned() };
    let is_part = live.strip_prefix(want).is_some_and(|it| it.is_empty() || it.starts_with('.'));
    let is_later = major(live) == major(want) && compare(live, want) == Ordering::Greater;
    if is_part || is_later { want.to_owned() } else { live.to_owned() }
}

/// By their numbers.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let numbers = |it: &str| it.split(['.', '-']).map(|it| it.parse::<u32>().unwrap_or(0)).collect::<Vec<_>>();
    numbers(one).cmp(&numbers(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_in_part_or_was_gone_beyond_is_no_difference() {
        for (live, want) in [("16.4", "16"), ("16.4", "16.4"), ("16.10", "16.9"), ("16.4-R1", "16.4")] {
            assert_eq!(seen(live, Some(want)), want, "{live}");
        }
    }

    #[test]
    fn another_major_version_and_a_later_minor_one_are() {
        for (live, want) in [("16.4", "17"), ("16.4", "15"), ("16.4", "16.5"), ("16.4", "1"), ("16.9", "16.10")] {
            assert_eq!(seen(live, Some(want)), live, "{want}");
        }
        assert_eq!(seen("16.4", None), "16.4");
    }
}
