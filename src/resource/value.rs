//! Values that may not be known until another resource exists.

use std::{borrow::Cow, collections::BTreeSet, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A resource's place in its stack, such as `ec2.subnet/public-a`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// The resource called `name` among those of `kind`.
    #[must_use]
    pub fn new(kind: &str, name: &str) -> Self {
        Self(format!("{kind}/{name}"))
    }

    /// An address as it is written, if `text` is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        (kind.contains('.') && !name.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Of several that stand at this address, the one that its provider calls `id`.
    #[must_use]
    pub fn beside(&self, id: &str) -> Self {
        Self(format!("{}@{id}", self.0))
    }

    /// Such as `ec2.subnet`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(kind, _)| kind)
    }

    /// Such as `public-a`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One output of one resource: `ec2.vpc/main#id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OutRef {
    /// The resource that has it.
    #[serde(rename = "$from")]
    pub from: Address,
    /// The output's name.
    #[serde(rename = "$out")]
    pub out: String,
}

impl fmt::Display for OutRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.from, self.out)
    }
}

/// An input that is either known now, or another resource's output, or a text in which such outputs stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum In<T> {
    /// What `run` will put in its place.
    Out(OutRef),
    /// A text that `run` will put together.
    Joined(Joined),
    /// The value itself.
    Known(T),
}

/// The parts of a text, of which some are not known yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Joined {
    /// One after the other.
    #[serde(rename = "$join")]
    pub parts: Vec<In<String>>,
}

impl<T> From<T> for In<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl From<&str> for In<String> {
    fn from(value: &str) -> Self {
        Self::Known(value.to_owned())
    }
}

impl In<String> {
    /// One text of several parts.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut acc: Vec<Self> = Vec::new();
        for part in parts {
            match (acc.last_mut(), part) {
                (Some(Self::Known(text)), Self::Known(more)) => text.push_str(&more),
                (_, Self::Joined(it)) => acc.extend(it.parts),
                (_, part) => acc.push(part),
            }
        }
        match <[Self; 1]>::try_from(acc) {
            Ok([one]) => one,
            Err(parts) if parts.is_empty() => Self::Known(String::new()),
            Err(parts) => Self::Joined(Joined { parts }),
        }
    }
}

impl<T> In<T> {
    /// The value, if it is known yet: what `read` must use.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Out(_) | Self::Joined(_) => None,
        }
    }

    /// The value, once references have been resolved: what `create`, `update` and `delete` use.
    ///
    /// # Panics
    /// Never: `run` fails a step that still has a reference before it hands it to its type.
    #[expect(clippy::panic, reason = "a type cannot say that its references are resolved; `run` checks it")]
    pub fn get(&self) -> &T {
        match self {
            Self::Known(value) => value,
            Self::Out(out) => panic!("`{out}` was not resolved"),
            Self::Joined(it) => panic!("`{it:?}` was not resolved"),
        }
    }
}

/// To those who read the schema, a reference is a value of its type.
impl<T: JsonSchema> JsonSchema for In<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// A named field of `S` of type `T`, checked by the compiler: see [`field!`](crate::field).
pub struct Field<S, T> {
    /// Its name in the serialised value.
    pub name: &'static str,
    of: PhantomData<fn(&S) -> &T>,
}

impl<S, T> Field<S, T> {
    /// The field that `name` and the accessor agree on.
    #[must_use]
    pub const fn new(name: &'static str, _: fn(&S) -> &T) -> Self {
        Self { name, of: PhantomData }
    }
}

/// Names a field so that a typo does not compile.
#[macro_export]
macro_rules! field {
    ($name:ident) => {
        &$crate::resource::value::Field::new(stringify!($name), |it| &it.$name)
    };
}

/// Names fields of `$ty` so that a typo does not compile.
#[macro_export]
macro_rules! fields {
    ($ty:ty: $($name:ident),* $(,)?) => {{
        const _: fn(&$ty) = |it| { $(let _ = &it.$name;)* };
        &[$(stringify!($name)),*]
    }};
}

/// Every reference in `tree`, wherever it is nested.
#[must_use]
pub fn references(tree: &Value) -> BTreeSet<OutRef> {
    let mut acc = BTreeSet::new();
    visit(tree, &mut |it| acc.extend(as_reference(it)));
    acc
}

/// Every text in `tree`, wherever it is nested.
#[must_use]
pub fn texts(tree: &Value) -> BTreeSet<&str> {
    let mut acc = BTreeSet::new();
    visit(tree, &mut |it| acc.extend(it.as_str()));
    acc
}

fn visit<'a>(tree: &'a Value, see: &mut dyn FnMut(&'a Value)) {
    see(tree);
    match tree {
        Value::Object(map) => map.values().for_each(|it| visit(it, see)),
        Value::Array(items) => items.iter().for_each(|it| visit(it, see)),
        _ => (),
    }
}

/// Replaces each reference that `known` can answer, and joins the texts of which all parts are known.
#[must_use]
pub fn resolve(tree: &Value, known: &dyn Fn(&OutRef) -> Option<Value>) -> Value {
    if let Some(out) = as_reference(tree) {
        return known(&out).unwrap_or_else(|| tree.clone());
    }
    match tree {
        Value::Object(map) => {
            let map = map.iter().map(|(key, it)| (key.clone(), resolve(it, known)));
            let tree = Value::Object(map.collect());
            as_text(&tree).map_or(tree, Value::String)
        }
        Value::Array(items) => Value::Array(items.iter().map(|it| resolve(it, known)).collect()),
        leaf => leaf.clone(),
    }
}

/// The reference that `tree` is, if it is one.
#[must_use]
pub fn as_reference(tree: &Value) -> Option<OutRef> {
    tree.get("$out")?;
    serde_json::from_value(tree.clone()).ok()
}

/// The parts of the joined text that `tree` is, if it is one.
#[must_use]
pub fn as_parts(tree: &Value) -> Option<&[Value]> {
    tree.get("$join")?.as_array().map(Vec::as_slice)
}

/// The text that `tree` joins, if all its parts are known.
fn as_text(tree: &Value) -> Option<String> {
    as_parts(tree)?.iter().map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn out(name: &str) -> In<String> {
        In::Out(OutRef { from: Address::new("some.kind", "main"), out: name.into() })
    }

    #[test]
    fn a_text_is_joined_once_all_its_parts_are_known() {
        let text = In::join(["http://".into(), out("host"), ":".into(), "80".into()]);
        let tree = serde_json::to_value(&text).unwrap();
        assert_eq!(references(&tree).len(), 1);
        assert_eq!(resolve(&tree, &|_| None), tree);
        assert_eq!(resolve(&tree, &|_| Some(json!("web"))), json!("http://web:80"));
        assert_eq!(serde_json::from_value::<In<String>>(tree).unwrap(), text);
    }

    #[test]
    fn parts_that_are_known_are_one() {
        assert_eq!(In::join(["a".into(), "b".into()]), "ab".into());
        assert_eq!(In::join([]), "".into());
        assert_eq!(In::join([out("a")]), out("a"));
        let nested = In::join(["x".into(), In::join([out("a"), "y".into()]), "z".into()]);
        assert_eq!(nested, In::join(["x".into(), out("a"), "yz".into()]));
    }
}
