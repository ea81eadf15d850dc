//! AWS: one client a service for reading, one for changing.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::SharedHttpClient,
    interceptors::context::InterceptorContext,
    retries::classifiers::{ClassifyRetry, RetryAction},
};
use tokio::sync::Semaphore;

use super::{
    ApiError, During, Result,
    cloudflare::Zones,
    meter::{Gate, Meter, Metered},
    route53::HostedZone,
    vendor::{Login, Reader, Vendors, Writer},
};
use crate::resource::Place;

/// Every service: its client, its SDK, its name in permissions, how many of its calls run at once, where it answers if not in
/// the stack's region, and what it is.
///
/// The limits stay below the buckets that all tools of an account share
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html>,
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/throttling.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>).
macro_rules! services {
    ($($name:ident: $sdk:ident, $service:literal, $at_once:literal $(in $region:ident)?, $about:literal;)*) => {
        /// What a stack's account and region can be asked. Its clients refuse to change anything.
        #[derive(Clone, Debug)]
        pub struct ReadCx {
            $(#[doc = $about] pub $name: $sdk::Client,)*
            /// What was called so far.
            pub meter: Meter,
            /// Providers besides AWS, as far as the environment has tokens for them.
            pub vendors: Vendors<Reader>,
            /// The zones at Cloudflare that a run looks in.
            pub zones: Arc<Zones>,
            /// The zone in Route 53 that the file names, once it is known.
            pub hosted: Arc<OnceLock<HostedZone>>,
            account: Arc<OnceLock<String>>,
            pub(super) local: Option<(String, String)>,
        }

        /// What a stack's account and region can be asked and told. Nothing is repeated by the SDK: `run` looks first.
        #[derive(Clone, Debug)]
        pub struct WriteCx {
            /// To look with.
            pub read: ReadCx,
            /// Providers besides AWS, as far as the environment has tokens for them.
            pub vendors: Vendors<Writer>,
            $(#[doc = $about] pub $name: $sdk::Client,)*
        }

        impl Clients {
            fn new(config: SdkConfig, http: SharedHttpClient, connection: &Connection) -> Self {
                let permits = [$(($service, Arc::new(Semaphore::new($at_once)))),*].into();
                let meter = Meter::default();
                let vendors = connection.vendors.open(connection.local.as_ref(), &meter);
                Self { config, http, meter, permits, vendors, local: connection.local.clone() }
            }

            fn reading(&self, retry: &RetryConfig) -> ReadCx {
                ReadCx {
                    $($name: self.$name(false, retry),)*
                    meter: self.meter.clone(),
                    vendors: self.vendors.clone(),
                    zones: Arc::default(),
                    hosted: Arc::default(),
                    account: Arc::default(),
                    local: self.local.clone(),
                }
            }

            fn writing(&self, read: ReadCx, retry: &RetryConfig) -> WriteCx {
                let vendors = self.vendors.writers();
                WriteCx { read, vendors, $($name: self.$name(true, retry),)* }
            }

            // One method a service: the SDKs' builders have nothing in common that a function could take.
            $(fn $name(&self, writes: bool, retry: &RetryConfig) -> $sdk::Client {
                let config = $sdk::config::Builder::from(&self.config)
                    .http_client(self.metered($service))
                    .interceptor(Gate { writes })
                    .retry_config(retry.clone())
                    .retry_classifier(TooMany)
                    $(.region(Region::from_static($region)))?;
                $sdk::Client::from_conf(config.build())
            })*
        }
    };
}

/// Where services stand that are for all regions.
const EVERYWHERE: &str = "us-east-1";

services! {
    acm: aws_sdk_acm, "acm", 4, "ACM: certificates for load balancers.";
    acm_everywhere: aws_sdk_acm, "acm", 4 in EVERYWHERE, "ACM: certificates for CloudFront.";
    autoscaling: aws_sdk_applicationautoscaling, "application-autoscaling", 4, "Application Auto Scaling.";
    cloudfront: aws_sdk_cloudfront, "cloudfront", 2, "CloudFront, which is global.";
    cloudwatch: aws_sdk_cloudwatch, "cloudwatch", 4, "CloudWatch: alarms and dashboards.";
    ec2: aws_sdk_ec2, "ec2", 16, "EC2, which is also VPC.";
    ecr: aws_sdk_ecr, "ecr", 8, "ECR: image registries.";
    ecs: aws_sdk_ecs, "ecs", 8, "ECS: containers.";
    elasticache: aws_sdk_elasticache, "elasticache", 4, "`ElastiCache`.";
    elb: aws_sdk_elasticloadbalancingv2, "elasticloadbalancing", 4, "Elastic Load Balancing, version 2.";
    iam: aws_sdk_iam, "iam", 6, "IAM, which is global.";
    kms: aws_sdk_kms, "kms", 8, "KMS: keys.";
    logs: aws_sdk_cloudwatchlogs, "logs", 4, "CloudWatch Logs.";
    rds: aws_sdk_rds, "rds", 4, "RDS: databases.";
    route53: aws_sdk_route53, "route53", 2, "Route 53, which is global.";
    s3: aws_sdk_s3, "s3", 16, "S3: buckets.";
    secrets: aws_sdk_secretsmanager, "secretsmanager", 8, "Secrets Manager.";
    sns: aws_sdk_sns, "sns", 8, "SNS: notifications.";
    ssm: aws_sdk_ssm, "ssm", 4, "Systems Manager, for its parameters.";
    sts: aws_sdk_sts, "sts", 2, "The caller's identity.";
    tagging: aws_sdk_resourcegroupstagging, "tag", 2, "The index of all tags.";
    tagging_everywhere: aws_sdk_resourcegroupstagging, "tag", 2 in EVERYWHERE, "The index of the tags of what is global.";
    waf: aws_sdk_wafv2, "wafv2", 2, "WAF, for load balancers.";
    waf_everywhere: aws_sdk_wafv2, "wafv2", 2 in EVERYWHERE, "WAF, for CloudFront.";
}

/// Knows that a service is asked too often whatever it calls that: SNS has a word that the SDK does not know
/// (<https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html>).
#[derive(Debug)]
struct TooMany;

impl ClassifyRetry for TooMany {
    fn classify_retry(&self, answer: &InterceptorContext) -> RetryAction {
        let too_many = answer.response().is_some_and(|it| it.status().as_u16() == 429);
        if too_many { RetryAction::throttling_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "too many requests"
    }
}

/// How AWS is reached; what is not said here comes from the environment and the shared configuration, as everywhere.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The stack's region.
    pub region: String,
    /// A local cloud: where it listens, and the account to be there.
    pub local: Option<(String, String)>,
    /// What other providers know the caller by; a local cloud stands in for all of them.
    pub vendors: Vendors<Login>,
}

impl WriteCx {
    /// Finds credentials and makes the clients; sends nothing.
    pub async fn connect(connection: &Connection) -> Self {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(connection.region.clone()))
            .http_client(http.clone())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .operation_attempt_timeout(Duration::from_secs(30))
                    .build(),
            );
        if let Some((url, account)) = &connection.local {
            let keys = aws_sdk_sts::config::Credentials::new(account, "local", None, None, "infractl sandbox");
            loader = loader.endpoint_url(url).credentials_provider(keys);
        }
        let clients = Clients::new(loader.load().await, http, connection);
        let reads = RetryConfig::standard()
            .with_max_attempts(8)
            .with_initial_backoff(Duration::from_millis(300))
            .with_max_backoff(Duration::from_secs(10));
        clients.writing(clients.reading(&reads), &RetryConfig::disabled())
    }
}

