//! Short texts that stand for long ones.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The first `length` hexadecimal digits of the SHA-256 digest of `text`, at most 64.
#[must_use]
pub fn short(text: &str, length: usize) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex.truncate(length);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha_256() {
        assert_eq!(short("abc", 8), "ba7816bf");
        assert_eq!(short("abc", 100).len(), 64);
    }
}
