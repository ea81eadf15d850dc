//! `infractl sandbox`

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Common, Format, Stop, session::home};
use crate::show::{err, json::FORMAT, out};

/// Arguments of `infractl sandbox`.
#[derive(Debug, Args)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    command: Action,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// Start it, unless it runs
    Start,
    /// Say whether it runs, and where
    Status,
    /// Delete all that was made in it
    Reset,
    /// End it, and with it all that was made in it
    Stop,
    /// Print what it wrote about its last calls
    Logs,
}

pub(super) async fn sandbox(common: &Common, args: &SandboxArgs) -> Result<u8, Stop> {
    let home = home()?;
    if matches!(args.command, Action::Logs) {
        out(&format!("{}\n", home.last_lines(200)))?;
        return Ok(0);
    }
    if matches!(args.command, Action::Start) {
        home.start(&mut |it| err(&format!("sandbox: {it}\n"))).await?;
    }
    let Some(sandbox) = home.running().await else {
        say(
            common,
            "The sandbox does not run; it starts by itself when --sandbox needs it.",
            &json!({"running": false}),
        )?;
        return Ok(0);
    };
    match args.command {
        Action::Start | Action::Status | Action::Logs => {
            let mut health = sandbox.health().await?;
            health["running"] = true.into();
            health["url"] = sandbox.url.clone().into();
            say(common, &format!("The sandbox answers at {} (process {}).", sandbox.url, sandbox.pid), &health)?;
        }
        Action::Reset => {
            sandbox.reset().await?;
            say(common, "The sandbox is empty.", &json!({"running": true}))?;
        }
        Action::Stop => {
            sandbox.stop().await?;
            say(common, "The sandbox has ended.", &json!({"running": false}))?;
        }
    }
    Ok(0)
}

fn say(common: &Common, text: &str, tree: &Value) -> Result<(), Stop> {
    match common.format {
        Format::Text => out(&format!("{text}\n"))?,
        Format::Json => {
            let mut tree = tree.clone();
            tree["format"] = FORMAT.into();
            out(&format!("{tree:#}\n"))?;
        }
    }
    Ok(())
}
