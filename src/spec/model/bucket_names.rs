//! Words of buckets that have to look a certain way.

use super::either::{text_type, wrong};

text_type! {
    /// A bucket's name: 3 to 63 small letters, digits and hyphens, beginning and ending with a letter or digit.
    BucketName, pattern: "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", check: bucket_name
}
text_type! {
    /// Text in which at most one `*` stands for any letters.
    CorsPattern, pattern: "^[^*]*[*]?[^*]*$", check: origin
}
text_type! {
    /// An action of S3, such as `s3:GetObject`; a `*` stands for any letters.
    BucketAction, pattern: "^(s3:[A-Za-z*?]+|[*])$", check: action
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>, without dots: no certificate of S3 fits a
/// name that has some.
fn bucket_name(text: &str) -> Result<(), String> {
    const STARTS: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
    const ENDS: [&str; 4] = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"];
    if text.contains('.') {
        return Err(wrong(
            format!("`{text}` has dots, for which S3 has no certificate"),
            "use hyphens: a domain in front of the bucket need not be its name",
        ));
    }
    let edge = |it: Option<u8>| it.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    let bytes = text.as_bytes();
    let fits = (3..=63).contains(&text.len())
        && edge(bytes.first().copied())
        && edge(bytes.last().copied())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if !fits {
        return Err(wrong(
            format!("`{text}` cannot be a bucket's name"),
            "use 3 to 63 small letters, digits and hyphens, with a letter or digit at both ends",
        ));
    }
    let reserved =
        STARTS.into_iter().find(|it| text.starts_with(it)).or(ENDS.into_iter().find(|it| text.ends_with(it)));
    match reserved {
        Some(it) => Err(wrong(format!("`{text}` has `{it}`, which AWS keeps to itself"), "choose another name")),
        None => Ok(()),
    }
}

fn origin(text: &str) -> Result<(), String> {
    match text.matches('*').count() {
        _ if text.is_empty() => Err(wrong("it is empty", "write `*` for all")),
        0 | 1 => Ok(()),
        _ => Err(wrong(format!("`{text}` has more than one `*`"), "write several texts with one each")),
    }
}

fn action(text: &str) -> Result<(), String> {
    let of_s3 = text
        .strip_prefix("s3:")
        .is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphabetic() || it == b'*' || it == b'?'));
    if of_s3 || text == "*" {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no action of S3"), "an action looks like s3:GetObject"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(["abc", "0-0", "shop-media", "a--b"].into_iter().all(|it| bucket_name(it).is_ok()));
        let long = "a".repeat(64);
        for it in ["ab", "-ab", "ab-", "Abc", "a_b", "a.b.c", "xn--abc", "abc-s3alias", &long, "äbc"] {
            assert!(bucket_name(it).is_err(), "{it}");
        }
    }

    #[test]
    fn actions() {
        assert!(["s3:GetObject", "s3:*", "*", "s3:Get*"].into_iter().all(|it| action(it).is_ok()));
        assert!(["GetObject", "ec2:RunInstances", "s3:", ""].into_iter().all(|it| action(it).is_err()));
    }
}
