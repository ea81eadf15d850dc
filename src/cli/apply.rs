//! `infractl apply`

use std::{
    env,
    io::{BufRead, IsTerminal, stdin},
    path::{Path, PathBuf},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{
    Common, Format, Stop, help,
    saved::Saved,
    session::{Session, local, logins, read, targets},
    signals,
};
use crate::{
    api::{WriteCx, aws::Connection},
    catalog::aws::timestamp,
    compile::Hooks,
    hooks::{Teller, releases, tell},
    observe::observe,
    plan::{Observed, Plan},
    resource::{Risk, graph::Graph},
    run::{Options, Outcome, run},
    show::{
        err, json, out,
        progress::Progress,
        text,
        view::{Effort, View},
        words,
    },
};

/// How many steps run at once.
const JOBS: usize = 16;
/// What is said to whoever asks a run to stop, and to whoever asks again.
const STOPPING: &str = "stopping: what has begun is finished, nothing else begins; again to stop at once\n";
const STOPPED_AT_ONCE: &str = "stopped at once; run the same command again to go on\n";

/// Arguments of `infractl apply`.
#[derive(Debug, Args)]
#[command(after_help = help::APPLY)]
pub(super) struct Apply {
    /// A plan that `infractl plan --out` kept; what it says is done without asking, if nothing has changed since
    plan: Option<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Only this and what it needs: a resource, a resource type or a part of the file such as network.endpoints
    #[arg(short, long, value_name = "WHAT", conflicts_with = "plan")]
    target: Vec<String>,
    /// Do what loses data or interrupts service though the environment says `protect`
    #[arg(long)]
    override_protection: bool,
}

pub(super) async fn apply(common: &Common, args: &Apply) -> Result<u8, Stop> {
    if let Some(path) = &args.plan {
        return apply_saved(common, args, path).await;
    }
    let session = Session::open(common).await?.built()?;
    apply_to(common, session, &args.target, args.yes, args.override_protection).await
}

/// Makes `targets`, or everything, as the file says.
pub(super) async fn apply_to(
    common: &Common,
    session: Session,
    names: &[String],
    yes: bool,
    lift: bool,
) -> Result<u8, Stop> {
    let session = session.ready()?;
    let (observed, effort) = session.observe().await?;
    let graph = &session.compiled.graph;
    let targets = targets(graph, &observed, names)?;
    let plan = session.plan(&observed, &targets).await;
    let protect = session.loaded.spec.protect && !lift;
    if common.format == Format::Text {
        let (observed, targets, effort) = (&observed, &targets, &effort);
        // That it is refused is said below.
        out(&text::plan(&View { plan: &plan, graph, observed, targets, protect: false, effort }))?;
    }
    Consent { yes, protect, lift, question: "Apply this plan?" }.ask(&plan)?;
    carry_out(common, &session.cx, (graph, &session.compiled.hooks), &observed, &plan).await
}

async fn apply_saved(common: &Common, args: &Apply, path: &Path) -> Result<u8, Stop> {
    let saved = Saved::from_text(&read(path, "`infractl plan --out FILE` keeps one")?)?;
    if let Some(env) = common.env.as_ref().filter(|it| **it != saved.scope.env) {
        let why = format!("this plan is for {}, and not for {env}", saved.scope.env);
        return Err(Stop::Refused { why, help: "choose its environment with --env, or none".into() });
    }
    let graph = saved.graph()?;
    let local = if common.sandbox { Some(local(Some(&saved.place.account)).await?) } else { None };
    let region = saved.place.region.clone();
    let cx = WriteCx::connect(&Connection { region: region.clone(), local, vendors: logins() }).await;
    let began = Instant::now();
    let place = cx.read.meter.chain(0, cx.read.place(&region)).await;
    let (place, _) = place.map_err(|it| Stop::Unseen(vec![it]))?;
    if place != saved.place {
        let why =
            format!("these credentials are for account {}, and the plan is for {}", place.account, saved.place.account);
        return Err(Stop::Refused { why, help: "choose others, as with AWS_PROFILE".into() });
    }
    let observed = observe(&cx.read, &graph).await.map_err(Stop::Unseen)?;
    let plan = saved.plan(&graph, &observed)?;
    let protect = saved.protect && !args.override_protection;
    if common.format == Format::Text {
        let effort = &Effort { counts: cx.read.meter.counts(), took: began.elapsed() };
        let (observed, targets) = (&observed, &saved.targets());
        out(&text::plan(&View { plan: &plan, graph: &graph, observed, targets, protect: false, effort }))?;
    }
    Consent { yes: true, protect, lift: args.override_protection, question: "" }.ask(&plan)?;
    carry_out(common, &cx, (&graph, &saved.hooks), &observed, &plan).await
}

/// What has to be said before a plan is carried out.
pub(super) struct Consent {
    pub(super) yes: bool,
    /// Whether what loses data or interrupts service is refused.
    pub(super) protect: bool,
    /// Whether what is protected where it is may go.
    pub(super) lift: bool,
    pub(super) question: &'static str,
}

impl Consent {
    pub(super) fn ask(&self, plan: &Plan) -> Result<(), Stop> {
        if !plan.conflicts.is_empty() {
            return Err(Stop::Conflicts(plan.conflicts.clone()));
        }
        let harmed = plan.steps.iter().filter(|it| it.harms()).count();
        if let Some(step) = plan.steps.iter().find(|it| it.risks.contains(&Risk::Protected)).filter(|_| !self.lift) {
            let why = format!("{} is protected from deletion", step.target);
            return Err(Stop::Refused { why, help: "if it is meant, add --override-protection".into() });
        }
        if self.protect && harmed > 0 {
            let env = &plan.scope.env;
            let why = format!(
                "{env} is protected, and {} would lose data or interrupt service",
                words::count(harmed, "step")
            );
            return Err(Stop::Refused { why, help: "if it is meant, add --override-protection".into() });
        }
        if self.yes || plan.is_empty() {
            return Ok(());
        }
        if !stdin().is_terminal() {
            let why = "nobody is there to answer".into();
            return Err(Stop::Usage { why, help: "add --yes, or apply a plan that was kept by `plan --out`".into() });
        }
        err(&format!("{} [y/N] ", self.question));
        let mut answer = String::new();
        stdin().lock().read_line(&mut answer)?;
        if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        Err(Stop::Refused { why: "not confirmed".into(), help: "nothing was changed".into() })
    }
}

/// Does it, showing how it goes, and tells those who want to hear of releases; gives the exit code.
pub(super) async fn carry_out(
    common: &Common,
    cx: &WriteCx,
    (graph, hooks): (&Graph, &[Hooks]),
    observed: &Observed,
    plan: &Plan,
) -> Result<u8, Stop> {
    let json = common.format == Format::Json;
    if plan.is_empty() && !json {
        return Ok(0);
    }
    let began = Instant::now();
    let cancel = CancellationToken::new();
    let watch = tokio::spawn(signals::stop(cancel.clone(), STOPPING, || STOPPED_AT_ONCE.to_owned()));
    let nonce = nonce();
    let options = Options { jobs: JOBS, nonce: nonce.clone(), cancel: cancel.clone() };
    let mut progress = Progress::new(json);
    let outcome = run(cx, graph, plan, observed, &options, &mut |event| progress.show(&event, observed)).await;
    let took = began.elapsed();
    let variable = |name: &str| env::var(name).ok();
    let teller = Teller { cx, variable: &variable, at: timestamp(SystemTime::now()), nonce };
    let releases = releases(hooks, graph, observed, plan, &outcome);
    tell(&teller, &releases, &mut |told| progress.told(told)).await;
    watch.abort();
    if json {
        out(&format!("{}\n", json::outcome(&outcome)))?;
    } else {
        err(&summary(&outcome, took.as_secs_f64()));
    }
    Ok(match (outcome.is_complete(), cancel.is_cancelled()) {
        (true, _) => 0,
        (false, true) => signals::STOPPED,
        (false, false) => 1,
    })
}

fn summary(outcome: &Outcome, seconds: f64) -> String {
    let done = words::count(outcome.done.len(), "step");
    if outcome.is_complete() {
        return format!("Done: {done} in {seconds:.1} s.\n");
    }
    let (failed, skipped) = (outcome.failed.len(), outcome.skipped.len());
    format!("Stopped: {done} done, {failed} failed, {skipped} not tried. Run the same command again to go on.\n")
}

/// Different in every run.
pub(super) fn nonce() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}", now.as_nanos(), std::process::id())
}