impl ReadCx {
    /// Whose account this is, and which availability zones its region has, by their letters.
    pub async fn place(&self, region: &str) -> Result<(Place, Vec<String>)> {
        let (identity, zones) = tokio::join!(self.identity(), self.zones(region));
        let (account, partition) = identity?;
        // All that is asked here is asked of one account.
        let _ = self.account.set(account.clone());
        Ok((Place { account, region: region.to_owned(), partition }, zones?))
    }

    /// The account, once [`place`](Self::place) has asked.
    #[must_use]
    pub fn account(&self) -> Option<String> {
        self.account.get().cloned()
    }

    async fn identity(&self) -> Result<(String, String)> {
        const CALL: &str = "sts:GetCallerIdentity";
        let answer = self.sts.get_caller_identity().send().await.during(CALL)?;
        let account = answer.account.ok_or_else(|| ApiError::incomplete(CALL, "account"))?;
        let arn = answer.arn.ok_or_else(|| ApiError::incomplete(CALL, "ARN"))?;
        Ok((account, arn.split(':').nth(1).unwrap_or("aws").to_owned()))
    }

    /// Local Zones and Wavelength Zones are asked for by name only: they lack most services.
    async fn zones(&self, region: &str) -> Result<Vec<String>> {
        const CALL: &str = "ec2:DescribeAvailabilityZones";
        let answer = self.ec2.describe_availability_zones().send().await.during(CALL)?;
        let zones = answer.availability_zones.unwrap_or_default();
        let usual = zones.iter().filter(|it| it.zone_type().is_none_or(|it| it == "availability-zone"));
        let letters = usual.filter_map(|it| it.zone_name()?.strip_prefix(region));
        let mut letters: Vec<_> = letters.map(str::to_owned).collect();
        letters.sort();
        Ok(letters)
    }
}

