//! Names that have to fit a provider's limit.

use crate::resource::text::digest::short;

/// `name` if it has at most `limit` characters, else its beginning and a digest of the whole, so that two long names stay
/// two.
pub(super) fn fit(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let digest = short(name, 8);
    let start: String = name.chars().take(limit.saturating_sub(digest.len() + 1)).collect();
    format!("{}-{digest}", start.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_different() {
        let (one, other) = (fit(&"x".repeat(65), 64), fit(&"x".repeat(66), 64));
        assert!(one.len() <= 64 && one != other, "{one} {other}");
        assert_eq!(fit("shop-dev", 64), "shop-dev");
    }
}
