//! Tags, within what all AWS services accept (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).

use super::either::{text_type, wrong};

text_type! {
    /// A tag's key: 1 to 128 letters, digits, spaces and `+ - = . _ : / @`; not beginning with `aws:` or `infractl:`.
    TagKey, pattern: "^.{1,128}$", check: key
}
text_type! {
    /// A tag's value: at most 256 letters, digits, spaces and `+ - = . _ : / @`.
    TagValue, pattern: "^.{0,256}$", check: value
}
text_type! {
    /// The beginning of tag keys, such as `kubernetes.io/`.
    TagPrefix, pattern: "^.{1,128}$", check: prefix
}

fn key(text: &str) -> Result<(), String> {
    prefix(text)?;
    let lower = text.to_lowercase();
    match ["aws:", "infractl:"].into_iter().find(|it| lower.starts_with(it)) {
        Some("aws:") => {
            Err(wrong(format!("the tag `{text}` belongs to AWS"), "choose a key that does not begin with `aws:`"))
        }
        Some(it) => Err(wrong(
            format!("the tag `{text}` belongs to infractl"),
            format!("choose a key that does not begin with `{it}`"),
        )),
        None => Ok(()),
    }
}

fn prefix(text: &str) -> Result<(), String> {
    characters(text, "a tag's key")?;
    match text.chars().count() {
        0 => Err("a tag's key cannot be empty".into()),
        1..=128 => Ok(()),
        it => Err(format!("a tag's key may have 128 characters; this one has {it}")),
    }
}

fn value(text: &str) -> Result<(), String> {
    characters(text, "a tag's value")?;
    match text.chars().count() {
        0..=256 => Ok(()),
        it => Err(format!("a tag's value may have 256 characters; this one has {it}")),
    }
}

fn characters(text: &str, what: &str) -> Result<(), String> {
    match text.chars().find(|it| !it.is_alphanumeric() && !" +-=._:/@".contains(*it)) {
        Some(it) => Err(wrong(
            format!("{what} cannot hold the character {it:?}"),
            "AWS allows letters, digits, spaces and + - = . _ : / @",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert_eq!(key("team:Größe 1"), Ok(()));
        assert!(["", "AWS:x", "infractl:stack", "a,b"].into_iter().all(|it| key(it).is_err()));
        assert!(key(&"k".repeat(129)).is_err() && key(&"ä".repeat(128)).is_ok());
        assert!(value(&"v".repeat(257)).is_err() && value("").is_ok());
    }
}
