//! What there is in an account, seen through the cloud's own interface: a function a service.

use aws_sdk_acm::types::{Filters, KeyAlgorithm};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudfront::types::{FunctionStage, ResponseHeadersPolicyType};
use aws_sdk_ec2::types::{Instance, InstanceStateName};
use aws_sdk_ecs::types::TaskDefinitionFamilyStatus;
use aws_sdk_route53::types::{ResourceRecordSet, RrType};
use aws_sdk_wafv2::types::Scope;
use infractl::api::ReadCx;
use serde_json::Value;

/// Everything that no new account has, by kind and id.
pub(crate) async fn inventory(cx: &ReadCx) -> Vec<String> {
    let mut acc = Vec::new();
    acc.extend(acm(cx).await);
    acc.extend(autoscaling(cx).await);
    acc.extend(cloudfront(cx).await);
    acc.extend(cloudflare(cx).await);
    acc.extend(cloudwatch(cx).await);
    acc.extend(ec2(cx).await);
    acc.extend(ecr(cx).await);
    acc.extend(ecs(cx).await);
    acc.extend(elasticache(cx).await);
    acc.extend(elb(cx).await);
    acc.extend(iam(cx).await);
    acc.extend(kms(cx).await);
    acc.extend(logs(cx).await);
    acc.extend(rds(cx).await);
    acc.extend(route53(cx).await);
    acc.extend(s3(cx).await);
    acc.extend(secrets(cx).await);
    acc.extend(sns(cx).await);
    acc.extend(upstash(cx).await);
    acc.extend(waf(cx).await);
    acc.sort();
    acc
}

/// Policies of AWS's own are everywhere.
async fn cloudfront(cx: &ReadCx) -> Vec<String> {
    let cdn = &cx.cloudfront;
    let found = cdn.list_distributions().send().await.unwrap().distribution_list.unwrap().items.unwrap_or_default();
    let distributions = found.into_iter().map(|it| format!("distribution {}", it.id));
    let found = cdn.list_origin_access_controls().send().await.unwrap().origin_access_control_list.unwrap();
    let controls = found.items.unwrap_or_default().into_iter().map(|it| format!("origin access control {}", it.name));
    let found = cdn.list_functions().stage(FunctionStage::Development).send().await.unwrap().function_list.unwrap();
    let functions = found.items.unwrap_or_default().into_iter().map(|it| format!("function {}", it.name));
    let found = cdn.list_response_headers_policies().r#type(ResponseHeadersPolicyType::Custom).send().await.unwrap();
    let found = found.response_headers_policy_list.unwrap().items.unwrap_or_default().into_iter();
    let policies = found.map(|it| format!("response headers policy {}", it.response_headers_policy.unwrap().id));
    distributions.chain(controls).chain(functions).chain(policies).collect()
}

async fn cloudwatch(cx: &ReadCx) -> Vec<String> {
    let alarms = cx.cloudwatch.describe_alarms().send().await.unwrap().metric_alarms.unwrap_or_default();
    let dashboards = cx.cloudwatch.list_dashboards().send().await.unwrap().dashboard_entries.unwrap_or_default();
    let alarms = alarms.into_iter().map(|it| format!("alarm {}", it.alarm_name.unwrap()));
    alarms.chain(dashboards.into_iter().map(|it| format!("dashboard {}", it.dashboard_name.unwrap()))).collect()
}

async fn acm(cx: &ReadCx) -> Vec<String> {
    let mut acc = Vec::new();
    for client in [&cx.acm, &cx.acm_everywhere] {
        let all = KeyAlgorithm::values().iter().map(|it| KeyAlgorithm::from(*it)).collect();
        let call = client.list_certificates().includes(Filters::builder().set_key_types(Some(all)).build());
        let found = call.send().await.unwrap().certificate_summary_list.unwrap_or_default();
        acc.extend(found.into_iter().map(|it| format!("certificate {}", it.certificate_arn.unwrap())));
    }
    acc
}

