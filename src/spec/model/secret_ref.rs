//! Where a secret value comes from.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
};

use super::{COMPONENTS, OutPath, either::wrong};

/// The name by which [`SecretRef`] asks the reader for references to secrets.
pub(crate) const SECRET_REF: &str = "infractl::SecretRef";

/// Where a secret value comes from; the value itself is never in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretRef {
    /// What a component keeps secret, such as `${databases.main.url}`.
    Out(OutPath),
    /// A secret in Secrets Manager that is no part of the stack.
    Secret {
        /// Its ARN.
        arn: String,
        /// The one of its keys that is meant, if it is JSON.
        key: Option<String>,
    },
    /// A parameter in SSM that is no part of the stack.
    Parameter {
        /// Its ARN.
        arn: String,
    },
}

impl SecretRef {
    /// What it refers to in the stack.
    #[must_use]
    pub fn out(&self) -> Option<&OutPath> {
        match self {
            Self::Out(it) => Some(it),
            Self::Secret { .. } | Self::Parameter { .. } => None,
        }
    }
}

/// An ARN, as task definitions have them:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>.
impl FromStr for SecretRef {
    type Err = String;

    /// # Errors
    /// What is wrong with it, and on a second line what to do. The text is not repeated: it may be a secret.
    fn from_str(text: &str) -> Result<Self, String> {
        if !text.starts_with("arn:") {
            let secrets: Vec<_> = secrets().map(|it| format!("`${{{it}}}`")).collect();
            let refer = match secrets.as_slice() {
                [] => String::new(),
                it => format!("refer to one with {}, or ", it.join(", ")),
            };
            return Err(wrong(
                "a secret's value cannot be written here",
                format!("{refer}give the ARN of a secret in Secrets Manager or of a parameter in SSM"),
            ));
        }
        let place = |partition: &str, region: &str, account: &str| {
            partition.starts_with("aws")
                && region.contains('-')
                && account.len() == 12
                && account.bytes().all(|it| it.is_ascii_digit())
        };
        let parts: Vec<_> = text.split(':').collect();
        match parts.as_slice() {
            ["arn", partition, "secretsmanager", region, account, "secret", name, key @ ..]
                if place(partition, region, account) && !name.is_empty() =>
            {
                let arn = || format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{name}");
                match key {
                    [] => Ok(Self::Secret { arn: arn(), key: None }),
                    [key, "", ""] if !key.is_empty() => Ok(Self::Secret { arn: arn(), key: Some((*key).into()) }),
                    _ => Err(wrong(
                        "what follows the secret's name is no key",
                        "write `:KEY::` after the ARN, to have one key of a JSON secret",
                    )),
                }
            }
            ["arn", partition, "ssm", region, account, name]
                if place(partition, region, account)
                    && name.strip_prefix("parameter/").is_some_and(|it| !it.is_empty()) =>
            {
                Ok(Self::Parameter { arn: text.into() })
            }
            _ => Err(wrong(
                "this is no ARN of a secret or a parameter",
                "such an ARN is arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, with `:KEY::` after it for one key of \
                 a JSON secret, or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
            )),
        }
    }
}

/// Every way to refer to a secret.
fn secrets() -> impl Iterator<Item = String> {
    COMPONENTS.iter().flat_map(|it| it.forms()).filter(|(_, it)| it.secret).map(|(form, _)| form)
}

/// As it is written in the file.
impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Out(it) => write!(f, "${{{it}}}"),
            Self::Secret { arn, key: None } | Self::Parameter { arn } => f.write_str(arn),
            Self::Secret { arn, key: Some(key) } => write!(f, "{arn}:{key}::"),
        }
    }
}

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SECRET_REF, SecretVisitor)
    }
}

/// Takes what the spec's reader gives: an ARN, or the one output that is a secret.
struct SecretVisitor;

impl<'de> Visitor<'de> for SecretVisitor {
    type Value = SecretRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference to a secret, or an ARN")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<SecretRef, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, it: &str) -> Result<SecretRef, E> {
        it.parse().map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<SecretRef, A::Error> {
        let out = seq.next_element()?.and_then(|it| OutPath::decoded(it, true));
        out.map(SecretRef::Out).ok_or_else(|| de::Error::invalid_length(0, &self))
    }
}

impl JsonSchema for SecretRef {
    fn schema_name() -> Cow<'static, str> {
        "SecretReference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let arns = [
            "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME",
            "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME:KEY::",
            "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME",
        ];
        let examples = secrets().map(|it| format!("${{{it}}}")).chain(arns.map(String::from));
        json_schema!({
            "type": "string",
            "description": "Where a secret value comes from: one reference to what a component keeps secret, or the ARN of \
                a secret in Secrets Manager or of a parameter in SSM. The value itself is never in the file.",
            "pattern": r"^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+(:[^:]+::)?|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[^:]+)$",
            "examples": examples.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf";

    #[test]
    fn arns_are_taken_apart_and_written_as_they_were() {
        let parameter = "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/shop/token";
        let keyed = format!("{SECRET}:api_key::");
        assert_eq!(parameter.parse(), Ok(SecretRef::Parameter { arn: parameter.into() }));
        assert_eq!(keyed.parse(), Ok(SecretRef::Secret { arn: SECRET.into(), key: Some("api_key".into()) }));
        for text in [SECRET, parameter, &keyed] {
            assert_eq!(text.parse::<SecretRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_text_is_refused_and_not_repeated() {
        for text in [
            "hunter2",
            "arn:aws:s3:::hunter2",
            "arn:aws:secretsmanager:eu-central-1:12345:secret:hunter2",
            "arn:aws:ssm:eu-central-1:123456789012:parameter/",
            &format!("{SECRET}:hunter2"),
        ] {
            let words = text.parse::<SecretRef>().unwrap_err();
            assert!(words.contains('\n') && !words.contains("hunter2"), "{words}");
        }
    }
}
