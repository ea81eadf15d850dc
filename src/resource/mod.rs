//! What resources are made of: types, values, references, graphs. No I/O.

pub mod facts;
pub mod graph;
pub mod tags;
pub mod text;
pub mod value;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

pub use facts::{Facts, Waits};
use tags::Tags;
use value::In;

/// A type of cloud resource; its fields are the settings we manage.
///
/// A field left out of the serialised value is not ours: it is neither compared nor sent.
pub trait Resource: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// What other resources may refer to, and all that is needed to delete it.
    type Out: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// What the engine must know about it.
    const FACTS: Facts;

    /// Outputs that follow from the settings, known before the resource exists.
    fn foretell(&self, _: &Place) -> Map<String, Value> {
        Map::new()
    }

    /// What someone should think about before they want this.
    fn risks(&self) -> Vec<Risk> {
        Vec::new()
    }

    /// What people should know of what is there, though no change is needed.
    fn note(_live: &Live<Self>) -> Option<String> {
        None
    }

    /// What stays of what is there when it is deleted, and how to be rid of that.
    fn leaves(_live: &Live<Self>) -> Option<String> {
        None
    }

    /// What it costs a month in US dollars at list price, as far as that follows from its settings; `None` if that is not
    /// known.
    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(0.0)
    }

    /// How long its creation or update may take, where it says so itself.
    fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Why what is now `live` can never be this, neither changed nor, as it holds data, made anew.
    fn refuses(&self, _live: &Self) -> Option<String> {
        None
    }

    /// What someone should think about before they want this of what is now `live`: a restart, or a change that waits.
    fn change_risks(&self, _live: &Self) -> Vec<Risk> {
        Vec::new()
    }

    /// What happens one after another when what is now `live` becomes this, if that takes more than a call.
    fn stages(&self, _live: &Self) -> Vec<String> {
        Vec::new()
    }
}

/// The resources around one, for what can be told only of several together.
pub trait Surroundings {
    /// The settings of the resource that `reference` refers to.
    fn settings(&self, reference: &In<String>) -> Option<&Value>;
}

/// The account and region that a stack is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Twelve digits.
    pub account: String,
    /// Such as `eu-central-1`.
    pub region: String,
    /// `aws`, `aws-cn` or `aws-us-gov`: how ARNs begin.
    pub partition: String,
}

/// What a step may do to people and data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// What cannot be made again is deleted.
    LosesData,
    /// It is deleted, and what it holds stays somewhere; the sentence says where.
    Leaves(String),
    /// Something that works now stops for a while, or for good; the sentence says what.
    Interrupts(String),
    /// Something can be reached from the whole internet; the sentence says what.
    Exposes(String),
    /// It is protected from deletion where it is, which has to be lifted first.
    Protected,
    /// It is accepted now and happens later; the sentence says when.
    Defers(String),
}

/// Whether a live resource can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It can be used.
    #[default]
    Ready,
    /// It will be usable, says the provider, whose word for its state is given.
    Pending(String),
    /// It will never be usable, for the reason given.
    Failed(String),
    /// It can be used, but the provider gave up its last change, for the reason given: two such failures differ in it.
    Reverted(String),
    /// It is being deleted.
    Leaving,
}

/// A resource as the provider has it.
#[derive(Clone, Debug)]
pub struct Live<R: Resource> {
    /// Its settings.
    pub state: R,
    /// Its outputs.
    pub out: R::Out,
    /// Its tags, or those of the parent that proves whose it is.
    pub tags: Tags,
    /// Whether it can be used.
    pub status: Status,
}

/// A resource as the provider has it, its type erased.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveTree {
    /// Its settings.
    pub state: Value,
    /// Its outputs.
    pub out: Value,
    /// Its tags, or those of the parent that proves whose it is.
    pub tags: Tags,
    /// Whether it can be used.
    pub status: Status,
}

impl<R: Resource> Live<R> {
    /// The same with its type erased.
    #[must_use]
    pub fn erase(&self) -> LiveTree {
        LiveTree {
            state: to_tree(&self.state),
            out: to_tree(&self.out),
            tags: self.tags.clone(),
            status: self.status.clone(),
        }
    }
}

impl Status {
    /// Whether what it is can be used and changed.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Ready | Self::Reverted(_))
    }
}

impl LiveTree {
    /// The same as its type.
    pub fn restore<R: Resource>(self) -> Result<Live<R>, serde_json::Error> {
        Ok(Live {
            state: serde_json::from_value(self.state)?,
            out: serde_json::from_value(self.out)?,
            tags: self.tags,
            status: self.status,
        })
    }

    /// What the provider calls it, as well as can be told.
    #[must_use]
    pub fn id(&self) -> &str {
        ["id", "arn", "name"].into_iter().find_map(|it| self.out.get(it)?.as_str()).unwrap_or("?")
    }
}

/// The engine works on trees: of any type, and some of their parts not known yet.
#[expect(clippy::expect_used, reason = "resources are structs of plain fields with text keys, which always serialise")]
pub(crate) fn to_tree<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("a resource serialises")
}