/// What is always there is not counted.
async fn cloudflare(cx: &ReadCx) -> Vec<String> {
    let (api, mut acc) = (cx.vendors.cloudflare().unwrap(), Vec::new());
    let text = |it: &Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    for zone in api.list("cloudflare:ListZones", "/zones", &[]).await.unwrap() {
        let zone = text(&zone, "id");
        let records = api.list("cloudflare:ListRecords", &format!("/zones/{zone}/dns_records"), &[]).await.unwrap();
        let ours = records.iter().filter(|it| text(it, "comment").starts_with("infractl:"));
        acc.extend(ours.map(|it| format!("DNS record {} {}", text(it, "type"), text(it, "name"))));
        let certificates = api.list("cloudflare:ListCertificates", "/certificates", &[("zone_id", &zone)]).await;
        acc.extend(certificates.unwrap().iter().map(|it| format!("origin certificate {}", text(it, "id"))));
        let heads = api.list("cloudflare:ListRulesets", &format!("/zones/{zone}/rulesets"), &[]).await.unwrap();
        for phase in heads.iter().filter(|it| it["kind"] == "zone").map(|it| text(it, "phase")) {
            let path = format!("/zones/{zone}/rulesets/phases/{phase}/entrypoint");
            let rules = api.get("cloudflare:GetEntryPoint", &path, &[]).await.unwrap()["rules"].clone();
            let ours = rules.as_array().into_iter().flatten().any(|it| text(it, "ref").starts_with("infractl:"));
            acc.extend(ours.then(|| format!("rules of {phase}")));
        }
        let rules =
            api.list("cloudflare:GetConnectorRules", &format!("/zones/{zone}/cloud_connector/rules"), &[]).await;
        let ours = rules.unwrap().iter().any(|it| text(it, "description").starts_with("infractl:"));
        acc.extend(ours.then(|| "rules of the Cloud Connector".to_owned()));
    }
    acc
}

async fn autoscaling(cx: &ReadCx) -> Vec<String> {
    let found = cx.autoscaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs).send().await;
    let found = found.unwrap().scalable_targets.unwrap_or_default();
    found.into_iter().map(|it| format!("scalable target {}", it.resource_id)).collect()
}

async fn ec2(cx: &ReadCx) -> Vec<String> {
    let (ec2, mut acc) = (&cx.ec2, Vec::new());
    let mut see = |kind: &str, ids: Vec<Option<String>>| {
        acc.extend(ids.into_iter().map(|it| format!("{kind} {}", it.unwrap())));
    };
    let vpcs = ec2.describe_vpcs().send().await.unwrap().vpcs.unwrap();
    see("vpc", vpcs.into_iter().filter(|it| it.is_default != Some(true)).map(|it| it.vpc_id).collect());
    let subnets = ec2.describe_subnets().send().await.unwrap().subnets.unwrap();
    see("subnet", subnets.into_iter().filter(|it| it.default_for_az != Some(true)).map(|it| it.subnet_id).collect());
    let gateways = ec2.describe_internet_gateways().send().await.unwrap().internet_gateways.unwrap();
    see("internet gateway", gateways.into_iter().map(|it| it.internet_gateway_id).collect());
    let addresses = ec2.describe_addresses().send().await.unwrap().addresses.unwrap();
    see("address", addresses.into_iter().map(|it| it.allocation_id).collect());
    let nats = ec2.describe_nat_gateways().send().await.unwrap().nat_gateways.unwrap();
    let nats = nats.into_iter().filter(|it| it.state.as_ref().is_some_and(|it| it.as_str() != "deleted"));
    see("NAT gateway", nats.map(|it| it.nat_gateway_id).collect());
    let machines = ec2.describe_instances().send().await.unwrap().reservations.unwrap_or_default();
    let machines = machines.into_iter().flat_map(|it| it.instances.unwrap_or_default());
    let there = |it: &Instance| it.state().and_then(|it| it.name()) != Some(&InstanceStateName::Terminated);
    see("machine", machines.filter(there).map(|it| it.instance_id).collect());
    let tables = ec2.describe_route_tables().send().await.unwrap().route_tables.unwrap();
    let tables = tables.into_iter().filter(|it| !it.associations().iter().any(|it| it.main == Some(true)));
    see("route table", tables.map(|it| it.route_table_id).collect());
    let acls = ec2.describe_network_acls().send().await.unwrap().network_acls.unwrap();
    see("network ACL", acls.into_iter().filter(|it| it.is_default != Some(true)).map(|it| it.network_acl_id).collect());
    let groups = ec2.describe_security_groups().send().await.unwrap().security_groups.unwrap();
    let groups = groups.into_iter().filter(|it| it.group_name.as_deref() != Some("default"));
    see("security group", groups.map(|it| it.group_id).collect());
    let endpoints = ec2.describe_vpc_endpoints().send().await.unwrap().vpc_endpoints.unwrap();
    see("endpoint", endpoints.into_iter().map(|it| it.vpc_endpoint_id).collect());
    let logs = ec2.describe_flow_logs().send().await.unwrap().flow_logs.unwrap();
    see("flow log", logs.into_iter().map(|it| it.flow_log_id).collect());
    acc
}

