//! Types whose equality is the provider's, so that two ways of writing one thing are no difference.

pub mod cidr;
pub mod digest;
pub mod dns;
pub mod policy;
