//! Cloudflare: <https://developers.cloudflare.com/api/>. Nothing there has tags; what is ours has a [`mark`].

pub mod connector;
mod entry_point;
pub(crate) mod mark;
pub mod parameters;
pub mod ruleset;

use std::collections::BTreeSet;

use crate::api::{ReadCx, Result, retry::Class, vendor::Reader};

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
