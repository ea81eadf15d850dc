//! `infractl init`

use std::{fs::OpenOptions, io::Write};

use clap::Args;
use serde_json::json;

use super::{Common, Format, Stop, help};
use crate::{
    show::{json::FORMAT, out},
    spec::model::{Region, StackName},
};

/// The file to start from; a test plans it.
const TEMPLATE: &str = include_str!("init.yaml");

/// Arguments of `infractl init`.
#[derive(Debug, Args)]
#[command(after_help = help::INIT)]
pub(super) struct Init {
    /// What the stack is called: 1 to 24 small letters, digits and hyphens
    #[arg(long, default_value = "hello")]
    stack: StackName,
    /// Where it is
    #[arg(long, default_value = "eu-central-1")]
    region: Region,
}

pub(super) fn init(common: &Common, args: &Init) -> Result<u8, Stop> {
    let text = TEMPLATE.replace("STACK", args.stack.as_str()).replace("REGION", args.region.as_str());
    let path = &common.file;
    let failed = |error| Stop::File { path: path.clone(), error, help: Some("`--file` names another one") };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    let name = path.display();
    match common.format {
        Format::Text => {
            out(&format!("Wrote {name}. Next, without an account: infractl plan --sandbox --env dev --file {name}\n"))?;
        }
        Format::Json => out(&format!("{:#}\n", json!({"format": FORMAT, "wrote": path})))?,
    }
    Ok(0)
}
