//! Secrets whose values people set, or that are made at random.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    Recovery, Spec, Text,
    either::{Either, either, wrong},
    names::Description,
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "secrets",
    noun: "secret",
    count: Count::Named {
        names: |spec: &Spec| spec.secrets.keys().map(ToString::to_string).collect(),
        short: Some(""),
    },
    outputs: &[
        Output::secret("", "the secret's whole value"),
        Output::secret("KEY", "the value of one of its keys, where the secret is JSON"),
    ],
    check: None,
};

/// A secret in Secrets Manager. Its value is set with `infractl secrets set`, or made at random; it is never in the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What it is for. Default: its name and the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Makes its value at random, once, of so many characters: 8 to 1024. It is JSON with the key `password`, which
    /// `${secrets.NAME.password}` refers to. Default: people set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generate: Option<Length>,
    /// The key that encrypts it, such as `${keys.main}`. Default: the account's own key for Secrets Manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
    /// For how long it can be brought back once it is deleted: 7d to 30d, or none. Default: `30d`, or none in an ephemeral
    /// environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
}

/// How many characters a random value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Length(u16);

impl Length {
    /// How many.
    #[must_use]
    pub fn characters(self) -> u32 {
        self.0.into()
    }
}

impl Either<'_> for Length {
    const EXPECTED: &'static str = "a number of characters";

    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        let fits = u16::try_from(it).ok().filter(|it| (8..=1024).contains(it));
        fits.map(Self)
            .ok_or_else(|| E::custom(wrong(format!("{it} characters are too few or too many"), "choose 8 to 1024")))
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Length {
    fn schema_name() -> Cow<'static, str> {
        "Length".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "description": "How many characters.", "minimum": 8, "maximum": 1024})
    }
}
