//! `infractl init`

use std::{fs::OpenOptions, io::Write};

use clap::Args;

use super::{Common, Stop};
use crate::show::out;

/// The file to start from; a test plans it.
const TEMPLATE: &str = include_str!("init.yaml");

/// Arguments of `infractl init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// What the stack is called: 1 to 24 small letters, digits and hyphens
    #[arg(long, default_value = "hello")]
    stack: String,
    /// Where it is
    #[arg(long, default_value = "eu-central-1")]
    region: String,
}

pub(super) fn init(common: &Common, args: &Init) -> Result<u8, Stop> {
    let text = TEMPLATE.replace("STACK", &args.stack).replace("REGION", &args.region);
    let path = &common.file;
    let failed = |error| Stop::File { path: path.clone(), error, help: Some("`--file` names another one") };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    let name = path.display();
    out(&format!("Wrote {name}. Next, without an account: infractl plan --sandbox --env dev --file {name}\n"))?;
    Ok(0)
}
