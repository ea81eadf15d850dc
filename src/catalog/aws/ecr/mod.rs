//! ECR: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/what-is-ecr.html>.

pub mod image;
mod lifecycle_policy;
pub mod repository;

pub use lifecycle_policy::LifecyclePolicy;
