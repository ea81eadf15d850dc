//! `infractl rollback`

use std::time::Duration;

use clap::Args;

use super::{
    Common, Stop,
    apply::apply_to,
    help,
    patience::patiently,
    services::named,
    session::{Images, Session},
};
use crate::{
    catalog::aws::ecs::{images, promotion},
    show::err,
};

/// How often it is looked whether a release has gone back.
const LOOK: Duration = Duration::from_secs(2);

/// Arguments of `infractl rollback`.
#[derive(Debug, Args)]
#[command(after_help = help::ROLLBACK)]
pub(super) struct Rollback {
    /// The service
    service: String,
    /// The image to go back to, or the end of its name such as v41; without it, the one before
    #[arg(long, value_name = "IMAGE")]
    to: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Do what loses data or interrupts service though the environment says `protect`
    #[arg(long)]
    override_protection: bool,
}

/// What is under way is told to go back, which takes a moment; what is over is followed by an earlier image.
pub(super) async fn rollback(common: &Common, args: &Rollback) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let service = named(&session.compiled.graph, &args.service)?;
    let (name, cluster) = (service.name, service.cluster());
    let found = promotion::under_way(&session.cx.read, &cluster, name).await?;
    if let Some(release) = found.filter(|_| args.to.is_none()) {
        return go_back(&session, &cluster, name, &release).await;
    }
    let image = earlier(&session, &cluster, name, args.to.as_deref()).await?;
    let given = Images { given: vec![(name.to_owned(), image)], forced: true };
    let said = session.loaded.spec.services.iter().any(|(it, service)| it.as_str() == name && service.image.is_some());
    let session = Session::open_with(common, &given).await?;
    let code = apply_to(common, session, &[format!("services.{name}")], args.yes, args.override_protection).await?;
    if said {
        err("the file still says the other image: the next apply brings it back unless that is changed\n");
    }
    Ok(code)
}

async fn go_back(session: &Session, cluster: &str, name: &str, release: &promotion::UnderWay) -> Result<u8, Stop> {
    if !release.goes_back {
        patiently(|| release.go_back(&session.cx)).await?;
    }
    err(&format!("{name} goes back.\n"));
    while promotion::under_way(&session.cx.read, cluster, name).await?.is_some() {
        tokio::time::sleep(LOOK).await;
    }
    err(&format!("{name} is back.\n"));
    Ok(0)
}

/// The image that was released before the one that runs, or the newest that ends like `to`.
async fn earlier(session: &Session, cluster: &str, name: &str, to: Option<&str>) -> Result<String, Stop> {
    let services = [name.to_owned()];
    let running = images::running(&session.cx.read, cluster, &services).await?;
    let released = images::released(&session.cx.read, cluster, name).await?;
    let fits = |it: &&String| match to {
        Some(to) => it.ends_with(to),
        None => running.get(name) != Some(*it),
    };
    released.iter().find(fits).cloned().ok_or_else(|| {
        let why = match to {
            Some(to) => format!("`{name}` was never released with an image that ends with `{to}`"),
            None => format!("`{name}` has had no other image in the last 90 days"),
        };
        Stop::Refused { why, help: format!("infractl history {name}") }
    })
}
