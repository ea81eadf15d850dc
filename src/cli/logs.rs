//! `infractl logs`

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::{
    Common, Format, Stop, help, services,
    session::{Session, span},
    signals::signalled,
};
use crate::{
    api::ReadCx,
    catalog::aws::logs::events::{Search, Tail},
    show::{logs, out},
    spec::model::Span,
};

/// How often is looked for what is new. A region takes five such calls a second from all of an account:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
const PAUSE: Duration = Duration::from_secs(2);

/// Arguments of `infractl logs`.
#[derive(Debug, Args)]
#[command(after_help = help::LOGS)]
pub(super) struct LogsArgs {
    /// The service
    service: String,
    /// Go on until Ctrl-C
    #[arg(short = 'F', long)]
    follow: bool,
    /// How far to look back
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10m")]
    since: Span,
    /// Only what this container says
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    /// Only what fits this pattern of CloudWatch Logs, such as a word
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
}

pub(super) async fn logs(common: &Common, args: &LogsArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let service = services::named(&session.compiled.graph, &args.service)?;
    if let Some(container) = &args.container {
        services::check_container(container, &service.containers())?;
    }
    let group = service.log_group().ok_or_else(|| service.absent())?;
    let search = Search { group: &group, container: args.container.as_deref(), pattern: args.filter.as_deref() };
    let mut tail = Tail::new(now().saturating_sub(i64::from(args.since.seconds()) * 1000));
    let (cx, json) = (&session.cx.read, common.format == Format::Json);
    if !look(cx, &search, &mut tail, json).await? {
        return Err(service.absent());
    }
    if !args.follow {
        return Ok(0);
    }
    let follow = async {
        loop {
            tokio::time::sleep(PAUSE).await;
            // A group that went may come back.
            look(cx, &search, &mut tail, json).await?;
        }
    };
    tokio::select! {
        () = signalled() => Ok(0),
        ended = follow => ended,
    }
}

/// Shows what is new, page by page; whether there is such a log.
async fn look(cx: &ReadCx, search: &Search<'_>, tail: &mut Tail, json: bool) -> Result<bool, Stop> {
    let from = tail.look(now());
    let mut token = None;
    loop {
        let Some(page) = search.page(cx, from, token).await? else { return Ok(false) };
        let fresh = tail.fresh(page.events);
        if !fresh.is_empty() {
            out(&if json { logs::json(&fresh) } else { logs::text(&fresh) })?;
        }
        if page.next.is_none() {
            return Ok(true);
        }
        token = page.next;
    }
}

/// In milliseconds since 1970.
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
