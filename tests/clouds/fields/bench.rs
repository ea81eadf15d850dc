//! A stack that was applied, and what is done to it.

use std::{collections::BTreeMap, time::Duration};

use futures::future::LocalBoxFuture;
use infractl::api::WriteCx;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    file::{lay_over, yaml},
    sight::Sight,
};
use crate::lab::Lab;

/// How long a look may be behind.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// Edits of one stack, one after the other.
pub(super) struct Sequence {
    /// The stack file that is applied first, without its name and region.
    pub(super) base: &'static str,
    pub(super) cases: &'static [Case],
}

/// An edit of a stack file.
pub(super) struct Case {
    /// What is laid over the file.
    pub(super) edit: &'static str,
    /// What the plan says to that: `VERB ADDRESS: FIELDS`, or why it is replaced.
    pub(super) plan: &'static [&'static str],
    /// What the cloud shows then; see [`Sight::until`].
    pub(super) seen: &'static [&'static str],
}

pub(super) const fn case(edit: &'static str, plan: &'static [&'static str], seen: &'static [&'static str]) -> Case {
    Case { edit, plan, seen }
}

/// What others do to one stack, one thing after the other; the file stays as it is.
pub(super) struct Meddling {
    /// The parts of the stack file that is applied first, without its name and region.
    pub(super) base: &'static [&'static str],
    pub(super) drifts: &'static [Drift],
}

/// Something that somebody else does.
pub(super) struct Drift {
    pub(super) what: &'static str,
    pub(super) plan: &'static [&'static str],
    pub(super) act: Act,
    stays: bool,
}

type Act = for<'a> fn(&'a Hands) -> LocalBoxFuture<'a, ()>;

