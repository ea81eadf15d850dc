//! `infractl graph`

use serde_json::{Value, json};

use super::{Common, Format, Stop, session::load};
use crate::{
    compile::{Ground, compile},
    show::{dot, json::FORMAT, out},
};

/// Asks no cloud: zones are those that most regions have.
pub(super) fn graph(common: &Common) -> Result<u8, Stop> {
    let loaded = load(common)?;
    let compiled = compile(&loaded.spec, &loaded.env, &Ground::imagined(&loaded.spec));
    let graph = compiled.map_err(|it| Stop::Problems(loaded.locate(it)))?.graph;
    match common.format {
        Format::Text => out(&dot::graph(&graph))?,
        Format::Json => {
            let nodes = graph.nodes.iter().map(|(address, node)| {
                json!({"address": address, "component": node.component, "needs": node.needs, "settings": node.want})
            });
            let nodes: Vec<Value> = nodes.collect();
            out(&format!("{:#}\n", json!({"format": FORMAT, "scope": graph.scope, "nodes": nodes})))?;
        }
    }
    Ok(0)
}
