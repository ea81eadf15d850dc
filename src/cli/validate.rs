//! `infractl validate`

use serde_json::json;

use super::{Common, Format, Stop, session::load_quietly};
use crate::{
    compile::{Ground, check_limits, compile},
    show::{
        err,
        json::{FORMAT, problems},
        out, problem, words,
    },
    spec::Loaded,
};

/// Asks no cloud: zones are those that most regions have.
pub(super) fn validate(common: &Common) -> Result<u8, Stop> {
    let json = common.format == Format::Json;
    match check(common) {
        Ok((loaded, count)) if json => {
            let problems = problems(&loaded.problems);
            let name = json!({"stack": loaded.spec.stack, "env": loaded.env});
            let answer =
                json!({"format": FORMAT, "valid": true, "scope": name, "resources": count, "problems": problems});
            out(&format!("{answer:#}\n"))?;
            Ok(0)
        }
        Ok((loaded, count)) => {
            err(&problem::problems(&loaded.problems));
            let name = format!("{}/{}", loaded.spec.stack, loaded.env);
            let count = words::count(count, "resource");
            out(&format!("{} is valid: {name} is {count}.\n", common.file.display()))?;
            Ok(0)
        }
        Err(Stop::Problems(it)) if json => {
            out(&format!("{:#}\n", json!({"format": FORMAT, "valid": false, "problems": problems(&it)})))?;
            Ok(1)
        }
        Err(other) => Err(other),
    }
}

fn check(common: &Common) -> Result<(Loaded, usize), Stop> {
    let loaded = load_quietly(common)?;
    let compiled = compile(&loaded.spec, &loaded.env, &Ground::imagined(&loaded.spec));
    let compiled = compiled.and_then(|it| check_limits(&it.graph, &loaded.spec).map(|()| it));
    let compiled = compiled.map_err(|it| Stop::Problems(loaded.locate(it)))?;
    let count = compiled.graph.nodes.len();
    Ok((loaded, count))
}
