//! Text that may refer to what exists only once the stack is there.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use super::{COMPONENTS, OutPath};

/// The name by which [`Text`] asks the reader for references to outputs.
pub(crate) const TEXT: &str = "infractl::Text";

/// Text, of which parts may be outputs of components, such as `https://${network.nat_ips}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Part>);

/// A part of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// What a component gives.
    Out(OutPath),
}

impl Part {
    /// The output that it is.
    #[must_use]
    pub fn out(&self) -> Option<&OutPath> {
        match self {
            Self::Out(it) => Some(it),
            Self::Literal(_) => None,
        }
    }
}

impl Text {
    /// A text that refers to nothing.
    #[must_use]
    pub fn plain(text: String) -> Self {
        Self(vec![Part::Literal(text)])
    }

    /// The outputs that it refers to.
    pub fn outs(&self) -> impl Iterator<Item = &OutPath> {
        self.0.iter().filter_map(Part::out)
    }

    /// The whole text, if it refers to nothing.
    #[must_use]
    pub fn literal(&self) -> Option<Cow<'_, str>> {
        match self.0.as_slice() {
            [] => Some("".into()),
            [Part::Literal(it)] => Some(it.into()),
            _ => None,
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|it| match it {
            Part::Literal(it) => f.write_str(&it.replace("${", "$${")),
            Part::Out(it) => write!(f, "${{{it}}}"),
        })
    }
}

/// As it is written in the file.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, TextVisitor)
    }
}

/// Takes what the spec's reader gives: text, or its parts, each a list: one text as it stands, or the steps to an output.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E>(self, it: &str) -> Result<Text, E> {
        Ok(Text(if it.is_empty() { Vec::new() } else { vec![Part::Literal(it.into())] }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        let mut parts = Vec::new();
        while let Some(mut steps) = seq.next_element::<Vec<String>>()? {
            parts.push(match steps.len() {
                1 => Part::Literal(steps.pop().unwrap_or_default()),
                _ => Part::Out(OutPath::decoded(steps, false).ok_or_else(|| A::Error::invalid_length(0, &self))?),
            });
        }
        Ok(Text(parts))
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let examples = COMPONENTS.iter().flat_map(|it| it.forms()).filter(|(_, it)| !it.secret);
        json_schema!({
            "type": "string",
            "description": "Text; it may hold outputs of components, such as `${network.vpc_id}`.",
            "examples": examples.map(|(form, _)| format!("${{{form}}}")).collect::<Vec<_>>(),
        })
    }
}
