//! AWS, a folder a service.

pub mod ec2;
pub mod ecr;
pub mod elasticache;
pub mod iam;
pub mod kms;
pub mod logs;
pub mod prices;
pub mod s3;
pub mod secretsmanager;
