//! infractl: a stack of cloud resources, brought from what it is to what its file says. No state file: the live accounts
//! are the state.
//!
//! ```text
//! stack.yaml ─ spec ─▶ Spec ─ compile ─▶ Graph ┐
//!                                              ├─ plan ─▶ Plan ─ run ─▶ Outcome
//! live accounts ─────── observe ──▶ Observed ──┘            └─ show ─┘
//! ```
//!
//! Read the modules in this order; each may use only those above it (`tests/layers.rs` holds that).
//!
//! | module | question it answers | I/O |
//! |---|---|---|
//! | [`diagnostic`] | what is a problem with what the user wrote? | – |
//! | [`resource`] | what are resource types, references, graphs of them? | – |
//! | [`plan`] | which steps lead from what is to what should be? | – |
//! | [`api`] | how is a provider called? | yes |
//! | [`catalog`] | which resource types are there? | through `api` |
//! | [`spec`] | what did the user write? | – |
//! | [`compile`] | which resources does that mean? | – |
//! | [`observe`] | what is there now? | yes |
//! | [`run`] | how is a plan carried out? | yes |
//! | [`hooks`] | who is told of a release? | through `api` |
//! | [`show`] | how is it told? | prints |
//! | [`sandbox`] | where can it be tried without an account? | yes |
//! | [`cli`] | which commands are there? | yes |
//!
//! What always holds: planning cannot write; what is not provably ours is not changed; a run can be stopped anywhere, for
//! the next one starts by looking; a resource type is one file in [`catalog`] and one line in its table.

#![warn(clippy::disallowed_methods)]

pub mod api;
pub mod catalog;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod hooks;
pub mod observe;
pub mod plan;
pub mod resource;
pub mod run;
pub mod sandbox;
pub mod show;
pub mod spec;
