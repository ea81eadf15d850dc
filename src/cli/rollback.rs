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
    let (name, cluster, read) = (service.name, service.cluster(), &session.cx.read);
    let running = images::running(read, &cluster, &[name.to_owned()]).await?.remove(name);
    let released = images::released(read, &cluster, name).await?;
    let found = promotion::under_way(read, &cluster, name).await?.filter(|_| args.to.is_none());
    let image = match found {
        // Such as by this command, until it was cut off.
        Some(release) if !release.goes_back && returns(running.as_ref(), &released) => running.unwrap_or_default(),
        Some(release) => return go_back(&session, &cluster, name, &release).await,
        // Whoever says so again does not mean the one before that.
        None if args.to.is_none() && promotion::is_back(read, &cluster, name).await? => {
            err(&format!("{name} is back: its last release did not stay. To go to another, add --to IMAGE.\n"));
            return Ok(0);
        }
        None => earlier(name, running.as_ref(), &released, args.to.as_deref())?,
    };
    let given = Images { given: vec![(name.to_owned(), image)], forced: true };
    let said = session.loaded.spec.services.iter().any(|(it, service)| it.as_str() == name && service.image.is_some());
    let session = Session::open_with(common, &given).await?;
    let code = apply_to(common, session, &[format!("services.{name}")], args.yes, args.override_protection).await?;
    if said {
        err("the file still says the other image: the next apply brings it back unless that is changed\n");
    }
    Ok(code)
}

/// Whether the release that is under way is one to an earlier image.
fn returns(running: Option<&String>, released: &[String]) -> bool {
    running.is_some_and(|it| released.iter().skip(1).any(|earlier| earlier == it))
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
fn earlier(name: &str, running: Option<&String>, released: &[String], to: Option<&str>) -> Result<String, Stop> {
    let fits = |it: &&String| match to {
        Some(to) => it.ends_with(to),
        None => running != Some(*it),
    };
    released.iter().find(fits).cloned().ok_or_else(|| {
        let why = match to {
            Some(to) => format!("`{name}` was never released with an image that ends with `{to}`"),
            None => format!("`{name}` has had no other image in the last 90 days"),
        };
        Stop::Refused { why, help: format!("infractl history {name}") }
    })
}
