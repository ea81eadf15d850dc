//! The declaration of a variable.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};
use serde_json::{Number, Value};

/// A value that is given from outside, with `--var NAME=…` or `INFRACTL_VAR_NAME`, and used as `${var.NAME}`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its value when none is given; it may refer to `${env}`, `${stack}` and other variables. Default: none, so that one
    /// has to be given.
    #[serde(default)]
    pub default: Option<Scalar>,
    /// What its value is. Default: what `default` is, else `string`.
    #[serde(default)]
    pub r#type: Option<VariableType>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The values that it may have. Default: any.
    #[serde(default)]
    pub allowed: Option<Vec<Scalar>>,
}

/// What a variable's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
}

/// A single value: text, a number, `true` or `false`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Scalar(Value);

impl Scalar {
    /// It, as a JSON value: never null, a list or a map.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> VariableType {
        match self.0 {
            Value::Bool(_) => VariableType::Bool,
            Value::Number(_) => VariableType::Number,
            _ => VariableType::String,
        }
    }

    /// `text` as a value of `kind`, if it is one.
    #[must_use]
    pub fn parse(text: &str, kind: VariableType) -> Option<Self> {
        let value = match kind {
            VariableType::String => Value::from(text),
            VariableType::Bool => Value::from(text.parse::<bool>().ok()?),
            VariableType::Number => match text.parse::<i64>() {
                Ok(it) => Value::from(it),
                Err(_) => Value::Number(Number::from_f64(text.parse().ok()?)?),
            },
        };
        Some(Self(value))
    }
}

/// As it stands inside of text.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::String(it) => f.write_str(it),
            it => it.fmt(f),
        }
    }
}

impl fmt::Display for VariableType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "text",
            Self::Number => "a number",
            Self::Bool => "true or false",
        })
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl Visitor<'_> for ScalarVisitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, true or false")
            }
            fn visit_bool<E>(self, it: bool) -> Result<Scalar, E> {
                Ok(Scalar(it.into()))
            }
            fn visit_u64<E>(self, it: u64) -> Result<Scalar, E> {
                Ok(Scalar(it.into()))
            }
            fn visit_i64<E>(self, it: i64) -> Result<Scalar, E> {
                Ok(Scalar(it.into()))
            }
            fn visit_f64<E: de::Error>(self, it: f64) -> Result<Scalar, E> {
                let number = Number::from_f64(it).ok_or_else(|| E::custom("this number is not finite"))?;
                Ok(Scalar(number.into()))
            }
            fn visit_str<E>(self, it: &str) -> Result<Scalar, E> {
                Ok(Scalar(it.into()))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

impl JsonSchema for Scalar {
    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"], "description": "Text, a number, `true` or `false`." })
    }
}
