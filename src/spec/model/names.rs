//! Names at the top of a stack file.

use super::either::{text_type, wrong};

text_type! {
    /// A stack's name: 1 to 24 small letters, digits and single hyphens, beginning with a letter.
    StackName, pattern: "^[a-z](-?[a-z0-9]){0,23}$", check: stack_name
}
text_type! {
    /// An AWS region, such as `eu-central-1`.
    Region, pattern: "^[a-z]{2}(-[a-z]+)+-[0-9]$", check: region
}
text_type! {
    /// An AWS account: 12 digits, in quotes.
    AccountId, pattern: "^[0-9]{12}$", check: account
}
text_type! {
    /// A domain, such as `example.com`: at least two words of letters, digits and hyphens, with dots between them.
    DomainName, pattern: "^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}$", check: domain
}
text_type! {
    /// What something in the stack is called: 1 to 24 small letters, digits and single hyphens, beginning with a letter.
    ComponentName, pattern: "^[a-z](-?[a-z0-9]){0,23}$", check: component_name
}
text_type! {
    /// What something is for: one line of at most 255 characters.
    Description, pattern: "^.{0,255}$", check: description
}
text_type! {
    /// An output's name: letters, digits, hyphens and underscores, beginning with a letter; at most 64.
    OutputName, pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$", check: output_name
}

impl DomainName {
    /// Whether `name` is this domain or in it.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        let (own, name) = (self.as_str().to_ascii_lowercase(), name.to_ascii_lowercase());
        name.strip_suffix(&own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// Whether `text` is small letters, digits and single hyphens, beginning with a letter, not ending with a hyphen.
pub(super) fn is_slug(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

fn stack_name(text: &str) -> Result<(), String> {
    if text.len() > 24 {
        return Err(wrong(
            format!("the stack's name has {} characters; it may have 24", text.len()),
            "resources' names begin with it, and AWS limits their length",
        ));
    }
    if is_slug(text) {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` cannot be a stack's name"),
        "use small letters, digits and single hyphens, beginning with a letter",
    ))
}

fn domain(text: &str) -> Result<(), String> {
    let word = |it: &str| {
        (1..=63).contains(&it.len())
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    };
    let last =
        text.rsplit_once('.').is_some_and(|(_, it)| it.len() > 1 && it.bytes().all(|it| it.is_ascii_alphabetic()));
    if last && text.len() <= 253 && text.split('.').all(word) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no domain"), "it looks like example.com"))
}

fn component_name(text: &str) -> Result<(), String> {
    if is_slug(text) && text.len() <= 24 {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` cannot be a name"),
        "use small letters, digits and single hyphens, beginning with a letter; at most 24",
    ))
}

fn description(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err(wrong("a description is one line", "remove line breaks and other control characters"));
    }
    match text.chars().count() {
        0..=255 => Ok(()),
        it => Err(format!("a description may have 255 characters; this one has {it}")),
    }
}

fn region(text: &str) -> Result<(), String> {
    let parts: Vec<&str> = text.split('-').collect();
    let fits = match parts.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && !middle.is_empty()
                && std::iter::once(area)
                    .chain(middle)
                    .all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase()))
                && number.len() == 1
                && number.bytes().all(|it| it.is_ascii_digit())
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let zone = text.strip_suffix(|it: char| it.is_ascii_lowercase()).filter(|it| region(it).is_ok());
    Err(match zone {
        Some(it) => wrong(format!("`{text}` is a zone, not a region"), format!("write {it}")),
        None => wrong(format!("`{text}` is no AWS region"), "a region looks like eu-central-1"),
    })
}

fn account(text: &str) -> Result<(), String> {
    if text.len() == 12 && text.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` is no AWS account"),
        "an account is 12 digits in quotes, without hyphens: \"123456789012\"",
    ))
}

fn output_name(text: &str) -> Result<(), String> {
    let fits = text.len() <= 64
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    if fits {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` cannot be an output's name"),
        "use letters, digits, hyphens and underscores, beginning with a letter; at most 64",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions() {
        for it in ["eu-central-1", "us-gov-west-1", "us-iso-east-1"] {
            assert_eq!(region(it), Ok(()));
        }
        for it in ["eu-central", "eu-1", "EU-central-1", "eu--1", "eu-central-12", "", "-"] {
            assert!(region(it).is_err(), "{it}");
        }
        assert!(region("eu-central-1a").unwrap_err().contains("write eu-central-1"));
    }

    #[test]
    fn domains() {
        assert!(["example.com", "a-b.example.com", "pr-1.Example.co.uk"].iter().all(|it| domain(it).is_ok()));
        assert!(
            ["com", "example.", ".com", "a..com", "-a.com", "a.c", "a.1", "a_b.com", "ä.de"]
                .iter()
                .all(|it| domain(it).is_err())
        );
    }

    #[test]
    fn names_in_a_domain() {
        let domain: DomainName = "Example.com".parse().unwrap();
        assert!(["example.com", "a.b.EXAMPLE.com"].iter().all(|it| domain.holds(it)));
        assert!(["notexample.com", "com", "example.com.org"].iter().all(|it| !domain.holds(it)));
    }

    #[test]
    fn stack_names() {
        assert!(["a", "shop", "shop-2", "abcdefghijklmnopqrstuvwx"].into_iter().all(|it| stack_name(it).is_ok()));
        assert!(
            ["", "-a", "a-", "a--b", "2a", "Shop", "a_b", "abcdefghijklmnopqrstuvwxy"]
                .into_iter()
                .all(|it| stack_name(it).is_err())
        );
    }
}
