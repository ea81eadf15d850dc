//! AWS: one client a service for reading, one for changing.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::sync::Semaphore;

use super::{
    ApiError, During, Result,
    meter::{Gate, Meter, Metered},
};
use crate::resource::Place;

/// How many calls of a service run at once: below the buckets that
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html> gives, which all tools of an account share.
const AT_ONCE: [(&str, usize); 4] = [("ec2", 16), ("iam", 3), ("logs", 4), ("sts", 2)];

/// What a stack's account and region can be asked. Its clients refuse to change anything.
#[derive(Clone, Debug)]
pub struct ReadCx {
    /// EC2, which is also VPC.
    pub ec2: aws_sdk_ec2::Client,
    /// IAM, which is global.
    pub iam: aws_sdk_iam::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// The caller's identity.
    pub sts: aws_sdk_sts::Client,
    /// What was called so far.
    pub meter: Meter,
}

/// What a stack's account and region can be asked and told. Nothing is repeated by the SDK: `run` looks first.
#[derive(Clone, Debug)]
pub struct WriteCx {
    /// To look with.
    pub read: ReadCx,
    /// EC2, which is also VPC.
    pub ec2: aws_sdk_ec2::Client,
    /// IAM, which is global.
    pub iam: aws_sdk_iam::Client,
    /// CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
}

/// How AWS is reached; what is not said here comes from the environment and the shared configuration, as everywhere.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// The stack's region.
    pub region: String,
    /// A local cloud: where it listens, and the account to be there.
    pub local: Option<(String, String)>,
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
        let config = loader.load().await;
        let clients = Clients { config, http, meter: Meter::default(), permits: permits() };
        let reads = RetryConfig::standard()
            .with_max_attempts(8)
            .with_initial_backoff(Duration::from_millis(300))
            .with_max_backoff(Duration::from_secs(10));
        let never = RetryConfig::disabled();
        Self {
            read: ReadCx {
                ec2: clients.ec2(false, reads.clone()),
                iam: clients.iam(false, reads.clone()),
                logs: clients.logs(false, reads.clone()),
                sts: clients.sts(false, reads),
                meter: clients.meter.clone(),
            },
            ec2: clients.ec2(true, never.clone()),
            iam: clients.iam(true, never.clone()),
            logs: clients.logs(true, never),
        }
    }
}

impl ReadCx {
    /// Whose account this is, and which availability zones its region has, by their letters.
    pub async fn place(&self, region: &str) -> Result<(Place, Vec<String>)> {
        let (identity, zones) = tokio::join!(self.identity(), self.zones(region));
        let (account, partition) = identity?;
        Ok((Place { account, region: region.to_owned(), partition }, zones?))
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

fn permits() -> BTreeMap<&'static str, Arc<Semaphore>> {
    AT_ONCE.iter().map(|(service, n)| (*service, Arc::new(Semaphore::new(*n)))).collect()
}

struct Clients {
    config: SdkConfig,
    http: SharedHttpClient,
    meter: Meter,
    permits: BTreeMap<&'static str, Arc<Semaphore>>,
}

/// One method a service: the SDK's builders have nothing in common that a function could take.
macro_rules! client {
    ($name:ident, $sdk:ident, $service:literal) => {
        fn $name(&self, writes: bool, retry: RetryConfig) -> $sdk::Client {
            let config = $sdk::config::Builder::from(&self.config)
                .http_client(self.metered($service))
                .interceptor(Gate { writes })
                .retry_config(retry);
            $sdk::Client::from_conf(config.build())
        }
    };
}

impl Clients {
    client!(ec2, aws_sdk_ec2, "ec2");
    client!(iam, aws_sdk_iam, "iam");
    client!(logs, aws_sdk_cloudwatchlogs, "logs");
    client!(sts, aws_sdk_sts, "sts");

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
        WriteCx::connect(&Connection { region: "eu-central-1".into(), local }).await
    }

    #[tokio::test]
    async fn a_reader_sends_no_change() {
        let ReadCx { ec2, iam, logs, sts, meter } = nowhere().await.read;
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