struct Clients {
    config: SdkConfig,
    http: SharedHttpClient,
    meter: Meter,
    permits: BTreeMap<&'static str, Arc<Semaphore>>,
    vendors: Vendors<Reader>,
    local: Option<(String, String)>,
}

impl Clients {
    fn metered(&self, service: &'static str) -> Metered<SharedHttpClient> {
        let permits = self.permits.get(service).cloned().unwrap_or_else(|| Arc::new(Semaphore::new(4)));
        Metered { inner: self.http.clone(), service, permits, meter: self.meter.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cloud that is not there: what is refused before it is sent does not notice.
    async fn nowhere() -> WriteCx {
        let local = Some(("http://127.0.0.1:1".into(), "123456789012".into()));
        WriteCx::connect(&Connection { region: "eu-central-1".into(), local, ..Connection::default() }).await
    }

    #[tokio::test]
    async fn a_reader_sends_no_change() {
        let ReadCx { ec2, iam, logs, sts, meter, .. } = nowhere().await.read;
        let refusals = [
            ec2.create_vpc().send().await.during("CreateVpc").unwrap_err(),
            ec2.modify_vpc_attribute().send().await.during("ModifyVpcAttribute").unwrap_err(),
            ec2.delete_vpc().send().await.during("DeleteVpc").unwrap_err(),
            ec2.create_tags().send().await.during("CreateTags").unwrap_err(),
            iam.put_role_policy().send().await.during("PutRolePolicy").unwrap_err(),
            logs.delete_log_group().send().await.during("DeleteLogGroup").unwrap_err(),
            sts.assume_role().send().await.during("AssumeRole").unwrap_err(),
        ];
        for ApiError { call, code, message, ambiguous, .. } in refusals {
            assert!(message.contains(&format!("{call} would change something")), "{message}");
            assert_eq!((code.as_str(), ambiguous), ("NotSent", false), "{call}");
        }
        assert_eq!(meter.counts().total(), 0);
    }

    #[tokio::test]
    async fn a_writer_sends_a_change_once() {
        let cx = nowhere().await;
        let error = cx.ec2.delete_vpc().vpc_id("vpc-1").send().await.during("ec2:DeleteVpc").unwrap_err();
        assert_eq!((error.code.as_str(), error.ambiguous), ("NoAnswer", true));
        assert_eq!(cx.read.meter.counts().total(), 1);
    }
}
