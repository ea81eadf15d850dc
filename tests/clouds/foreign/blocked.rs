//! Others' things in our network keep it from being deleted: they are named, and the rest of what is ours goes.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};

use super::{
    GROUPS, NO_NAT, lab,
    neighbours::{group, interface, subnet},
    stack, vpc_of,
    world::{harmed, world},
};
use crate::lab::{Lab, until};

/// `infractl destroy`, and what it tells while it runs.
struct Destroy {
    child: tokio::process::Child,
    events: Lines<BufReader<tokio::process::ChildStdout>>,
}

impl Destroy {
    fn start(lab: &Lab) -> Self {
        let command = lab.command(&["destroy", "--yes", "--env", "dev", "--format", "json"]);
        let mut child = tokio::process::Command::from(command).stdout(Stdio::piped()).spawn().unwrap();
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, events }
    }

    /// What is said to be in the way of the step that is said to wait next.
    async fn waits(&mut self) -> (String, Vec<String>) {
        let event = self.next("waiting").await;
        let by = event["failure"]["blockers"].as_array().unwrap_or_else(|| panic!("{event:#}"));
        (text(&event["address"]), by.iter().map(text).collect())
    }

    async fn next(&mut self, what: &str) -> Value {
        loop {
            let line = self.events.next_line().await.unwrap().unwrap_or_else(|| panic!("nothing was {what}"));
            let event: Value = serde_json::from_str(&line).unwrap_or_else(|it| panic!("{it}: {line}"));
            if event["event"] == what {
                return event;
            }
        }
    }

    async fn code(mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn names(said: &[String], ids: &[&str]) -> bool {
    ids.iter().all(|id| said.iter().any(|it| it.contains(id)))
}

#[tokio::test]
async fn destroy_names_what_is_in_its_way_and_ends_once_that_has_gone() {
    let lab = lab("foreign: blocked").await;
    let empty = world(&lab).await;
    let text = stack("shop", &[NO_NAT, GROUPS].concat());
    lab.write(&text);
    lab.ok(&["apply", "--yes", "--env", "dev"]).await;
    let (cx, vpc) = (lab.aws().await, vpc_of(&lab, &text, "dev").await);
    let ours = lab.json(&["outputs", "--env", "dev"]).await["outputs"]["network.public_subnets"][0].clone();
    let interface = interface(&cx, ours.as_str().unwrap()).await;
    let subnet = subnet(&cx, &vpc, "10.0.200.0/24").await;
    let group = group(&cx, &vpc, "theirs").await;
    let endpoint = cx.ec2.create_vpc_endpoint().vpc_id(&vpc).service_name("com.amazonaws.eu-central-1.dynamodb");
    let endpoint = endpoint.send().await.unwrap().vpc_endpoint.unwrap().vpc_endpoint_id.unwrap();
    let theirs = [subnet.as_str(), &group, &endpoint];

    let mut destroy = Destroy::start(&lab);
    let (address, by) = destroy.waits().await;
    assert_eq!(address, "ec2.subnet/public-a");
    assert!(names(&by, &[&interface]), "{by:?}");
    let seen = world(&lab).await;
    let left: Vec<_> = seen.keys().filter(|it| !empty.contains_key(*it)).collect();
    let kind = |it: &&&String| ["subnet-", "sg-", "rtb-", "igw-"].iter().any(|kind| it.starts_with(kind));
    // Besides theirs, the subnet, and the network with its main table and its default group.
    assert_eq!(left.iter().filter(kind).count(), 2 + 1 + 2, "{left:?}");

    cx.ec2.delete_network_interface().network_interface_id(&interface).send().await.unwrap();
    let (address, by) = destroy.waits().await;
    assert_eq!(address, "ec2.vpc/main");
    assert!(names(&by, &theirs), "{by:?} lacks one of {theirs:?}");
    let theirs: Vec<_> = seen.iter().filter(|(id, _)| theirs.contains(&id.as_str())).collect();
    let theirs = theirs.into_iter().map(|(id, it)| (id.clone(), it.clone())).collect();
    assert_eq!(harmed(&theirs, &world(&lab).await), [""; 0]);

    cx.ec2.delete_subnet().subnet_id(&subnet).send().await.unwrap();
    cx.ec2.delete_security_group().group_id(&group).send().await.unwrap();
    cx.ec2.delete_vpc_endpoints().vpc_endpoint_ids(&endpoint).send().await.unwrap();
    assert_eq!(destroy.code().await, Some(0));
    until("the account to be as it was", async || (world(&lab).await == empty).then_some(())).await;
}
