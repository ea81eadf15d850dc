//! IAM, which is one for all regions: <https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html>.

pub mod instance_profile;
pub mod role;

use aws_sdk_iam::types::Tag;

use crate::{
    api::{ApiError, Result},
    resource::{tags::Tags, text::policy::PolicyDocument},
};

/// Tags as the SDK takes them.
fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))
}

/// Tags as the SDK gives them.
fn tags(from: &[Tag]) -> Tags {
    from.iter().map(|it| (it.key().to_owned(), it.value().to_owned())).collect()
}

/// IAM gives policies percent-encoded, though it takes them as they are.
fn policy(call: &str, encoded: &str) -> Result<PolicyDocument> {
    let text = decode(encoded).ok_or_else(|| ApiError::incomplete(call, "decodable policy"))?;
    PolicyDocument::from_text(&text).map_err(|_| ApiError::incomplete(call, "readable policy"))
}

fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_decoded_and_nothing_else() {
        assert_eq!(decode("%7B%22a+b%22%3A%22%C3%BC%22%7D").as_deref(), Some(r#"{"a+b":"ü"}"#));
        assert_eq!(decode("plain").as_deref(), Some("plain"));
        assert_eq!((decode("%"), decode("%zz"), decode("%ff")), (None, None, None));
    }

    #[test]
    fn a_policy_that_cannot_be_read_is_an_error() {
        assert!(policy("iam:GetRole", "%7B%7D").is_ok());
        assert!(policy("iam:GetRole", "%7B").is_err() && policy("iam:GetRole", "%").is_err());
    }
}
