//! KMS: <https://docs.aws.amazon.com/kms/latest/developerguide/overview.html>.

pub mod key;
