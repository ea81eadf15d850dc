//! The command line of infractl.

fn main() {}
