//! Cloudflare: <https://developers.cloudflare.com/api/>. Nothing there has tags; what is ours has a [`mark`].

pub mod analytics;
pub mod bot_management;
pub mod connector;
mod entry_point;
pub(crate) mod mark;
pub mod origin_certificate;
pub mod parameters;
pub mod record;
mod record_text;
pub mod ruleset;
pub mod settings;
pub mod tiered_cache;

use std::collections::BTreeSet;

use crate::{
    api::{ReadCx, Result, retry::Class, vendor::Reader},
    resource::{
        tags::{Scope, Tags},
        value::Address,
    },
};

/// What of a zone there is always one is called in a stack: it is neither made nor deleted.
pub const ZONE: &str = "zone";

/// Who to ask, and the zones to look in: those of the run, and those that are wanted. `None` where nobody can be asked and
/// nothing is wanted.
pub(crate) async fn around<'a>(
    cx: &'a ReadCx,
    wanted: impl Iterator<Item = &str>,
) -> Result<Option<(&'a Reader, BTreeSet<String>)>> {
    let mut ids: BTreeSet<_> = wanted.map(str::to_owned).collect();
    if cx.vendors.cloudflare.is_none() && ids.is_empty() {
        return Ok(None);
    }
    let reader = cx.vendors.cloudflare()?;
    ids.extend(cx.zones.get(reader, None).await?.iter().map(|it| it.id.clone()));
    Ok(Some((reader, ids)))
}

/// What was found. Where a token may not look, it has made nothing either: that is no reason to stop what it is for.
pub(crate) fn seen<T: Default>(found: Result<T>, wanted: bool) -> Result<T> {
    match found {
        Err(error) if !wanted && error.class() == Class::Denied => Ok(T::default()),
        found => found,
    }
}

/// The tags of what is a scope's because its zone's settings are in the scope's file.
fn of_zone(scope: &Scope, kind: &str) -> Tags {
    scope.tags(&Address::new(kind, ZONE))
}
