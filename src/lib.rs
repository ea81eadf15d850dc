//! infractl: a stack of cloud resources, brought from what it is to what its file says.

pub mod diagnostic;

pub mod resource;

pub mod plan;

pub mod api;

pub mod catalog;

pub mod observe;

pub mod run;

pub mod show;
