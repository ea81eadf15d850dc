//! A text, or several.

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};

use crate::spec::model::{OutPath, Part, Text, text::TEXT};

/// A text that may refer to what the stack makes, or a list of such.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    texts: Vec<Text>,
    is_list: bool,
}

impl Values {
    /// Whether it was written as a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

impl From<Text> for Values {
    fn from(text: Text) -> Self {
        Self { texts: vec![text], is_list: false }
    }
}

impl Deref for Values {
    type Target = [Text];

    fn deref(&self) -> &[Text] {
        &self.texts
    }
}

/// As it is written in the file.
impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.texts.as_slice() {
            [one] if !self.is_list => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, ValuesVisitor)
    }
}

/// Takes what the spec's reader gives: a text, its parts, or a list of texts.
struct ValuesVisitor;

/// What stands in a list that the reader gives.
enum Item {
    Part(Part),
    Text(Text),
}

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or a list of texts")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E>(self, it: &str) -> Result<Values, E> {
        Ok(Text::plain(it.to_owned()).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Values, A::Error> {
        let (mut parts, mut texts) = (Vec::new(), Vec::new());
        while let Some(item) = seq.next_element()? {
            match item {
                Item::Part(it) => parts.push(it),
                Item::Text(it) => texts.push(it),
            }
        }
        let is_list = parts.is_empty();
        texts.extend((!is_list).then_some(Text(parts)));
        Ok(Values { texts, is_list })
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT, ItemVisitor)
    }
}

/// A part comes as a list of its own, a text as what it is asked for as.
struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Item, D::Error> {
        Text::deserialize(deserializer).map(Item::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Item, A::Error> {
        let mut steps = Vec::new();
        while let Some(step) = seq.next_element::<String>()? {
            steps.push(step);
        }
        let part = match steps.len() {
            1 => Part::Literal(steps.pop().unwrap_or_default()),
            _ => Part::Out(OutPath::decoded(steps, false).ok_or_else(|| A::Error::invalid_length(0, &self))?),
        };
        Ok(Item::Part(part))
    }
}

impl JsonSchema for Values {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RecordValues".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Text>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}
