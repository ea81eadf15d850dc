//! infractl: a stack of cloud resources, brought from what it is to what its file says.

pub mod diagnostic;
pub mod resource;
pub mod spec;