pub(super) const fn drift(what: &'static str, plan: &'static [&'static str], act: Act) -> Drift {
    Drift { what, plan, act, stays: false }
}

impl Drift {
    /// What is done is not undone.
    pub(super) const fn stays(self) -> Self {
        Self { stays: true, ..self }
    }
}

/// Somebody else, who knows things by their address.
pub(super) struct Hands {
    pub(super) cx: WriteCx,
    pub(super) sight: Sight,
}

impl Hands {
    pub(super) fn id(&self, address: &str) -> &str {
        self.sight.id(address)
    }
}

pub(super) struct Bench {
    lab: Lab,
    file: Value,
    cx: WriteCx,
    sight: Sight,
    wrong: usize,
}

impl Bench {
    pub(super) async fn new(name: &str, base: &[&str]) -> Self {
        let lab = Lab::new(name).await;
        lab.behave(json!({"cloudflare_zones": {"example.com": "business", "example.org": "free"}})).await;
        let mut file = json!({"stack": "shop", "region": "eu-central-1"});
        for part in base {
            lay_over(&mut file, &yaml(part));
        }
        if let Some(plan) = file["x-plan"].as_str() {
            lab.behave(json!({"cloudflare_zones": {"example.com": plan}})).await;
        }
        let mut bench = Self { cx: lab.aws().await, lab, file, sight: Sight::default(), wrong: 0 };
        bench.apply().await;
        bench.sight = bench.still().await;
        bench
    }

    /// Edits the file, and compares what the plan says and what comes of it with what is expected.
    pub(super) async fn edit(&mut self, edit: &str, plan: &[&str], seen: &[&str]) {
        let before = self.file.clone();
        // Some names are the world's.
        lay_over(&mut self.file, &yaml(&edit.replace("THIS-ACCOUNT", &self.lab.account)));
        assert_ne!(before, self.file, "{edit} changes nothing");
        self.write();
        let planned = self.plan().await;
        self.compare(edit, "is planned", plan, &planned);
        self.apply().await;
        let sight = self.see(seen).await;
        self.compare(edit, "is seen", seen, &self.sight.until(&sight));
        self.identities(edit, &planned, &sight);
        self.sight = sight;
    }

    /// Lets somebody meddle, and expects the plan to say so and the next apply to put everything right.
    pub(super) async fn meddle(&mut self, drift: &Drift) {
        // The delays of the sandbox are for infractl to cope with, as its pages are.
        let at_once = json!({
            "read_after_write": 0.0, "new_id_unknown": 0.0, "page_size": 0, "empty_pages": 0.0, "bucket_conflicts": 0.0,
        });
        self.lab.behave(at_once).await;
        (drift.act)(&self.hands()).await;
        let meddled = self.still().await;
        let difference = self.sight.until(&meddled);
        let planned = self.plan().await;
        self.compare(drift.what, &format!("is planned for {difference:#?}"), drift.plan, &planned);
        assert_ne!(difference, Vec::<String>::new(), "{} changes nothing", drift.what);
        self.lab.behave(json!({"read_after_write": 0.2, "new_id_unknown": 0.05, "bucket_conflicts": 0.05})).await;
        self.apply().await;
        if drift.stays {
            self.sight = meddled;
        }
        let sight = self.see(&[]).await;
        self.compare(drift.what, "is left", &[], &self.sight.until(&sight));
        self.identities(drift.what, &planned, &sight);
        self.sight = sight;
    }

    pub(super) fn hands(&self) -> Hands {
        Hands { cx: self.cx.clone(), sight: self.sight.clone() }
    }

    /// Takes all away.
    pub(super) async fn end(self) {
        self.lab.ok(&["destroy", "--yes"]).await;
        assert_eq!(self.lab.inventory().await, Vec::<String>::new());
        assert_eq!(self.wrong, 0, "see above");
    }

    fn write(&self) {
        self.lab.write(&format!("{:#}", self.file));
    }

    /// Afterwards, there is nothing left to do.
    async fn apply(&mut self) {
        self.write();
        self.lab.ok(&["apply", "--yes"]).await;
        let left = self.plan().await;
        self.compare("apply", "is left to do", &[], &left);
    }

    /// What the plan says, each thing with its reason.
    async fn plan(&self) -> Vec<String> {
        let plan = self.lab.json(&["plan"]).await;
        assert_eq!(plan["conflicts"], json!([]), "{plan:#}");
        let steps = plan["steps"].as_array().unwrap_or_else(|| panic!("{plan:#}"));
        let reasons: BTreeMap<_, _> = steps.iter().map(|it| (it["target"].as_str().unwrap(), reason(it))).collect();
        let line = |it: &Value| {
            let (verb, address) = (it["action"].as_str().unwrap(), it["address"].as_str().unwrap());
            format!("{verb} {address}{}", reasons[address])
        };
        let mut acc: Vec<_> = plan["resources"].as_array().unwrap().iter().map(line).collect();
        acc.sort();
        acc
    }

    /// What there is once it is as expected, or else after a few seconds.
    async fn see(&self, expected: &[&str]) -> Sight {
        let end = Instant::now() + PATIENCE;
        loop {
            let sight = self.still().await;
            if same(&self.sight.until(&sight), expected) || Instant::now() > end {
                return sight;
            }
            sleep(PAUSE).await;
        }
    }

    /// What there is once nothing comes or goes.
    async fn still(&self) -> Sight {
        self.lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
        let end = Instant::now() + PATIENCE;
        let mut sight = Sight::of(&self.cx.read).await;
        while sight.moves && Instant::now() < end {
            sleep(PAUSE).await;
            sight = Sight::of(&self.cx.read).await;
        }
        self.lab.behave(json!({"page_size": 2, "empty_pages": 0.25})).await;
        sight
    }

    /// What is replaced is another thing afterwards, what is left is the same, and of what was gone the name may be the same.
    fn identities(&self, what: &str, plan: &[String], after: &Sight) {
        for (address, id) in &self.sight.ids {
            let Some(now) = after.ids.get(address) else { continue };
            let is = |verb| plan.iter().any(|it| it.split(": ").next() == Some(&format!("{verb} {address}")));
            if !is("create") {
                assert_eq!(is("replace"), id != now, "{what}: {address} was {id} and is {now}");
            }
        }
    }

    /// Tells what is wrong and goes on, for what follows may be wrong as well.
    fn compare(&mut self, what: &str, how: &str, expected: &[&str], found: &[String]) {
        let found: Vec<_> = found.iter().map(|it| it.replace(&self.lab.account, "THIS-ACCOUNT")).collect();
        if !same(&found, expected) {
            eprintln!("{what}\n  {how}: {found:#?}\n  and not: {expected:#?}");
            self.wrong += 1;
        }
    }
}

fn same(found: &[String], expected: &[&str]) -> bool {
    let (mut found, mut expected): (Vec<_>, _) = (found.iter().map(String::as_str).collect(), expected.to_vec());
    found.sort_unstable();
    expected.sort_unstable();
    found == expected
}

fn reason(step: &Value) -> String {
    let paths = |it: &Value| {
        let paths: Vec<_> = it.as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
        format!(": {}", paths.join(", "))
    };
    match &step["because"] {
        Value::String(it) if it == "differs" => paths(&step["action"]["fields"]),
        Value::String(it) if it == "missing" || it == "unwanted" => String::new(),
        it if it["immutable"].is_array() => paths(&it["immutable"]),
        it if it["holds"].is_string() => format!(": holds {}", it["holds"].as_str().unwrap()),
        other => format!(": {other}"),
    }
}
