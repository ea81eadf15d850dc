//! CloudWatch Logs: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>.

pub mod events;
pub mod log_group;
