//! AWS, a folder a service.

pub mod autoscaling;
pub mod cloudwatch;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod elasticache;
pub mod elb;
pub mod iam;
pub mod kms;
pub mod logs;
pub mod prices;
pub mod rds;
pub mod s3;
pub mod secretsmanager;
pub mod sns;
