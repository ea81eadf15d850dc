//! The emulator's own files, carried in the binary.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::SandboxError;
use crate::resource::text::digest::short;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("emulator/", $name)))),*]
    };
}

/// Every file of the emulator; a test holds that none is missing.
const FILES: &[(&str, &str)] = files![
    "__init__.py",
    "__main__.py",
    "account.py",
    "acm.py",
    "acm_store.py",
    "autoscaling.py",
    "behaviours.py",
    "bridge.py",
    "cbor.py",
    "cloudflare.py",
    "cloudflare_actions.py",
    "cloudflare_analytics.py",
    "cloudflare_certificates.py",
    "cloudflare_connector.py",
    "cloudflare_content.py",
    "cloudflare_inventory.py",
    "cloudflare_limits.py",
    "cloudflare_records.py",
    "cloudflare_rules.py",
    "cloudflare_settings.py",
    "cloudflare_wire.py",
    "cloudflare_world.py",
    "cloudflare_zones.py",
    "cloudfront.py",
    "cloudfront_checks.py",
    "cloudfront_config.py",
    "cloudfront_controls.py",
    "cloudfront_distributions.py",
    "cloudfront_functions.py",
    "cloudfront_policies.py",
    "cloudfront_store.py",
    "cloudfront_tags.py",
    "cloudwatch.py",
    "consistency.py",
    "control.py",
    "dashboards.py",
    "dns.py",
    "ec2_blocked.py",
    "ec2_checks.py",
    "ec2_endpoints.py",
    "ec2_flow_logs.py",
    "ec2_instances.py",
    "ec2_nat.py",
    "ec2_profiles.py",
    "ec2_reads.py",
    "ec2_routes.py",
    "ec2_rule.py",
    "ec2_rules.py",
    "ec2_tables.py",
    "ecr.py",
    "ecs_clusters.py",
    "ecs_definitions.py",
    "ecs_deployments.py",
    "ecs_history.py",
    "ecs_monitors.py",
    "ecs_pauses.py",
    "ecs_roles.py",
    "ecs_rolling.py",
    "ecs_rollouts.py",
    "ecs_runs.py",
    "ecs_services.py",
    "ecs_shifts.py",
    "ecs_store.py",
    "ecs_strategies.py",
    "ecs_strategy_checks.py",
    "ecs_tasks.py",
    "elasticache.py",
    "elasticache_groups.py",
    "elasticache_serverless.py",
    "elbv2.py",
    "elbv2_actions.py",
    "elbv2_balancers.py",
    "elbv2_groups.py",
    "elbv2_listeners.py",
    "elbv2_logs.py",
    "elbv2_store.py",
    "elbv2_tags.py",
    "elbv2_traffic.py",
    "faults.py",
    "graphql.py",
    "hooks.py",
    "iam.py",
    "kms.py",
    "lean.py",
    "logs.py",
    "logs_events.py",
    "openapi.py",
    "paging.py",
    "policies.py",
    "rds_changes.py",
    "rds_checks.py",
    "rds_groups.py",
    "rds_instances.py",
    "rds_parameters.py",
    "rds_store.py",
    "rest_wire.py",
    "route53_checks.py",
    "route53_health.py",
    "route53_names.py",
    "route53_records.py",
    "route53_store.py",
    "route53_zones.py",
    "rules.py",
    "s3.py",
    "s3_checks.py",
    "s3_listings.py",
    "s3_moto.py",
    "s3_wire.py",
    "schemas.py",
    "secretsmanager.py",
    "server.py",
    "services.py",
    "sns.py",
    "states.py",
    "sts.py",
    "tagging.py",
    "tokens.py",
    "traffic.py",
    "upstash.py",
    "uses.py",
    "vendors.py",
    "waf_acls.py",
    "waf_managed.py",
    "waf_rules.py",
    "waf_store.py",
    "waf_uses.py",
    "wire.py",
];

/// The packages that it needs, each by its digest.
pub(super) const REQUIREMENTS: &str = include_str!("emulator/requirements.txt");

/// Tells one version of the files from others.
pub(super) fn version() -> String {
    let all: String = FILES.iter().flat_map(|(name, text)| [*name, *text]).collect();
    short(&(all + REQUIREMENTS), 12)
}

/// Where the files of this version are: `PYTHONPATH` for them.
pub(super) fn folder(cache: &Path) -> PathBuf {
    cache.join(format!("emulator-{}", version()))
}

/// Writes them, unless they are there.
pub(super) fn write(cache: &Path) -> Result<(), SandboxError> {
    let folder = folder(cache).join("emulator");
    fs::create_dir_all(&folder).map_err(|error| SandboxError::File { path: folder.clone(), error })?;
    for (name, text) in FILES.iter().chain(&[("requirements.txt", REQUIREMENTS)]) {
        let path = folder.join(name);
        if fs::read_to_string(&path).is_ok_and(|it| it == *text) {
            continue;
        }
        fs::write(&path, text).map_err(|error| SandboxError::File { path, error })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_missing() {
        let folder = Path::new("src/sandbox/emulator");
        let mut there: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .filter(|it| it.extension().is_some_and(|it| it == "py"))
            .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        there.sort();
        assert_eq!(there, FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
