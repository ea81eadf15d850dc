//! What caches cost: list prices in us-east-1, in US dollars, as of November 2025
//! (<https://aws.amazon.com/elasticache/pricing/>).

use crate::catalog::aws::prices;

/// A `large` node for an hour, with Redis, by its family.
const LARGE: &[(&str, f64)] =
    &[("t3", 0.136), ("t4g", 0.128), ("m6g", 0.149), ("m7g", 0.158), ("r6g", 0.206), ("r7g", 0.219)];
/// What Valkey costs of that.
const VALKEY: f64 = 0.8;

/// A node for an hour; `None` for one whose price is not here.
pub(super) fn node(engine: &str, node_type: &str) -> Option<f64> {
    let redis = prices::machine(LARGE, node_type.strip_prefix("cache.")?)?;
    Some(redis * if engine == "valkey" { VALKEY } else { 1.0 })
}

/// A serverless cache for an hour, when it is as small and as idle as it can be.
pub(super) fn idle(engine: &str, least_storage: u32, least_ecpu: u32) -> f64 {
    // A GB for an hour, a million ECPU, and the GB that are always paid for.
    let (storage, million, least) = if engine == "valkey" { (0.084, 0.0023, 0.1) } else { (0.125, 0.0034, 1.0) };
    f64::from(least_storage).max(least) * storage + f64::from(least_ecpu) * 3600.0 / 1e6 * million
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_cost_what_aws_says() {
        let is =
            |it: Option<f64>, price: f64| assert!(it.is_some_and(|it| (it - price).abs() < 1e-9), "{it:?} {price}");
        is(node("redis", "cache.t4g.micro"), 0.016);
        is(node("redis", "cache.t4g.medium"), 0.064);
        is(node("valkey", "cache.m7g.large"), 0.158 * 0.8);
        is(node("redis", "cache.r7g.xlarge"), 0.438);
        is(node("redis", "cache.r7g.12xlarge"), 0.219 * 24.0);
        assert_eq!(node("redis", "cache.x9.large"), None);
    }

    #[test]
    fn a_serverless_cache_costs_something_even_if_nobody_uses_it() {
        assert!((idle("valkey", 0, 0) - 0.0084).abs() < 1e-9);
        assert!((idle("redis", 2, 1000) - (0.25 + 3.6 * 0.0034)).abs() < 1e-9);
    }
}
