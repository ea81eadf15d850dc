//! Logs of web ACLs: <https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html>.
//!
//! It is a setting of a web ACL, whose tags say whose it is. What protects CloudFront would have its log in us-east-1, where
//! the stack has none.

use std::collections::BTreeSet;

use aws_sdk_wafv2::types::LoggingConfiguration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{List, Reach, tags, unsent};
use crate::{
    api::{During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, value::In},
};

const PUT: &str = "wafv2:PutLoggingConfiguration";

/// Where the requests are noted that a web ACL has seen.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Logging {
    /// The web ACL, by its ARN.
    pub web_acl: In<String>,
    /// The log group, by its ARN; its name begins with `aws-waf-logs-`.
    pub log_group: In<String>,
    /// Settings that are never made here, such as filters.
    pub others: BTreeSet<String>,
}

/// What deletion needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The web ACL's.
    pub arn: String,
}

impl Resource for Logging {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Logging: web_acl),
        holds: fields!(Logging: log_group),
        tagged: false,
        ..Facts::new::<Self>(
            "waf.logging",
            "where the requests are noted that a web ACL has seen",
            "https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html",
        )
    };
}

impl Lifecycle for Logging {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        Looking { cx, look }.all().await
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        put(cx, &new.want).await
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        put(cx, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.waf.delete_logging_configuration().resource_arn(&live.out.arn);
        call.send().await.during("wafv2:DeleteLoggingConfiguration").or_done()
    }
}

async fn put(cx: &WriteCx, want: &Logging) -> Result<()> {
    let it =
        LoggingConfiguration::builder().resource_arn(want.web_acl.get()).log_destination_configs(want.log_group.get());
    let call = cx.waf.put_logging_configuration().logging_configuration(it.build().map_err(|it| unsent(PUT, &it))?);
    call.send().await.during(PUT).map(drop)
}

/// All that there is.
struct Looking<'a> {
    cx: &'a ReadCx,
    look: &'a Look<Logging>,
}

impl List for Looking<'_> {
    type Item = LoggingConfiguration;
    type Seen = Live<Logging>;

    async fn page(&self, marker: Option<String>) -> Result<(Vec<LoggingConfiguration>, Option<String>)> {
        let call = self.cx.waf.list_logging_configurations().scope(Reach::Regional.to_sdk());
        let answer = call.limit(100).set_next_marker(marker).send().await.during("wafv2:ListLoggingConfigurations")?;
        Ok((answer.logging_configurations.unwrap_or_default(), answer.next_marker))
    }

    async fn look(&self, it: LoggingConfiguration) -> Result<Option<Live<Logging>>> {
        let name = it.resource_arn().rsplit('/').nth(1);
        let meant = name.is_some_and(|it| Reach::Regional.may_be_of(&self.look.scope, it));
        if meant { live(self.cx, &it).await } else { Ok(None) }
    }
}

/// `None` if its web ACL went while we looked.
async fn live(cx: &ReadCx, it: &LoggingConfiguration) -> Result<Option<Live<Logging>>> {
    let arn = it.resource_arn();
    let tags = tags(cx, Reach::Regional, arn).await?;
    let others = [("filter", it.logging_filter().is_some()), ("redacted_fields", !it.redacted_fields().is_empty())];
    let destination = it.log_destination_configs().first().map(|it| it.trim_end_matches(":*"));
    Ok(tags.map(|tags| {
        let state = Logging {
            web_acl: arn.into(),
            log_group: destination.unwrap_or_default().into(),
            others: others.into_iter().filter(|(_, there)| *there).map(|(name, _)| name.to_owned()).collect(),
        };
        Live { state, out: Out { arn: arn.to_owned() }, tags, status: Status::Ready }
    }))
}
