//! What was written: one YAML file, for one environment, typed and checked.
//!
//! ```text
//! text ─ parse ─▶ Tree ─ overlay, interpolate ─▶ Tree ─ read ─▶ Spec ─ check ─▶ Loaded
//!                   environments ┘      └ variables
//! ```
//!
//! Every part of a `tree` knows its bytes; everything after loading speaks of paths such as
//! `network.security_groups.app.ingress[0].from`, which [`Loaded::locate`] finds in the text. All problems are collected:
//! each stage goes on without what is wrong, and says nothing of what is wrong only because of that.
//!
//! To add a setting: a field with a doc comment in [`model`], and if serde cannot say what it has to be, a function in
//! `check`. To add a component with outputs: its table beside its model, and a line in `model/outputs.rs`.

mod check;
mod environments;
mod fields;
mod interpolate;
mod load;
pub mod model;
mod overlay;
mod parse;
mod problems;
mod read;
mod reference;
mod schema;
mod tree;
mod values;
mod variables;

pub use self::{
    load::{Loaded, Selection, load},
    model::Spec,
    problems::{Located, Place, Problems, Source},
    schema::schema,
};
