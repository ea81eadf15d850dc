//! From `init` to `destroy`, and how each command ends.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{STACK, lab};

#[tokio::test]
async fn as_the_help_says_from_init_to_destroy() {
    let lab = lab("flow").await;
    std::fs::remove_file(lab.path("infractl.yaml")).unwrap();
    lab.refuses(&["plan"], 1, "`infractl init` writes one").await;
    let said = lab.ok(&["init"]).await;
    assert!(said.out.contains("infractl plan --sandbox --env dev"), "{}", said.out);
    lab.refuses(&["init"], 1, "infractl.yaml").await;
    lab.ok(&["validate", "--env", "dev"]).await;
    let said = lab.ok(&["plan", "--env", "dev"]).await;
    assert!(said.out.contains("Plan: + 20 to create"), "{}", said.out);
    assert_eq!(lab.changes().await, 0);
    let said = lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    assert!(said.err.contains("Done: 20 steps"), "{}", said.err);
    let said = lab.ok(&["plan", "--env", "dev"]).await;
    assert!(said.out.starts_with("Nothing to do: hello/dev is as the file says"), "{}", said.out);
    lab.ok(&["destroy", "--yes", "--env", "dev"]).await;
    assert_eq!(lab.inventory().await, [""; 0]);
    let said = lab.ok(&["destroy", "--yes", "--env", "dev"]).await;
    assert!(said.out.starts_with("Nothing to destroy: hello/dev"), "{}", said.out);
}

#[tokio::test]
async fn an_environment_has_to_be_chosen_and_to_exist() {
    let lab = lab("environments").await;
    for command in ["plan", "apply", "destroy", "outputs", "validate"] {
        lab.refuses(&[command], 1, "none was chosen").await;
        lab.refuses(&[command, "--env", "prd"], 1, "no environment `prd`").await;
    }
    assert_eq!(lab.calls().await, []);
}

#[tokio::test]
async fn exit_codes_tell_whether_there_is_something_to_do() {
    let lab = lab("exit codes").await;
    let detailed = ["plan", "--env", "dev", "--detailed-exitcode"];
    assert_eq!(lab.run(&detailed).await.code, 2);
    assert_eq!(lab.run(&detailed[..3]).await.code, 0);
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    assert_eq!(lab.run(&detailed).await.code, 0);
    lab.write(&STACK.replace("30d", "60d"));
    assert_eq!(lab.run(&detailed).await.code, 2);
}

#[tokio::test]
async fn targets_reach_to_what_they_need_and_no_further() {
    let lab = lab("targets").await;
    for command in ["plan", "apply", "destroy"] {
        lab.refuses(&[command, "--env", "dev", "--target", "ec2.sofa"], 2, "`--target ec2.sofa`").await;
    }
    let said = lab.run(&["plan", "--env", "dev", "--target", "network.flow_log"]).await;
    assert!(said.code == 2 && said.err.contains("did you mean `network.flow_logs`?"), "{said:?}");
    let plan = lab.json(&["plan", "--env", "dev", "--target", "network.security_groups.app"]).await;
    let made: BTreeSet<_> =
        plan["resources"].as_array().unwrap().iter().map(|it| it["address"].as_str().unwrap()).collect();
    let expected = ["ec2.security_group/app", "ec2.security_group/web", "ec2.security_group_rules/app", "ec2.vpc/main"];
    assert_eq!(made, expected.into());
    lab.ok(&["apply", "--yes", "--env", "dev", "--target", "network.security_groups.app"]).await;
    let kinds: Vec<_> = lab.inventory().await.iter().map(|it| it.rsplit_once(' ').unwrap().0.to_owned()).collect();
    assert_eq!(kinds, ["security group", "security group", "vpc"]);
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let destroy = ["destroy", "--yes", "--env", "dev", "--target"];
    lab.ok(&[&destroy[..], &["ec2.flow_log"]].concat()).await;
    let plan = lab.json(&["plan", "--env", "dev"]).await;
    assert_eq!(plan["counts"], serde_json::json!({"create": 1}), "{plan:#}");
    lab.ok(&[&destroy[..], &["network.flow_logs"]].concat()).await;
    let plan = lab.json(&["plan", "--env", "dev"]).await;
    assert_eq!(plan["counts"], serde_json::json!({"create": 3}), "{plan:#}");
    let said = lab.ok(&[&destroy[..], &["network.flow_logs"]].concat()).await;
    assert!(said.out.starts_with("Nothing to destroy"), "{}", said.out);
    // All that stands in the network would keep it from going.
    lab.ok(&[&destroy[..], &["ec2.vpc"]].concat()).await;
    assert_eq!(lab.inventory().await, [""; 0]);
}

