//! CloudFront: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/Welcome.html>.

pub mod invalidation;
