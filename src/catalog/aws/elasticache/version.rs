//! Versions of cache engines, as far as they are ours: `8.0` of `8.0.1`.

/// The version without what the provider patches by itself.
pub(super) fn minor(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// Whether `ElastiCache` has no way from the first engine and version to the second: there is none back, neither to an older
/// version nor from Valkey to Redis
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html>).
pub(super) fn is_beyond(live: (&str, &str), want: (&str, &str)) -> bool {
    let number = |version: &str| -> Vec<u32> { version.split('.').take(2).map_while(|it| it.parse().ok()).collect() };
    match (live.0, want.0) {
        (live, want) if live != want => live == "valkey",
        _ => number(live.1) > number(want.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_do_not_count() {
        assert_eq!((minor("8.0.1"), minor("7.1"), minor("6.x")), ("8.0".into(), "7.1".into(), "6.x".into()));
    }

    #[test]
    fn there_is_no_way_back() {
        assert!(is_beyond(("valkey", "8.1"), ("valkey", "8.0")) && is_beyond(("valkey", "10.0"), ("valkey", "9.0")));
        assert!(is_beyond(("valkey", "7.2"), ("redis", "7.1")));
        assert!(!is_beyond(("redis", "7.1"), ("valkey", "7.2")));
        assert!(!is_beyond(("redis", "7.0"), ("redis", "7.1")) && !is_beyond(("redis", "7.1"), ("redis", "7.1")));
    }
}
