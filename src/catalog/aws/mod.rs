//! AWS, a folder a service.

pub mod ec2;
