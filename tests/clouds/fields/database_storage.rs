//! Storage of databases, which only ever grows.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "ephemeral: true
network: { nat: none }
databases: { main: { version: 16, storage: 20, logs: [] } }",
    cases: &[
        case(
            "databases: { main: { storage: 20..100 } }",
            &["update rds.instance/main: max_storage"],
            &["rds.instance/main storage: 20 gp3 3000 125 -> 20..100 gp3 3000 125"],
        ),
        case(
            "databases: { main: { storage: 400..1000 } }",
            &["update rds.instance/main: storage, max_storage"],
            &["rds.instance/main storage: 20..100 gp3 3000 125 -> 400..1000 gp3 12000 500"],
        ),
        case("databases: { main: { storage: { min: 400, max: 1000 } } }", &[], &[]),
        case(
            "databases: { main: { storage: { min: 500 } } }",
            &["update rds.instance/main: storage"],
            &["rds.instance/main storage: 400..1000 gp3 12000 500 -> 500..1000 gp3 12000 500"],
        ),
        case(
            "databases: { main: { storage: { max: 2000 } } }",
            &["update rds.instance/main: max_storage"],
            &["rds.instance/main storage: 500..1000 gp3 12000 500 -> 500..2000 gp3 12000 500"],
        ),
        case(
            "databases: { main: { storage: { iops: 13000 } } }",
            &["update rds.instance/main: iops"],
            &["rds.instance/main storage: 500..2000 gp3 12000 500 -> 500..2000 gp3 13000 500"],
        ),
        case(
            "databases: { main: { storage: { throughput: 600 } } }",
            &["update rds.instance/main: throughput"],
            &["rds.instance/main storage: 500..2000 gp3 13000 500 -> 500..2000 gp3 13000 600"],
        ),
        case("databases: { main: { storage: { throughput: null } } }", &[], &[]),
        case(
            "databases: { main: { storage: { type: io2 } } }",
            &["update rds.instance/main: storage_type"],
            &["rds.instance/main storage: 500..2000 gp3 13000 600 -> 500..2000 io2 13000 -"],
        ),
        case(
            "databases: { main: { storage: { type: io1 } } }",
            &["update rds.instance/main: storage_type"],
            &["rds.instance/main storage: 500..2000 io2 13000 - -> 500..2000 io1 13000 -"],
        ),
        case(
            "databases: { main: { storage: { type: gp3 } } }",
            &["update rds.instance/main: storage_type"],
            &["rds.instance/main storage: 500..2000 io1 13000 - -> 500..2000 gp3 13000 500"],
        ),
        case("databases: { main: { storage: { iops: null } } }", &[], &[]),
        case(
            "databases: { main: { storage: { type: gp2 } } }",
            &["update rds.instance/main: storage_type"],
            &["rds.instance/main storage: 500..2000 gp3 13000 500 -> 500..2000 gp2 - -"],
        ),
        case(
            "{ default_alarms: false, notify: { ops: { sms: ['+4930123456'] } },
                alarms: { full: { database: main, metric: storage, below: 5GB } } }",
            &["create cloudwatch.alarm/full", "create sns.subscription/sms/+4930123456/ops", "create sns.topic/ops"],
            &[
                "+cloudwatch.alarm/full: acts=true, for=5 of 5, metric=AWS/RDS FreeStorageSpace, missing=missing, \
                of=DBInstanceIdentifier=shop-default-main, period=60, \
                says=storage of databases.main is below 5GB for 5m, statistic=Average, tells=sns.topic/ops, \
                tells when ok=sns.topic/ops, when=LessThanThreshold 5368709120",
                "+sns.topic/ops: called=shop-default-ops, policy=Allow sns:AddPermission,\
                sns:DeleteTopic,sns:GetTopicAttributes,sns:ListSubscriptionsByTopic,sns:Publish,sns:RemovePermission,\
                sns:SetTopicAttributes,sns:Subscribe on sns.topic/ops by AWS=arn:aws:iam::this account:root; \
                Allow sns:Publish on sns.topic/ops by Service=cloudwatch.amazonaws.com if \
                ArnLike=aws:SourceArn=arn:aws:cloudwatch:eu-central-1:this account:alarm:*,\
                StringEquals=aws:SourceAccount=this account (2012-10-17), sms +4930123456=told",
            ],
        ),
    ],
};
