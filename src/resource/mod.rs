//! What resources are made of: types, values, references, graphs. No I/O.

pub mod text;
