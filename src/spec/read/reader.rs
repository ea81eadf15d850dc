//! serde's view of a tree.

use std::cell::RefCell;

use indexmap::map;
use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess,
        Visitor,
        value::{BorrowedStrDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

use super::{
    super::{
        model::{OutPath, Reference, SECRET_REF, TEXT},
        problems::Finding,
        tree::{Part, Piece, Step, Tree, path},
    },
    error::{Kind, ReadError, Spot, unknown_key},
};

/// What is noted while reading, without ending it.
#[derive(Default)]
pub(super) struct Notes {
    /// Keys that a map of settings does not have.
    pub(super) unknown: Vec<(Vec<Step>, Finding)>,
    /// References to outputs, where they may stand.
    pub(super) references: Vec<Reference>,
}

/// What may stand in a text that is read, besides text.
#[derive(Clone, Copy)]
enum Takes {
    /// Nothing.
    Nothing,
    /// Outputs that are text: it is read into a [`Text`](super::super::model::Text).
    Text,
    /// One output that is a secret: it is read into a [`SecretRef`](super::super::model::SecretRef).
    Secret,
}

/// How a part was come to.
#[derive(Clone, Copy)]
enum Trail<'t> {
    Root,
    Key(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut here = self;
        loop {
            here = match here {
                Self::Root => break,
                Self::Key(up, key) => {
                    steps.push(Step::Key((*key).to_owned()));
                    up
                }
                Self::Index(up, at) => {
                    steps.push(Step::Index(*at));
                    up
                }
            };
        }
        steps.reverse();
        steps
    }
}

/// Reads one part of a tree.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t, 'de> {
    tree: &'de Tree,
    text: &'de str,
    notes: &'de RefCell<Notes>,
    trail: Trail<'t>,
    takes: Takes,
}

impl<'de> Reader<'static, 'de> {
    pub(super) fn root(tree: &'de Tree, text: &'de str, notes: &'de RefCell<Notes>) -> Self {
        Self { tree, text, notes, trail: Trail::Root, takes: Takes::Nothing }
    }
}

impl<'t, 'de> Reader<'t, 'de> {
    fn entries(self, fields: Option<&'static [&'static str]>) -> Result<Entries<'t, 'de>, ReadError> {
        match &self.tree.part {
            Part::Map(items) => Ok(Entries { reader: self, items: items.iter(), current: None, fields }),
            _ => Err(ReadError::invalid_type(Unexpected::Map, &"a map")),
        }
    }

    /// Gives a text with outputs piece by piece, each as a list: one text as it stands, or the steps to an output.
    fn template<V: Visitor<'de>>(self, pieces: &[Piece], visitor: V) -> Result<V::Value, ReadError> {
        let outs: Vec<&OutPath> = pieces.iter().filter_map(Piece::out).collect();
        let secret = outs.iter().find(|it| it.secret).copied();
        let wrong = match (self.takes, secret) {
            (Takes::Text, None) => None,
            (Takes::Secret, Some(_)) => (pieces.len() > 1).then_some(Kind::NotAlone),
            (Takes::Secret, None) => outs.first().map(|it| Kind::NoSecret(it.to_string())),
            (Takes::Nothing, None) => Some(Kind::NotHere),
            (Takes::Nothing | Takes::Text, Some(it)) => Some(Kind::SecretHere(it.to_string())),
        };
        if let Some(it) = wrong {
            return Err(ReadError::new(it));
        }
        let at = path(&self.trail.steps());
        let references = outs.into_iter().map(|to| Reference { at: at.clone(), to: to.clone() });
        self.notes.borrow_mut().references.extend(references);
        let pieces = pieces.iter().map(|it| match it {
            Piece::Literal(it) => vec![it.clone()],
            Piece::Out(it) => it.encoded(),
        });
        visitor.visit_seq(SeqDeserializer::new(pieces))
    }

    fn spot(&self, on_key: bool) -> Box<Spot> {
        Spot::new(self.trail.steps(), self.tree, self.text, on_key)
    }
}

