//! Who is told when an alarm goes off.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Spec, Text,
    either::{text_type, wrong},
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "notify",
    noun: "list of people to tell",
    count: Count::Named {
        names: |spec: &Spec| spec.notify.keys().map(ToString::to_string).collect(),
        short: Some("arn"),
    },
    outputs: &[Output::text("arn", "the ARN of its topic, to which others may publish, too")],
    check: None,
};

/// People, or programs, who are told when an alarm goes off and when it is over: a topic in SNS. Whoever is told by mail or
/// by HTTPS has to confirm that once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// Mail addresses. Default: none.
    #[serde(default)]
    pub email: BTreeSet<Email>,
    /// Addresses that are called, such as `https://example.com/alarms`; they stand in plans, so none with a secret in it.
    /// Default: none.
    #[serde(default)]
    pub https: BTreeSet<HttpsUrl>,
    /// Telephone numbers for text messages, with the country's code: `"+4930123456"`. Default: none.
    #[serde(default)]
    pub sms: BTreeSet<Phone>,
    /// The key that encrypts what waits to be delivered, such as `${keys.main}`; one that is not of the stack has to let
    /// CloudWatch use it. Default: it is not encrypted by a key of yours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
}

text_type! {
    /// A mail address, such as `ops@example.com`.
    Email, pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", check: email
}
text_type! {
    /// An address that begins with `https://`.
    HttpsUrl, pattern: "^https://[^\\s@]+$", check: https
}
text_type! {
    /// A telephone number with its country's code, such as `+4930123456`.
    Phone, pattern: "^\\+[1-9][0-9]{6,14}$", check: phone
}

fn email(text: &str) -> Result<(), String> {
    let host = |it: &str| it.contains('.') && !it.starts_with('.') && !it.ends_with('.') && !it.contains('@');
    let fits = text.split_once('@').is_some_and(|(name, rest)| !name.is_empty() && host(rest));
    if fits && !text.contains(char::is_whitespace) && text.len() <= 254 {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no mail address"), "it looks like ops@example.com"))
}

/// What stands before an `@` would be a password, which SNS does not give back.
fn https(text: &str) -> Result<(), String> {
    let Some(rest) = text.strip_prefix("https://").filter(|it| !it.is_empty() && !it.starts_with('/')) else {
        return Err(wrong(format!("`{text}` is no address of HTTPS"), "it begins with https://"));
    };
    if rest.contains(char::is_whitespace) {
        return Err(wrong(format!("`{text}` has spaces in it"), "write them as %20"));
    }
    if rest.split(['/', '?', '#']).next().is_some_and(|it| it.contains('@')) {
        return Err(wrong("the address has a password in it", "the file is no place for passwords"));
    }
    Ok(())
}

fn phone(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix('+').filter(|it| !it.starts_with('0'));
    if digits.is_some_and(|it| (7..=15).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit())) {
        return Ok(());
    }
    let help = "write it with the country's code, without spaces, in quotes: \"+4930123456\"";
    Err(wrong(format!("`{text}` is no telephone number"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert!(email("ops@example.com").is_ok() && email("a.b+c@d.example.com").is_ok());
        for it in
            ["", "ops", "ops@example", "@example.com", "ops@.com", "ops@example.com.", "a b@example.com", "a@b@c.d"]
        {
            assert!(email(it).is_err(), "{it}");
        }
        assert!(https("https://example.com/a?b=c@d").is_ok());
        for it in ["", "https://", "https:///x", "http://example.com", "https://a b", "https://me:secret@example.com/"]
        {
            assert!(https(it).is_err(), "{it}");
        }
        assert!(phone("+4930123456").is_ok());
        for it in ["", "+", "4930123456", "+04930123456", "+49 30 123456", "+12345"] {
            assert!(phone(it).is_err(), "{it}");
        }
    }
}
