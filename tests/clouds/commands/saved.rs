//! Plans that are kept: what is applied is what was looked at, or nothing.

use std::fs;

use serde_json::{Value, json};

use super::{STACK, lab};
use crate::lab::Lab;

const FILE: &str = "dev.plan";
const KEEP: [&str; 5] = ["plan", "--env", "dev", "--out", FILE];

fn kept(lab: &Lab) -> Value {
    serde_json::from_str(&fs::read_to_string(lab.path(FILE)).unwrap()).unwrap()
}

#[tokio::test]
async fn a_kept_plan_is_carried_out_once() {
    let lab = lab("kept").await;
    lab.ok(&KEEP).await;
    assert_eq!(lab.changes().await, 0);
    // What the file says by now plays no part.
    lab.write("stack: other");
    let said = lab.ok(&["apply", FILE]).await;
    assert!(said.out.contains("to create") && said.err.contains("Done"), "{said:?}");
    lab.refuses(&["apply", FILE], 4, "since this plan was made, something changed").await;
    lab.write(STACK);
    lab.ok(&["plan", "--env", "dev", "--detailed-exitcode"]).await;
    // A plan of nothing can be kept and applied as well.
    lab.ok(&KEEP).await;
    let changes = lab.changes().await;
    lab.ok(&["apply", FILE, "--env", "dev"]).await;
    assert_eq!(lab.changes().await, changes);
}

#[tokio::test]
async fn a_kept_plan_is_refused_once_the_world_has_moved() {
    let lab = lab("moved").await;
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    lab.write(&STACK.replace("30d", "60d"));
    lab.ok(&KEEP).await;
    let cx = lab.aws().await;
    cx.logs.delete_retention_policy().log_group_name("/infractl/shop/dev/flow-logs").send().await.unwrap();
    lab.refuses(&["apply", FILE], 4, "something changed: logs.log_group/flow-logs").await;
}

#[tokio::test]
async fn a_kept_plan_is_refused_once_something_has_come_in_its_way() {
    let lab = lab("taken").await;
    lab.ok(&KEEP).await;
    let cx = lab.aws().await;
    cx.logs.create_log_group().log_group_name("/infractl/shop/dev/flow-logs").send().await.unwrap();
    lab.refuses(&["apply", FILE], 4, "the plan has conflicts").await;
    let said = lab.run(&["apply", FILE, "--format", "json"]).await;
    let tree: Value = serde_json::from_str(said.out.trim()).unwrap();
    assert_eq!(tree["conflicts"][0]["conflict"]["taken"]["address"], "logs.log_group/flow-logs", "{tree:#}");
    assert!(!said.out.trim().contains('\n'), "{}", said.out);
}

#[tokio::test]
async fn a_plan_that_is_not_whole_is_refused() {
    let lab = lab("broken").await;
    lab.ok(&KEEP).await;
    let whole = fs::read_to_string(lab.path(FILE)).unwrap();
    let half = whole[..whole.len() / 2].to_owned();
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut tree = kept(&lab);
        edit(&mut tree);
        tree.to_string()
    };
    let other_kind = whole.replace("ec2.subnet/", "ec2.sofa/");
    let cases = [
        (String::new(), "no saved plan"),
        ("{}".into(), "no saved plan"),
        ("null".into(), "no saved plan"),
        (half, "no saved plan"),
        (edited(&|it| it["infractl_plan"] = json!(0)), "another version"),
        (edited(&|it| it["infractl_plan"] = json!("1")), "no saved plan"),
        (edited(&|it| drop(it.as_object_mut().unwrap().remove("seen"))), "damaged"),
        (edited(&|it| it["more"] = json!(1)), "damaged"),
        (edited(&|it| it["plan"]["steps"] = json!([])), "was changed"),
        (edited(&|it| it["plan"]["steps"][0]["action"]["want"]["cidr"] = json!("10.9.0.0/16")), "was changed"),
        (edited(&|it| it["nodes"]["ec2.vpc/main"]["want"]["cidr"] = json!("10.9.0.0/16")), "was changed"),
        (edited(&|it| it["nodes"]["ec2.vpc/main"]["want"]["cidr"] = json!("sofa")), "not everything could be seen"),
        (edited(&|it| it["targets"] = json!(["ec2.vpc"])), "was changed"),
        (edited(&|it| it["scope"]["stack"] = json!("other")), "was changed"),
        (other_kind, "ec2.sofa"),
    ];
    for (text, words) in cases {
        fs::write(lab.path(FILE), &text).unwrap();
        lab.refuses(&["apply", FILE], 4, words).await;
    }
    fs::write(lab.path(FILE), whole).unwrap();
    lab.ok(&["apply", FILE]).await;
}

#[tokio::test]
async fn a_kept_plan_is_for_one_account_and_one_environment() {
    let lab = lab("elsewhere").await;
    lab.ok(&KEEP).await;
    lab.refuses(&["apply", FILE, "--env", "prod"], 4, "this plan is for dev, and not for prod").await;
    let said = lab.run_as(&["apply", FILE], |it| _ = it.env("INFRACTL_SANDBOX_ACCOUNT", "999999999999")).await;
    assert_eq!(said.code, 4, "{said:?}");
    let words = format!("credentials are for account 999999999999, and the plan is for {}", lab.account);
    assert!(said.err.contains(&words), "{}", said.err);
    assert_eq!(lab.changes().await, 0);
}

#[tokio::test]
async fn a_kept_plan_holds_no_secret() {
    let lab = lab("secrets").await;
    let said = lab.run_as(&KEEP, |it| _ = it.env("AWS_SECRET_ACCESS_KEY", "very-secret").env("TOKEN", "very-secret"));
    assert_eq!(said.await.code, 0);
    let text = fs::read_to_string(lab.path(FILE)).unwrap();
    assert!(text.contains("ec2.vpc/main") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_kept_plan_stays_within_its_targets() {
    let lab = lab("targets").await;
    lab.ok(&["plan", "--env", "dev", "--out", FILE, "--target", "ec2.subnet/public-a"]).await;
    lab.refuses(&["apply", FILE, "--target", "ec2.vpc"], 2, "--target").await;
    lab.ok(&["apply", FILE]).await;
    let made: Vec<_> = lab.inventory().await.iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(made, ["subnet", "vpc"]);
}

#[tokio::test]
async fn a_kept_plan_keeps_its_protection() {
    let lab = lab("kept protection").await;
    lab.ok(&["apply", "--yes", "--env", "prod"]).await;
    lab.write(&STACK.replace("  flow_logs: 30d\n", ""));
    lab.ok(&["plan", "--env", "prod", "--out", FILE]).await;
    lab.refuses(&["apply", FILE], 4, "prod is protected").await;
    lab.ok(&["apply", FILE, "--override-protection"]).await;
    lab.ok(&["plan", "--env", "prod", "--detailed-exitcode"]).await;
}
