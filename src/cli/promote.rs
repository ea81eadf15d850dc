//! `infractl promote`

use clap::Args;

use super::{Common, Stop, help, patience::patiently, services::named, session::Session};
use crate::{catalog::aws::ecs::promotion, show::err};

/// Arguments of `infractl promote`.
#[derive(Debug, Args)]
#[command(after_help = help::PROMOTE)]
pub(super) struct Promote {
    /// The service whose release waits
    service: String,
}

pub(super) async fn promote(common: &Common, args: &Promote) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let service = named(&session.compiled.graph, &args.service)?;
    let name = service.name;
    let found = promotion::under_way(&session.cx.read, &service.cluster(), name).await?;
    let Some(waiting) = found.filter(promotion::UnderWay::waits) else {
        let why = format!("no release of `{name}` waits to be promoted");
        return Err(Stop::Refused { why, help: "`infractl status` says what is under way".into() });
    };
    patiently(|| waiting.promote(&session.cx)).await?;
    err(&format!("{name} goes on.\n"));
    Ok(0)
}