#[tokio::test]
async fn what_is_protected_takes_a_second_word() {
    let lab = lab("protected").await;
    lab.ok(&["apply", "--yes", "--env", "prod"]).await;
    lab.write(&STACK.replace("  flow_logs: 30d\n", ""));
    let said = lab.ok(&["plan", "--env", "prod"]).await;
    assert!(said.out.contains("prod is protected"), "{}", said.out);
    lab.refuses(&["apply", "--yes", "--env", "prod"], 4, "prod is protected").await;
    lab.refuses(&["destroy", "--yes", "--env", "prod"], 4, "prod is protected").await;
    // What harms nothing is done as ever.
    lab.write(&STACK.replace("30d", "60d"));
    lab.ok(&["apply", "--yes", "--env", "prod"]).await;
    lab.write(&STACK.replace("  flow_logs: 30d\n", ""));
    lab.ok(&["apply", "--yes", "--env", "prod", "--override-protection"]).await;
    lab.ok(&["destroy", "--yes", "--env", "prod", "--override-protection"]).await;
    assert_eq!(lab.inventory().await, [""; 0]);
}

#[tokio::test]
async fn a_stack_for_one_account_is_for_no_other() {
    let lab = lab("account").await;
    lab.write(&format!("{STACK}account: \"999999999999\"\n"));
    let words = format!("these credentials are for account {}, and the stack is for 999999999999", lab.account);
    for command in ["plan", "apply", "destroy", "outputs"] {
        lab.refuses(&[command, "--env", "dev"], 4, &words).await;
    }
    lab.write(&format!("{STACK}account: \"{}\"\n", lab.account));
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
}

#[tokio::test]
async fn nothing_is_done_when_nobody_can_say_yes() {
    let lab = lab("consent").await;
    lab.refuses(&["apply", "--env", "dev"], 2, "add --yes").await;
    lab.ok(&["apply", "--env", "dev", "--yes"]).await;
    // With nothing to do there is nothing to ask.
    lab.ok(&["apply", "--env", "dev"]).await;
    lab.refuses(&["destroy", "--env", "dev"], 2, "add --yes").await;
    lab.refuses(&["destroy", "--env", "dev", "--format", "json"], 2, "").await;
}

#[tokio::test]
async fn outputs_are_for_people_and_for_scripts() {
    let lab = lab("outputs").await;
    let said = lab.ok(&["outputs", "--env", "dev"]).await;
    assert_eq!(said.out, "vpc      not known yet\nsubnets  not known yet\n");
    lab.refuses(&["outputs", "vpc", "--env", "dev"], 4, "`vpc` is not known yet").await;
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let tree = lab.json(&["outputs", "--env", "dev"]).await;
    let (vpc, subnets) = (&tree["outputs"]["vpc"], &tree["outputs"]["subnets"]);
    let (id, subnet) = (vpc.as_str().unwrap(), subnets[0].as_str().unwrap());
    assert!(id.starts_with("vpc-") && subnet.starts_with("subnet-") && tree["format"] == 1, "{tree:#}");
    assert_eq!(lab.ok(&["outputs", "--env", "dev"]).await.out, format!("vpc      {id}\nsubnets  {subnet}\n"));
    assert_eq!(lab.ok(&["outputs", "subnets", "--env", "dev"]).await.out, format!("{subnet}\n"));
    assert_eq!(lab.json(&["outputs", "subnets", "--env", "dev"]).await, *subnets);
    lab.refuses(&["outputs", "vpcs", "--env", "dev"], 2, "did you mean `vpc`?").await;
}

#[tokio::test]
async fn apply_tells_machines_line_by_line() {
    let lab = lab("events").await;
    for (args, code) in [
        (&["apply", "--env", "dev", "--format", "json"][..], 2),
        (&["apply", "--yes", "--env", "dev", "--format", "json"], 0),
        (&["apply", "--yes", "--env", "dev", "--format", "json"], 0),
        (&["destroy", "--env", "dev", "--format", "json"], 2),
        (&["destroy", "--yes", "--env", "dev", "--format", "json"], 0),
        (&["destroy", "--yes", "--env", "dev", "--format", "json"], 0),
    ] {
        let said = lab.run(args).await;
        assert_eq!((said.code, said.err.as_str()), (code, ""), "{args:?}: {}", said.out);
        let lines: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        assert!(lines.iter().all(|it| it["format"] == 1), "{}", said.out);
        let (last, events) = lines.split_last().unwrap();
        let of =
            |what: &str| -> Vec<_> { events.iter().filter(|it| it["event"] == what).map(|it| &it["step"]).collect() };
        let (mut started, mut finished) = (of("started"), of("finished"));
        if code == 0 {
            assert_eq!((&last["event"], last["done"].as_u64()), (&"ended".into(), Some(finished.len() as u64)));
            started.sort_by_key(|it| it.as_u64());
            finished.sort_by_key(|it| it.as_u64());
            assert_eq!(started, finished);
        } else {
            assert!(last["error"].is_string() && events.is_empty(), "{last:#}");
        }
    }
}
