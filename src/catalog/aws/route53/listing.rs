//! Record sets as a zone lists them: by their names' labels from the last to the first, then by type
//! (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html>).

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::name::DnsName;
use crate::api::{During, OrAbsent, ReadCx, Result};

const CALL: &str = "route53:ListResourceRecordSets";

/// All of a zone's; none if it is gone.
pub(super) async fn all(cx: &ReadCx, zone: &str) -> Result<Vec<ResourceRecordSet>> {
    pages(cx, zone, None, |_| true).await
}

/// Those that stand at a name in a zone or below it.
pub(super) async fn below(cx: &ReadCx, zone: &str, name: &DnsName) -> Result<Vec<ResourceRecordSet>> {
    // Names that only begin alike may stand in between.
    let near = |it: &DnsName| it.as_str().ends_with(name.as_str()) || begins_like(it, name);
    let found = pages(cx, zone, Some(name), near).await?;
    Ok(found.into_iter().filter(|it| DnsName::new(it.name()).within(name).is_some()).collect())
}

fn begins_like(it: &DnsName, name: &DnsName) -> bool {
    let Some((first, zone)) = name.as_str().split_once('.') else { return false };
    let within = it.within(&DnsName::new(zone)).unwrap_or_default();
    within.rsplit('.').next().is_some_and(|it| it.starts_with(first))
}

/// The one of a name and type.
pub(super) async fn one(cx: &ReadCx, zone: &str, name: &DnsName, kind: &str) -> Result<Option<ResourceRecordSet>> {
    let call = cx.route53.list_resource_record_sets().hosted_zone_id(zone).max_items(1);
    let call = call.start_record_name(name.as_str()).start_record_type(RrType::from(kind));
    let found = call.send().await.during(CALL).or_absent()?;
    let found = found.into_iter().flat_map(|it| it.resource_record_sets);
    Ok(found.into_iter().find(|it| DnsName::new(it.name()) == *name && it.r#type().as_str() == kind))
}

/// From `start` on, as long as the last one of a page is one to `go` on after.
async fn pages(
    cx: &ReadCx,
    zone: &str,
    start: Option<&DnsName>,
    go: impl Fn(&DnsName) -> bool,
) -> Result<Vec<ResourceRecordSet>> {
    let mut acc: Vec<ResourceRecordSet> = Vec::new();
    let mut next = start.map(|it| (it.as_str().to_owned(), None, None));
    loop {
        let call = cx.route53.list_resource_record_sets().hosted_zone_id(zone);
        let call = match next {
            Some((name, kind, id)) => {
                call.start_record_name(name).set_start_record_type(kind).set_start_record_identifier(id)
            }
            None => call,
        };
        let Some(page) = call.send().await.during(CALL).or_absent()? else { return Ok(Vec::new()) };
        let more = page.is_truncated && page.resource_record_sets.last().is_none_or(|it| go(&DnsName::new(it.name())));
        acc.extend(page.resource_record_sets);
        match page.next_record_name.filter(|_| more) {
            Some(name) => next = Some((name, page.next_record_type, page.next_record_identifier)),
            None => return Ok(acc),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_begin_alike_stand_in_between() {
        let root = DnsName::new("_infractl.example.com");
        assert!(begins_like(&DnsName::new("_infractl-old.example.com"), &root));
        assert!(!begins_like(&DnsName::new("a.example.com"), &root));
        assert!(!begins_like(&DnsName::new("example.com"), &root));
    }
}
