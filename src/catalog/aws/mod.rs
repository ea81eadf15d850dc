//! AWS, a folder a service.

pub mod ec2;
pub mod iam;
pub mod logs;
pub mod prices;
pub mod secretsmanager;
