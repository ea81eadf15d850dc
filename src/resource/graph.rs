//! What a stack should be: its resources, and which of them needs which.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    Facts, LiveTree, Place, Resource,
    tags::{NAME, Scope, TagRules, Tags},
    to_tree,
    value::{Address, Field, In, OutRef, references},
};

/// What a stack should be.
#[derive(Debug)]
pub struct Graph {
    /// Whose the resources are.
    pub scope: Scope,
    /// Where they are.
    pub place: Place,
    /// How they are tagged.
    pub tags: TagRules,
    /// The resources, in the order in which they were declared.
    pub nodes: IndexMap<Address, Node>,
}

/// A resource that should be.
#[derive(Debug)]
pub struct Node {
    /// Of its type.
    pub facts: &'static Facts,
    /// The part of the stack file that it comes from, such as `network`.
    pub component: String,
    /// Its settings; some may be references.
    pub want: Value,
    /// Its tags.
    pub tags: Tags,
    /// The outputs that follow from its settings.
    pub foretold: Map<String, Value>,
    /// What it refers to.
    pub needs: BTreeSet<Address>,
}

/// Those of a scope's resources that exist, wanted or not.
pub type Observed = BTreeMap<Address, LiveTree>;

/// A declared resource, from which typed references are taken.
#[derive(Debug)]
pub struct Handle<R> {
    /// The resource's address.
    pub address: Address,
    of: PhantomData<fn() -> R>,
}

impl Graph {
    /// A graph without resources.
    #[must_use]
    pub fn new(scope: Scope, place: Place, tags: TagRules) -> Self {
        Self { scope, place, tags, nodes: IndexMap::new() }
    }

    /// Declares a resource; one that was declared before under the same name is replaced.
    pub fn add<R: Resource>(&mut self, component: &str, name: &str, resource: &R) -> Handle<R> {
        let address = Address::new(R::FACTS.kind, name);
        let foretold = resource.foretell(&self.place);
        self.insert(address.clone(), component, &R::FACTS, to_tree(resource), foretold);
        Handle { address, of: PhantomData }
    }

    /// Declares a resource whose type is erased.
    pub fn insert(
        &mut self,
        address: Address,
        component: &str,
        facts: &'static Facts,
        want: Value,
        foretold: Map<String, Value>,
    ) {
        let needs = references(&want).into_iter().map(|it| it.from).collect();
        let mut tags = Tags::new();
        if facts.tagged {
            tags.insert(NAME.to_owned(), format!("{}-{}", self.scope.prefix(), address.name()));
            tags.extend(self.tags.common.clone());
            tags.extend(self.scope.tags(&address));
        }
        self.nodes.insert(address, Node { facts, component: component.to_owned(), want, tags, foretold, needs });
    }

    /// An output that follows from settings alone.
    #[must_use]
    pub fn foretold(&self, out: &OutRef) -> Option<Value> {
        self.nodes.get(&out.from)?.foretold.get(&out.out).cloned()
    }

    /// The resources, each after those that it needs.
    ///
    /// # Errors
    /// The resources that need each other.
    pub fn in_order(&self) -> Result<Vec<(&Address, &Node)>, Vec<Address>> {
        let mut left: Vec<_> = self.nodes.iter().collect();
        let mut done = BTreeSet::new();
        let mut acc = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let (wave, rest): (Vec<_>, Vec<_>) = left
                .into_iter()
                .partition(|(_, node)| node.needs.iter().all(|it| done.contains(it) || !self.nodes.contains_key(it)));
            if wave.is_empty() {
                return Err(rest.into_iter().map(|(address, _)| address.clone()).collect());
            }
            done.extend(wave.iter().map(|(address, _)| (*address).clone()));
            acc.extend(wave);
            left = rest;
        }
        Ok(acc)
    }
}

impl<R: Resource> Handle<R> {
    /// A reference to one of its outputs that it may lack at first.
    #[must_use]
    pub fn later<T>(&self, field: &Field<R::Out, Option<T>>) -> In<T> {
        In::Out(OutRef { from: self.address.clone(), out: field.name.to_owned() })
    }

    /// A reference to one of its outputs.
    #[must_use]
    pub fn out<T>(&self, field: &Field<R::Out, T>) -> In<T> {
        In::Out(OutRef { from: self.address.clone(), out: field.name.to_owned() })
    }
}
