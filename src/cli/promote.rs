//! `infractl promote`

use clap::Args;

use super::{Common, Stop, help, session::Session};
use crate::{
    catalog::aws::ecs::{cluster_name, promotion},
    diagnostic::did_you_mean,
    show::err,
    spec::model::ComponentName,
};

/// Arguments of `infractl promote`.
#[derive(Debug, Args)]
#[command(after_help = help::PROMOTE)]
pub(super) struct Promote {
    /// The service whose release waits
    service: String,
}

pub(super) async fn promote(common: &Common, args: &Promote) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let name = known(&session, &args.service)?;
    let cluster = cluster_name(&session.compiled.graph.scope);
    let found = promotion::under_way(&session.cx.read, &cluster, name).await?;
    let Some(waiting) = found.filter(promotion::UnderWay::waits) else {
        let why = format!("no release of `{name}` waits to be promoted");
        return Err(Stop::Refused { why, help: "`infractl status` says what is under way".into() });
    };
    waiting.promote(&session.cx).await?;
    err(&format!("{name} goes on.\n"));
    Ok(0)
}

/// A service of the file.
pub(super) fn known<'a>(session: &'a Session, name: &str) -> Result<&'a str, Stop> {
    let services = || session.loaded.spec.services.keys().map(ComponentName::as_str);
    services().find(|it| *it == name).ok_or_else(|| {
        let near = did_you_mean(name, services());
        let help = near.map_or_else(|| "services stand under `services`".into(), |it| format!("did you mean `{it}`?"));
        Stop::Usage { why: format!("there is no service `{name}` in the file"), help }
    })
}
