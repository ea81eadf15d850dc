//! How providers are called.

pub mod aws;
pub mod cloudflare;
pub mod error;
pub mod http;
pub mod meter;
pub mod patience;
pub mod permissions;
pub mod retry;
pub mod route53;
mod upstash;
pub mod vendor;

pub use aws::{ReadCx, WriteCx};
pub use error::{ApiError, During, OrAbsent, OrDone};

/// What calling a provider gives.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;