async fn ecr(cx: &ReadCx) -> Vec<String> {
    let found = cx.ecr.describe_repositories().send().await.unwrap().repositories.unwrap();
    found.into_iter().map(|it| format!("repository {}", it.repository_name.unwrap())).collect()
}

async fn elasticache(cx: &ReadCx) -> Vec<String> {
    let (api, mut acc) = (&cx.elasticache, Vec::new());
    let mut see = |kind: &str, names: Vec<Option<String>>| {
        acc.extend(names.into_iter().map(|it| format!("{kind} {}", it.unwrap())));
    };
    let groups = api.describe_replication_groups().send().await.unwrap().replication_groups.unwrap();
    see("replication group", groups.into_iter().map(|it| it.replication_group_id).collect());
    let caches = api.describe_serverless_caches().send().await.unwrap().serverless_caches.unwrap();
    see("serverless cache", caches.into_iter().map(|it| it.serverless_cache_name).collect());
    let groups = api.describe_cache_subnet_groups().send().await.unwrap().cache_subnet_groups.unwrap();
    see("cache subnet group", groups.into_iter().map(|it| it.cache_subnet_group_name).collect());
    let groups = api.describe_cache_parameter_groups().send().await.unwrap().cache_parameter_groups.unwrap();
    let groups = groups.into_iter().map(|it| it.cache_parameter_group_name);
    see("cache parameter group", groups.filter(|it| !it.as_ref().unwrap().starts_with("default.")).collect());
    acc
}

/// The rules that a listener comes with are its own.
async fn elb(cx: &ReadCx) -> Vec<String> {
    let groups = cx.elb.describe_target_groups().send().await.unwrap().target_groups.unwrap_or_default();
    let groups = groups.into_iter().map(|it| format!("target group {}", it.target_group_name.unwrap()));
    let mut acc: Vec<_> = groups.collect();
    for it in cx.elb.describe_load_balancers().send().await.unwrap().load_balancers() {
        acc.push(format!("load balancer {}", it.load_balancer_name().unwrap()));
        let listeners = cx.elb.describe_listeners().load_balancer_arn(it.load_balancer_arn().unwrap()).send().await;
        for it in listeners.unwrap().listeners() {
            acc.push(format!("listener {}", it.listener_arn().unwrap()));
            let rules = cx.elb.describe_rules().listener_arn(it.listener_arn().unwrap()).send().await.unwrap();
            let own = rules.rules().iter().filter(|it| it.is_default() != Some(true));
            acc.extend(own.map(|it| format!("rule {}", it.rule_arn().unwrap())));
        }
    }
    acc
}

async fn ecs(cx: &ReadCx) -> Vec<String> {
    let (ecs, mut acc) = (&cx.ecs, Vec::new());
    let families = ecs.list_task_definition_families().status(TaskDefinitionFamilyStatus::Active).send().await.unwrap();
    acc.extend(families.families.unwrap().into_iter().map(|it| format!("task definition {it}")));
    for cluster in ecs.list_clusters().send().await.unwrap().cluster_arns.unwrap() {
        let services = ecs.list_services().cluster(&cluster).send().await.unwrap().service_arns.unwrap();
        acc.extend(services.into_iter().map(|it| format!("service {it}")));
        acc.push(format!("cluster {cluster}"));
    }
    acc
}

async fn iam(cx: &ReadCx) -> Vec<String> {
    let roles = cx.iam.list_roles().send().await.unwrap().roles;
    let profiles = cx.iam.list_instance_profiles().send().await.unwrap().instance_profiles;
    let profiles = profiles.into_iter().map(|it| format!("instance profile {}", it.instance_profile_name));
    roles.into_iter().map(|it| format!("role {}", it.role_name)).chain(profiles).collect()
}

/// A key that is scheduled for deletion is as good as gone, but its alias is not.
async fn kms(cx: &ReadCx) -> Vec<String> {
    let mut acc = Vec::new();
    for key in cx.kms.list_keys().send().await.unwrap().keys() {
        let found = cx.kms.describe_key().key_id(key.key_id().unwrap()).send().await.unwrap().key_metadata.unwrap();
        if found.deletion_date.is_none() {
            acc.push(format!("key {}", found.key_id));
        }
        let aliases = cx.kms.list_aliases().key_id(&found.key_id).send().await.unwrap().aliases.unwrap();
        if found.deletion_date.is_some() {
            acc.extend(aliases.into_iter().map(|it| format!("alias {}", it.alias_name.unwrap())));
        }
    }
    acc
}

