//! Which zone of Route 53 a stack's names are in.

use super::{During, ReadCx, Result};

/// A hosted zone: a domain, with the records of its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// Such as `Z0123456789ABCDEFGHIJ`.
    pub id: String,
    /// The domain, such as `example.com`.
    pub name: String,
    /// Whether only networks can ask it.
    pub private: bool,
}

impl ReadCx {
    /// The account's zones of the domain `name`: there may be several.
    ///
    /// # Errors
    /// They could not be listed.
    pub async fn hosted_zones(&self, name: &str) -> Result<Vec<HostedZone>> {
        let answer = self.route53.list_hosted_zones_by_name().dns_name(name).send().await;
        let zones = answer.during("route53:ListHostedZonesByName")?.hosted_zones;
        // The list goes on behind the name; the zones of a name stand together.
        let own = zones.into_iter().filter(|it| it.name().trim_end_matches('.').eq_ignore_ascii_case(name));
        let found = own.map(|it| HostedZone {
            id: it.id().trim_start_matches("/hostedzone/").to_owned(),
            name: it.name().trim_end_matches('.').to_owned(),
            private: it.config().is_some_and(|it| it.private_zone()),
        });
        Ok(found.collect())
    }
}