impl<'de> Deserializer<'de> for Reader<'_, 'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.tree.part {
            Part::Leaf(Value::Null) | Part::Hole => visitor.visit_unit(),
            Part::Leaf(Value::Bool(it)) => visitor.visit_bool(*it),
            Part::Leaf(Value::String(it)) => visitor.visit_borrowed_str(it),
            Part::Leaf(Value::Number(it)) => match (it.as_u64(), it.as_i64(), it.as_f64()) {
                (Some(it), ..) => visitor.visit_u64(it),
                (_, Some(it), _) => visitor.visit_i64(it),
                (.., it) => visitor.visit_f64(it.unwrap_or(f64::NAN)),
            },
            Part::Leaf(_) => Err(ReadError::custom("a scalar was expected")),
            Part::Template(pieces) => self.template(pieces, visitor),
            Part::List(items) => visitor.visit_seq(Items { reader: self, items: items.iter().enumerate() }),
            Part::Map(_) => visitor.visit_map(self.entries(None)?),
        }
    }

    /// A key without a value is an error rather than a default: `network:` was likely meant to say something.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.tree.part {
            Part::Map(_) => visitor.visit_map(self.entries(Some(fields))?),
            Part::List(_) => Err(ReadError::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let takes = match name {
            TEXT => Takes::Text,
            SECRET_REF => Takes::Secret,
            _ => Takes::Nothing,
        };
        visitor.visit_newtype_struct(Self { takes, ..self })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.tree.part {
            Part::Leaf(Value::String(it)) => visitor.visit_enum(Word(it)),
            Part::Template(pieces) => self.template(pieces, visitor),
            _ => Err(ReadError::new(Kind::Type { expected: format!("one of {}", variants.join(", ")) })),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

/// The items of a list, holes left out.
struct Items<'t, 'de> {
    reader: Reader<'t, 'de>,
    items: std::iter::Enumerate<std::slice::Iter<'de, Tree>>,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some((at, tree)) = self.items.find(|(_, it)| !matches!(it.part, Part::Hole)) else { return Ok(None) };
        let reader = Reader { tree, trail: Trail::Index(&self.reader.trail, at), takes: Takes::Nothing, ..self.reader };
        seed.deserialize(reader).map(Some).map_err(|it| it.at(|| reader.spot(false)))
    }
}

/// The entries of a map, without holes and, for a map of settings, without keys that are none of its `fields`.
struct Entries<'t, 'de> {
    reader: Reader<'t, 'de>,
    items: map::Iter<'de, String, Tree>,
    current: Option<(&'de String, &'de Tree)>,
    fields: Option<&'static [&'static str]>,
}

impl<'de> Entries<'_, 'de> {
    fn next(&mut self) -> Option<(&'de String, &'de Tree)> {
        loop {
            let (key, tree) = self.items.find(|(_, it)| !matches!(it.part, Part::Hole))?;
            let Some(fields) = self.fields.filter(|it| !it.contains(&key.as_str())) else { return Some((key, tree)) };
            let steps = Trail::Key(&self.reader.trail, key).steps();
            let finding = unknown_key(key, fields, &path(&steps), tree.key_place());
            self.reader.notes.borrow_mut().unknown.push((steps, finding));
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        self.current = self.next();
        let Some((key, tree)) = self.current else { return Ok(None) };
        let reader = Reader { tree, trail: Trail::Key(&self.reader.trail, key), takes: Takes::Nothing, ..self.reader };
        seed.deserialize(KeyReader(key)).map(Some).map_err(|it| it.at(|| reader.spot(true)))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((key, tree)) = self.current.take() else { return Err(ReadError::custom("a value without a key")) };
        let reader = Reader { tree, trail: Trail::Key(&self.reader.trail, key), takes: Takes::Nothing, ..self.reader };
        seed.deserialize(reader).map_err(|it| it.at(|| reader.spot(false)))
    }
}

/// Reads a key: text, or one of some words.
struct KeyReader<'de>(&'de str);

impl<'de> Deserializer<'de> for KeyReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        BorrowedStrDeserializer::new(self.0).deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_enum(Word(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// One of some words.
struct Word<'de>(&'de str);

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let it = seed.deserialize(self.0.into_deserializer())?;
        Ok((it, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ReadError> {
        Err(ReadError::custom("a plain word was expected"))
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(ReadError::custom("a plain word was expected"))
    }
    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, ReadError> {
        Err(ReadError::custom("a plain word was expected"))
    }
}