async fn logs(cx: &ReadCx) -> Vec<String> {
    let groups = cx.logs.describe_log_groups().send().await.unwrap().log_groups.unwrap();
    groups.into_iter().map(|it| format!("log group {}", it.log_group_name.unwrap())).collect()
}

/// Last snapshots are meant to stay.
async fn rds(cx: &ReadCx) -> Vec<String> {
    let instances = cx.rds.describe_db_instances().send().await.unwrap().db_instances.unwrap();
    let instances = instances.into_iter().map(|it| format!("database {}", it.db_instance_identifier.unwrap()));
    let subnets = cx.rds.describe_db_subnet_groups().send().await.unwrap().db_subnet_groups.unwrap();
    let subnets = subnets.into_iter().map(|it| format!("subnet group {}", it.db_subnet_group_name.unwrap()));
    let groups = cx.rds.describe_db_parameter_groups().send().await.unwrap().db_parameter_groups.unwrap();
    let groups = groups.into_iter().map(|it| it.db_parameter_group_name.unwrap());
    let groups = groups.filter(|it| !it.starts_with("default.")).map(|it| format!("parameter group {it}"));
    instances.chain(subnets).chain(groups).collect()
}

/// What is scheduled for deletion is not listed, and what services keep for themselves is theirs.
async fn secrets(cx: &ReadCx) -> Vec<String> {
    let found = cx.secrets.list_secrets().send().await.unwrap().secret_list.unwrap();
    let found = found.into_iter().filter(|it| it.owning_service().is_none_or(str::is_empty));
    found.map(|it| format!("secret {}", it.name.unwrap())).collect()
}

/// What a zone says of itself is its own.
async fn route53(cx: &ReadCx) -> Vec<String> {
    let checks = cx.route53.list_health_checks().send().await.unwrap().health_checks;
    let mut acc: Vec<_> = checks.into_iter().map(|it| format!("health check {}", it.id)).collect();
    for zone in cx.route53.list_hosted_zones().send().await.unwrap().hosted_zones {
        acc.push(format!("zone {}", zone.name));
        let records = cx.route53.list_resource_record_sets().hosted_zone_id(zone.id).send().await.unwrap();
        let own = |it: &ResourceRecordSet| it.name == zone.name && matches!(it.r#type, RrType::Ns | RrType::Soa);
        let records = records.resource_record_sets.into_iter().filter(|it| !own(it));
        acc.extend(records.map(|it| format!("record {} {}", it.name, it.r#type)));
    }
    acc
}

async fn s3(cx: &ReadCx) -> Vec<String> {
    let buckets = cx.s3.list_buckets().send().await.unwrap().buckets.unwrap();
    buckets.into_iter().map(|it| format!("bucket {}", it.name.unwrap())).collect()
}

/// A subscription is told of only if it outlived its topic.
async fn sns(cx: &ReadCx) -> Vec<String> {
    let topics = cx.sns.list_topics().send().await.unwrap().topics.unwrap_or_default();
    let topics: Vec<_> = topics.into_iter().map(|it| it.topic_arn.unwrap()).collect();
    let heard = cx.sns.list_subscriptions().send().await.unwrap().subscriptions.unwrap_or_default();
    let left = heard.into_iter().filter(|it| !topics.contains(it.topic_arn.as_ref().unwrap()));
    let left = left.map(|it| format!("subscription of {}", it.endpoint.unwrap()));
    topics.iter().map(|it| format!("topic {it}")).chain(left).collect()
}

async fn upstash(cx: &ReadCx) -> Vec<String> {
    let found = cx.vendors.upstash().unwrap().list("upstash:ListDatabases", "/redis/databases", &[]).await.unwrap();
    found.iter().map(|it| format!("upstash {}", it["database_name"].as_str().unwrap())).collect()
}

/// What a web ACL logs goes with it.
async fn waf(cx: &ReadCx) -> Vec<String> {
    let mut acc = Vec::new();
    for (client, scope) in [(&cx.waf, Scope::Regional), (&cx.waf_everywhere, Scope::Cloudfront)] {
        let acls = client.list_web_acls().scope(scope.clone()).send().await.unwrap().web_acls.unwrap_or_default();
        acc.extend(acls.into_iter().map(|it| format!("web ACL {}", it.name.unwrap())));
        let sets = client.list_ip_sets().scope(scope).send().await.unwrap().ip_sets.unwrap_or_default();
        acc.extend(sets.into_iter().map(|it| format!("IP set {}", it.name.unwrap())));
    }
    acc
}
