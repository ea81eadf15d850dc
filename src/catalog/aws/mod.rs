//! AWS, a folder a service.

pub mod acm;
pub mod autoscaling;
pub mod cloudfront;
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
pub mod route53;
pub mod s3;
pub mod secretsmanager;
pub mod sns;
pub mod waf;

use std::time::SystemTime;

use aws_smithy_types::{DateTime, date_time::Format};

/// When something was, in UTC and whole seconds, such as `2026-01-31T12:00:00Z`.
fn moment(at: &DateTime) -> Option<String> {
    DateTime::from_secs(at.secs()).fmt(Format::DateTime).ok()
}

/// The same of the system's time.
#[must_use]
pub fn timestamp(at: SystemTime) -> String {
    moment(&at.into()).unwrap_or_default()
}
