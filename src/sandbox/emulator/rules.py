"""Imports the modules whose hooks make up the services' behaviour."""

from . import (  # noqa: F401
    ec2_blocked,
    ec2_checks,
    ec2_endpoints,
    ec2_flow_logs,
    ec2_nat,
    ec2_reads,
    ec2_routes,
    ec2_rules,
    ecr,
    elasticache,
    elasticache_groups,
    elasticache_serverless,
    iam,
    kms,
    logs,
    s3,
    s3_checks,
    s3_listings,
    secretsmanager,
    sts,
)
