//! Databases.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "ephemeral: true
network: { nat: none }
keys: { main: {} }
databases: { main: { version: 16, storage: 20, logs: [] } }",
    cases: &[
        case("databases: { main: { engine: postgres } }", &[], &[]),
        case(
            "databases: { main: { size: db.t4g.small } }",
            &["update rds.instance/main: class"],
            &["rds.instance/main class: db.t4g.micro -> db.t4g.small"],
        ),
        case(
            "databases: { main: { multi_az: true } }",
            &["update rds.instance/main: multi_az"],
            &["rds.instance/main multi_az: false -> true"],
        ),
        case(
            "databases: { main: { multi_az: false } }",
            &["update rds.instance/main: multi_az"],
            &["rds.instance/main multi_az: true -> false"],
        ),
        case(
            "databases: { main: { backups: none } }",
            &["update rds.instance/main: backup_days"],
            &["rds.instance/main backups: 7 at 02:10-02:40 -> 0 at 02:10-02:40"],
        ),
        case(
            "databases: { main: { backups: 2w } }",
            &["update rds.instance/main: backup_days"],
            &["rds.instance/main backups: 0 at 02:10-02:40 -> 14 at 02:10-02:40"],
        ),
        case(
            "databases: { main: { backup_window: '02:00-03:00' } }",
            &["update rds.instance/main: backup_window"],
            &["rds.instance/main backups: 14 at 02:10-02:40 -> 14 at 02:00-03:00"],
        ),
        case(
            "databases: { main: { maintenance_window: 'sun:03:30-sun:04:30' } }",
            &["update rds.instance/main: maintenance_window"],
            &["rds.instance/main maintained: thu:23:11-thu:23:41 -> sun:03:30-sun:04:30"],
        ),
        case(
            "databases: { main: { protect: true } }",
            &["update rds.instance/main: deletion_protection"],
            &["rds.instance/main protected: false -> true"],
        ),
        case(
            "databases: { main: { protect: false } }",
            &["update rds.instance/main: deletion_protection"],
            &["rds.instance/main protected: true -> false"],
        ),
        case(
            "databases: { main: { final_snapshot: true } }",
            &["update rds.instance/main: final_snapshot"],
            &["rds.instance/main on_delete: nothing -> snapshot"],
        ),
        case(
            "databases: { main: { final_snapshot: false } }",
            &["update rds.instance/main: final_snapshot"],
            &["rds.instance/main on_delete: snapshot -> nothing"],
        ),
        case(
            "databases: { main: { minor_upgrades: false } }",
            &["update rds.instance/main: minor_upgrades"],
            &["rds.instance/main minor_upgrades: true -> false"],
        ),
        case(
            "databases: { main: { minor_upgrades: true } }",
            &["update rds.instance/main: minor_upgrades"],
            &["rds.instance/main minor_upgrades: false -> true"],
        ),
        case(
            "databases: { main: { insights: advanced } }",
            &["update rds.instance/main: advanced_insights"],
            &["rds.instance/main insights: standard -> advanced"],
        ),
        case(
            "databases: { main: { insights: standard } }",
            &["update rds.instance/main: advanced_insights"],
            &["rds.instance/main insights: advanced -> standard"],
        ),
        // Parameters: what is static takes a restart.
        case(
            "databases: { main: { parameters: { log_connections: true } } }",
            &["update rds.parameter_group/main-16: parameters"],
            &["rds.parameter_group/main-16 set: none -> log_connections=1"],
        ),
        case(
            "databases: { main: { parameters: { max_connections: 50 } } }",
            &["update rds.instance/main: static_parameters", "update rds.parameter_group/main-16: parameters"],
            &["rds.parameter_group/main-16 set: log_connections=1 -> log_connections=1 max_connections=50"],
        ),
        // What is as RDS has it does not count as set.
        case("databases: { main: { parameters: { rds.force_ssl: true } } }", &[], &[]),
        case(
            "databases: { main: { parameters: null } }",
            &["update rds.instance/main: static_parameters", "update rds.parameter_group/main-16: parameters"],
            &["rds.parameter_group/main-16 set: log_connections=1 max_connections=50 -> none"],
        ),
        // Logs.
        case(
            "databases: { main: { logs: null } }",
            &[
                "create logs.log_group/databases.main.postgresql",
                "create logs.log_group/databases.main.upgrade",
                "update rds.instance/main: logs",
            ],
            &[
                "+logs.log_group/databases.main.postgresql: kept=30d, name=/aws/rds/instance/shop-default-main/postgresql",
                "+logs.log_group/databases.main.upgrade: kept=30d, name=/aws/rds/instance/shop-default-main/upgrade",
                "rds.instance/main logs: none -> postgresql upgrade",
            ],
        ),
        case("databases: { main: { logs: { types: [postgresql, upgrade] } } }", &[], &[]),
        case(
            "databases: { main: { logs: { types: [upgrade] } } }",
            &["delete logs.log_group/databases.main.postgresql", "update rds.instance/main: logs"],
            &["-logs.log_group/databases.main.postgresql", "rds.instance/main logs: postgresql upgrade -> upgrade"],
        ),
        case(
            "databases: { main: { logs: { retention: 1w } } }",
            &["update logs.log_group/databases.main.upgrade: retention_days"],
            &["logs.log_group/databases.main.upgrade kept: 30d -> 7d"],
        ),
        case(
            "databases: { main: { logs: [] } }",
            &["delete logs.log_group/databases.main.upgrade", "update rds.instance/main: logs"],
            &["-logs.log_group/databases.main.upgrade", "rds.instance/main logs: upgrade -> none"],
        ),
        // Replicas.
        case(
            "databases: { main: { replicas: 1 } }",
            &["create rds.instance/main-replica-1"],
            &[
                "+rds.instance/main-replica-1: backups=0 at 02:10-02:40, class=db.t4g.small, database=shop, encrypted=true, groups=ec2.security_group/databases.main, insights=standard, maintained=sun:03:30-sun:04:30, minor_upgrades=true, multi_az=false, on_delete=nothing, parameters=shop-default-main-16, password=unknown, port=5432, protected=false, public=false, replica of=shop-default-main, storage=20 gp3 3000 125, subnets=shop-default-isolated, tagged_snapshots=true, username=app, version=16.10",
            ],
        ),
        case("databases: { main: { replicas: { replica-1: {} } } }", &[], &[]),
        case(
            "databases: { main: { replicas: { replica-1: { size: db.t4g.medium } } } }",
            &["update rds.instance/main-replica-1: class"],
            &["rds.instance/main-replica-1 class: db.t4g.small -> db.t4g.medium"],
        ),
        case(
            "databases: { main: { replicas: { reports: {} } } }",
            &["create rds.instance/main-reports"],
            &[
                "+rds.instance/main-reports: backups=0 at 02:10-02:40, class=db.t4g.small, database=shop, encrypted=true, groups=ec2.security_group/databases.main, insights=standard, maintained=sun:03:30-sun:04:30, minor_upgrades=true, multi_az=false, on_delete=nothing, parameters=shop-default-main-16, password=unknown, port=5432, protected=false, public=false, replica of=shop-default-main, storage=20 gp3 3000 125, subnets=shop-default-isolated, tagged_snapshots=true, username=app, version=16.10",
            ],
        ),
        case(
            "databases: { main: { replicas: 0 } }",
            &["delete rds.instance/main-replica-1", "delete rds.instance/main-reports"],
            &["-rds.instance/main-replica-1", "-rds.instance/main-reports"],
        ),
        // What it was made from says nothing about one that is there.
        case("databases: { main: { from: { snapshot: one }, name: shop, username: app } }", &[], &[]),
        case("databases: { main: { from: { snapshot: other } } }", &[], &[]),
        case("databases: { main: { from: null } }", &[], &[]),
        case("databases: { main: { from: { database: one } } }", &[], &[]),
        case("databases: { main: { from: { database: other } } }", &[], &[]),
        case("databases: { main: { from: { at: latest } } }", &[], &[]),
        case("databases: { main: { from: null } }", &[], &[]),
        // What may wait waits, and counts as done.
        case("databases: { main: { apply: window } }", &[], &[]),
        case(
            "databases: { main: { size: db.t4g.medium } }",
            &["update rds.instance/main: class"],
            &["rds.instance/main pending class: none -> db.t4g.medium"],
        ),
        case(
            "databases: { main: { apply: now } }",
            &["update rds.instance/main: class"],
            &[
                "rds.instance/main class: db.t4g.small -> db.t4g.medium",
                "rds.instance/main pending class: db.t4g.medium -> none",
            ],
        ),
        case(
            "databases: { main: { port: 5433 } }",
            &[
                "update rds.instance/main: port",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &[
                "rds.instance/main port: 5432 -> 5433",
                "secretsmanager.secret/databases.main.url description: The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5432/shop?sslmode=require with secretsmanager.secret/databases.main.password -> The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5433/shop?sslmode=require with secretsmanager.secret/databases.main.password",
            ],
        ),
        case(
            "databases: { main: { version: 17 } }",
            &[
                "create rds.parameter_group/main-17",
                "delete rds.parameter_group/main-16",
                "update rds.instance/main: version, parameter_group",
            ],
            &[
                "+rds.parameter_group/main-17: family=postgres17",
                "-rds.parameter_group/main-16",
                "rds.instance/main parameters: shop-default-main-16 -> shop-default-main-17",
                "rds.instance/main version: 16.10 -> 17.6",
            ],
        ),
        case(
            "databases: { main: { password: managed } }",
            &[
                "delete secretsmanager.secret/databases.main.password",
                "delete secretsmanager.secret/databases.main.url",
                "update rds.instance/main: managed_password",
            ],
            &[
                "-secretsmanager.secret/databases.main.password",
                "-secretsmanager.secret/databases.main.url",
                "rds.instance/main password: ours -> managed",
            ],
        ),
        case(
            "databases: { main: { password: generated } }",
            &[
                "create secretsmanager.secret/databases.main.password",
                "create secretsmanager.secret/databases.main.url",
                "update rds.instance/main: managed_password, password_version",
            ],
            &[
                "rds.instance/main password: managed -> ours",
                "+secretsmanager.secret/databases.main.password: description=The password of databases.main of shop-default., key=default, name=/infractl/shop/default/databases.main.password, on_delete=0, value=set",
                "+secretsmanager.secret/databases.main.url: description=The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5433/shop?sslmode=require with secretsmanager.secret/databases.main.password, key=default, name=/infractl/shop/default/databases.main.url, on_delete=0, value=set",
            ],
        ),
        // What it cannot become without being made anew.
        case(
            "databases: { main: { name: store } }",
            &[
                "replace rds.instance/main: database",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &[
                "rds.instance/main database: shop -> store",
                "secretsmanager.secret/databases.main.url description: The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5433/shop?sslmode=require with secretsmanager.secret/databases.main.password -> The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5433/store?sslmode=require with secretsmanager.secret/databases.main.password",
            ],
        ),
        case(
            "databases: { main: { username: owner } }",
            &[
                "replace rds.instance/main: username",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &[
                "rds.instance/main username: app -> owner",
                "secretsmanager.secret/databases.main.url description: The url of databases.main of shop-default. as postgres://app:{password}@host of rds.instance/main:5433/store?sslmode=require with secretsmanager.secret/databases.main.password -> The url of databases.main of shop-default. as postgres://owner:{password}@host of rds.instance/main:5433/store?sslmode=require with secretsmanager.secret/databases.main.password",
            ],
        ),
        case(
            "databases: { main: { key: '${keys.main}' } }",
            &[
                "replace rds.instance/main: kms_key",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &["rds.instance/main key: none -> kms.key/main"],
        ),
        case("databases: { main: { tier: isolated } }", &[], &[]),
        case(
            "databases: { main: { tier: private } }",
            &[
                "create rds.subnet_group/private",
                "delete rds.subnet_group/isolated",
                "replace rds.instance/main: subnet_group",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &[
                "+rds.subnet_group/private: about=private subnets of shop-default, subnets=ec2.subnet/private-a ec2.subnet/private-b",
                "-rds.subnet_group/isolated",
                "rds.instance/main subnets: shop-default-isolated -> shop-default-private",
            ],
        ),
        case(
            "databases: { main: { tier: public } }",
            &[
                "create rds.subnet_group/public",
                "delete rds.subnet_group/private",
                "replace rds.instance/main: subnet_group",
                "update secretsmanager.secret/databases.main.url: value.composed.template",
            ],
            &[
                "+rds.subnet_group/public: about=public subnets of shop-default, subnets=ec2.subnet/public-a ec2.subnet/public-b",
                "-rds.subnet_group/private",
                "rds.instance/main subnets: shop-default-private -> shop-default-public",
            ],
        ),
        case(
            "databases: { other: { version: '16.4', password: managed, logs: [] } }",
            &[
                "create ec2.security_group/databases.other",
                "create ec2.security_group_rules/databases.other",
                "create rds.instance/other",
                "create rds.parameter_group/other-16",
                "create rds.subnet_group/isolated",
            ],
            &[
                "+ec2.security_group/databases.other: description=database other of shop-default, egress -1 0.0.0.0/0, name=shop-default-databases.other, vpc=ec2.vpc/main",
                "+rds.instance/other: backups=7 at 02:10-02:40, class=db.t4g.micro, database=shop, encrypted=true, groups=ec2.security_group/databases.other, insights=standard, maintained=thu:23:11-thu:23:41, minor_upgrades=true, multi_az=false, on_delete=nothing, parameters=shop-default-other-16, password=managed, port=5432, protected=false, public=false, storage=20..100 gp3 3000 125, subnets=shop-default-isolated, tagged_snapshots=true, username=app, version=16.4",
                "+rds.parameter_group/other-16: family=postgres16",
                "+rds.subnet_group/isolated: about=isolated subnets of shop-default, subnets=ec2.subnet/isolated-a ec2.subnet/isolated-b",
            ],
        ),
        case(
            "databases: null",
            &[
                "delete ec2.security_group/databases.main",
                "delete ec2.security_group/databases.other",
                "delete ec2.security_group_rules/databases.main",
                "delete ec2.security_group_rules/databases.other",
                "delete rds.instance/main",
                "delete rds.instance/other",
                "delete rds.parameter_group/main-17",
                "delete rds.parameter_group/other-16",
                "delete rds.subnet_group/isolated",
                "delete rds.subnet_group/public",
                "delete secretsmanager.secret/databases.main.password",
                "delete secretsmanager.secret/databases.main.url",
            ],
            &[
                "-ec2.security_group/databases.main",
                "-ec2.security_group/databases.other",
                "-rds.instance/main",
                "-rds.instance/other",
                "-rds.parameter_group/main-17",
                "-rds.parameter_group/other-16",
                "-rds.subnet_group/isolated",
                "-rds.subnet_group/public",
                "-secretsmanager.secret/databases.main.password",
                "-secretsmanager.secret/databases.main.url",
            ],
        ),
    ],
};
