//! Types that can be written in more than one way, and text that has to look a certain way.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

/// A type with a short way to write it and a long one. What is not overridden is refused, with the words of `EXPECTED`.
pub(super) trait Either<'de>: Sized {
    /// What may be written, such as `a number, or text such as "8000-8100"`.
    const EXPECTED: &'static str;

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Str(it), &Self::EXPECTED))
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Unsigned(it), &Self::EXPECTED))
    }
    fn from_bool<E: de::Error>(it: bool) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Bool(it), &Self::EXPECTED))
    }
    fn from_float<E: de::Error>(it: f64) -> Result<Self, E> {
        Err(E::invalid_type(de::Unexpected::Float(it), &Self::EXPECTED))
    }
    fn from_list<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::invalid_type(de::Unexpected::Seq, &Self::EXPECTED))
    }
    fn from_map<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::invalid_type(de::Unexpected::Map, &Self::EXPECTED))
    }
}

/// Reads whichever way was taken.
pub(super) fn either<'de, T: Either<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(EitherVisitor(PhantomData))
}

struct EitherVisitor<T>(PhantomData<T>);

impl<'de, T: Either<'de>> Visitor<'de> for EitherVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }
    fn visit_str<E: de::Error>(self, it: &str) -> Result<T, E> {
        T::from_text(it)
    }
    fn visit_u64<E: de::Error>(self, it: u64) -> Result<T, E> {
        T::from_number(it)
    }
    fn visit_bool<E: de::Error>(self, it: bool) -> Result<T, E> {
        T::from_bool(it)
    }
    fn visit_f64<E: de::Error>(self, it: f64) -> Result<T, E> {
        T::from_float(it)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        T::from_list(SeqAccessDeserializer::new(seq))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(MapAccessDeserializer::new(map))
    }
}

/// Reads text and lets `check` say what is wrong with it.
pub(super) fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    check: fn(&str) -> Result<(), String>,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    check(&text).map_err(de::Error::custom)?;
    Ok(text)
}

/// Words for a wrong value: what is wrong, and what to do about it.
pub(super) fn wrong(message: impl fmt::Display, help: impl fmt::Display) -> String {
    format!("{message}\n{help}")
}

/// A type for text that has to look a certain way: how it is called, its pattern for editors, and the check.
macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident, pattern: $pattern:literal, check: $check:path) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            /// # Errors
            /// What is wrong with it, and on a second line what to do.
            fn from_str(text: &str) -> Result<Self, String> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::spec::model::either::checked(deserializer, $check).map(Self)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!($($doc, "\n"),+).trim(),
                    "pattern": $pattern,
                })
            }
        }
    };
}
pub(super) use text_type;
