//! `infractl status`

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::{Common, Format, Stop, help, services, session::Session};
use crate::{
    catalog::{
        aws::{
            ecs::{cluster_name, standing::standings},
            timestamp,
        },
        cloudflare::analytics::traffic,
    },
    resource::tags::Scope,
    show::{
        edge::{self, Edge},
        out, status,
    },
};

/// As much as every plan of Cloudflare's tells of at once:
/// <https://developers.cloudflare.com/analytics/graphql-api/limits/>.
const DAY: Duration = Duration::from_hours(24);

/// Arguments of `infractl status`.
#[derive(Debug, Args)]
#[command(after_help = help::STATUS)]
pub(super) struct StatusArgs {
    /// Only this service
    service: Option<String>,
    /// Show what Cloudflare did with requests in the last 24 hours instead
    #[arg(long, conflicts_with = "service")]
    edge: bool,
}

pub(super) async fn status(common: &Common, args: &StatusArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    if args.edge {
        return at_the_edge(common, &session).await;
    }
    let graph = &session.compiled.graph;
    let services = services::chosen(graph, args.service.as_deref())?;
    let cluster = cluster_name(&graph.scope);
    let found = standings(&session.cx.read, &graph.scope, &cluster, &services::names(&services)).await?;
    let rows: Vec<_> = services.iter().map(|it| (it.name, found.get(it.name))).collect();
    match common.format {
        Format::Json => out(&format!("{:#}\n", status::json(&rows)))?,
        Format::Text if found.is_empty() => out(&services::none(graph, &services))?,
        Format::Text => out(&status::text(&rows))?,
    }
    let all_serve = rows.iter().all(|(_, it)| it.is_some_and(|it| it.state.serves()));
    Ok(u8::from(!all_serve))
}

async fn at_the_edge(common: &Common, session: &Session) -> Result<u8, Stop> {
    let Some(zone) = &session.zone else {
        let Scope { stack, env, .. } = &session.compiled.graph.scope;
        let why = format!("there is no edge to show: the stack file has no `cloudflare` for {stack}/{env}");
        return Err(Stop::Usage { why, help: "what CloudFront does is in CloudWatch".into() });
    };
    let now = SystemTime::now();
    let (since, until) = (timestamp(now.checked_sub(DAY).unwrap_or(UNIX_EPOCH)), timestamp(now));
    let reader = session.cx.read.vendors.cloudflare()?;
    let traffic = traffic(reader, &zone.id, &since, &until).await?;
    let it = Edge { zone: &zone.name, since: &since, until: &until, traffic: &traffic };
    out(&match common.format {
        Format::Json => format!("{:#}\n", edge::json(&it)),
        Format::Text => edge::text(&it),
    })?;
    Ok(0)
}
