//! `infractl validate`

use serde_json::json;

use super::{Common, Format, Stop, session::load};
use crate::{
    compile::{Ground, compile},
    show::{json::FORMAT, out},
};

/// Asks no cloud: zones are those that most regions have.
pub(super) fn validate(common: &Common) -> Result<u8, Stop> {
    let loaded = load(common)?;
    let compiled = compile(&loaded.spec, &loaded.env, &Ground::imagined(&loaded.spec));
    let compiled = compiled.map_err(|it| Stop::Problems(loaded.locate(it)))?;
    let count = compiled.graph.nodes.len();
    match common.format {
        Format::Text => {
            let name = format!("{}/{}", loaded.spec.stack, loaded.env);
            out(&format!("{} is valid: {name} is {count} resources.\n", common.file.display()))?;
        }
        Format::Json => {
            let problems = &loaded.problems.items;
            out(&format!(
                "{:#}\n",
                json!({"format": FORMAT, "valid": true, "resources": count, "problems": problems})
            ))?;
        }
    }
    Ok(0)
}
