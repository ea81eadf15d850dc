//! `infractl run`

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::{
    Common, Format, Stop,
    apply::nonce,
    help,
    patience::patiently,
    services,
    session::{Session, span},
    signals,
};
use crate::{
    api::WriteCx,
    catalog::aws::ecs::{
        causes::explained,
        one_off::{Order, Seen, Template, template},
        tasks::{OVERRIDES, overrides},
    },
    resource::text::digest::short,
    show::{
        err,
        one_off::{Event, show},
        words,
    },
    spec::model::Span,
};

/// How often is looked at the task.
const PAUSE: Duration = Duration::from_secs(1);
/// How often in a row nothing has to be heard after its end: the last lines come some seconds later
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>).
const LISTENS: u32 = 3;
/// What is said to whoever asks it to stop.
const STOPPING: &str = "stopping the task; again to leave at once\n";

/// Arguments of `infractl run`.
#[derive(Debug, Args)]
#[command(after_help = help::RUN)]
pub(super) struct RunArgs {
    /// The service whose tasks it is like
    service: String,
    /// The container that runs the command; if none is named, the service's own
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    /// How long to wait for its end; the task goes on after that
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "30m")]
    timeout: Span,
    /// The command, in place of the container's own
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

pub(super) async fn run(common: &Common, args: &RunArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let (cx, graph) = (&session.cx, &session.compiled.graph);
    let service = services::named(graph, &args.service)?;
    let found = template(&cx.read, &graph.scope, &service.cluster(), service.name).await?;
    let template = found.ok_or_else(|| service.absent())?;
    let container = args.container.as_deref().unwrap_or(service.name);
    services::check_container(container, &template.containers().collect::<Vec<_>>())?;
    let length = overrides(container, &args.command);
    if length > OVERRIDES {
        let why = format!("the command has {length} characters with its JSON, and ECS takes {OVERRIDES}");
        return Err(Stop::Usage { why, help: "put it into the image, as a script".into() });
    }
    let seed = nonce();
    let by = format!("infractl/run-{}", short(&seed, 20));
    let order = Order { container, command: &args.command, by: &by, token: &short(&seed, 32) };
    let (cancel, started) = (CancellationToken::new(), Arc::new(OnceLock::<String>::new()));
    let leaving = {
        let (started, by) = (Arc::clone(&started), by.clone());
        move || left(started.get(), &by)
    };
    let watch = tokio::spawn(signals::stop(cancel.clone(), STOPPING, leaving));
    let began = Instant::now();
    let task = patiently(|| template.start(cx, &order)).await;
    let task = task.inspect_err(|it| {
        if it.ambiguous {
            err(&unknown(&by));
        }
    })?;
    let task = started.get_or_init(|| task);
    let json = common.format == Format::Json;
    let timeout = Duration::from_secs(args.timeout.seconds().into());
    let (from, stopped, deaf) = (None, false, false);
    let mut watched = Watched { cx, template: &template, container, task, json, began, timeout, from, stopped, deaf };
    let ended = watched.follow(&cancel).await;
    watch.abort();
    let seen = ended.inspect_err(|_| err(&format!("the task goes on: {task}\n")))?;
    watched.code(&seen)
}

/// What is said to whoever asks again.
fn left(task: Option<&String>, by: &str) -> String {
    match task {
        Some(task) => format!("left at once; until it ends, the task goes on: {task}\n"),
        None => format!("left at once; {}", unknown(by)),
    }
}

/// What is said where nobody knows whether a task was started.
fn unknown(by: &str) -> String {
    format!("if a task was started, it goes on: it is started by {by}\n")
}

/// A task that was started, and how much of what it says was heard.
struct Watched<'a> {
    cx: &'a WriteCx,
    template: &'a Template,
    container: &'a str,
    task: &'a str,
    json: bool,
    began: Instant,
    timeout: Duration,
    from: Option<String>,
    /// Whether it was asked to end before its command had.
    stopped: bool,
    /// Whether it was told that its log cannot be read.
    deaf: bool,
}

impl Watched<'_> {
    /// Passes on what it says until it has ended.
    async fn follow(&mut self, cancel: &CancellationToken) -> Result<Seen, Stop> {
        show(&Event::Started { task: self.task, revision: &self.template.revision() }, self.json)?;
        let mut stopping = false;
        let mut state = "not seen yet".to_owned();
        loop {
            let heard = self.listen().await?;
            let seen = self.template.seen(&self.cx.read, self.container, self.task).await?;
            if let Some(seen) = seen {
                if seen.ended {
                    self.last_words(&seen).await?;
                    return Ok(seen);
                }
                // What else is in the task would go on without it.
                if seen.code.is_some() && !stopping && !self.template.ends_with(self.container) {
                    stopping = true;
                    self.stop("its command has ended").await?;
                }
                state = seen.state;
            }
            if cancel.is_cancelled() && !stopping {
                (stopping, self.stopped) = (true, true);
                self.stop("stopped by whoever ran it").await?;
            }
            if self.began.elapsed() >= self.timeout && !stopping {
                let waited = words::span(self.timeout);
                return Err(Stop::Failed(format!("waited {waited} for the end of {}, which is {state}", self.task)));
            }
            if !heard {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => (),
                    () = cancel.cancelled(), if !stopping => (),
                }
            }
        }
    }

    /// Passes on what is new; whether there was anything. What cannot be heard is no reason to stop.
    async fn listen(&mut self) -> Result<bool, Stop> {
        let said = self.template.output(&self.cx.read, self.container, self.task, self.from.clone()).await;
        let output = match said {
            Ok(it) => it,
            Err(error) => {
                if !self.deaf {
                    err(&format!("its log cannot be read: {error}\n"));
                }
                self.deaf = true;
                return Ok(false);
            }
        };
        self.from = output.next.or(self.from.take());
        if output.lines.is_empty() {
            return Ok(false);
        }
        show(&Event::Said(&output.lines), self.json)?;
        Ok(true)
    }

    /// What never began said nothing.
    async fn last_words(&mut self, seen: &Seen) -> Result<(), Stop> {
        let mut quiet = if seen.code.is_some() { 0 } else { LISTENS };
        while quiet < LISTENS {
            tokio::time::sleep(PAUSE).await;
            quiet = if self.listen().await? { 0 } else { quiet + 1 };
        }
        Ok(())
    }

    async fn stop(&self, why: &str) -> Result<(), Stop> {
        Ok(patiently(|| self.template.stop(self.cx, self.task, why)).await?)
    }

    /// The command's own exit code, or that of what was stopped.
    fn code(&self, seen: &Seen) -> Result<u8, Stop> {
        let Some(code) = seen.code.or(self.stopped.then_some(signals::STOPPED.into())) else {
            return Err(Stop::Failed(format!("the command did not run: {}", explained(&seen.why))));
        };
        show(&Event::Ended { task: self.task, seen }, self.json)?;
        Ok(if self.stopped { signals::STOPPED } else { u8::try_from(code).unwrap_or(1) })
    }
}
