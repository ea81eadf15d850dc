//! What is in a log group, from the oldest to the newest:
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use aws_smithy_types::{DateTime, date_time::Format};

use crate::{
    api::{During, OrAbsent, ReadCx, Result},
    catalog::aws::ecs::tasks::STREAMS,
};

/// How late something may come and still be shown, in milliseconds: the log driver sends what it has every five seconds
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>), and to be found takes some more.
const LATE: i64 = 30_000;

/// What to look for in a log group.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The group's name.
    pub group: &'a str,
    /// Only what this container says.
    pub container: Option<&'a str>,
    /// Only what fits this pattern
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>).
    pub pattern: Option<&'a str>,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Tells it from all others of its group.
    pub id: String,
    /// When it was said, in milliseconds since 1970.
    pub at: i64,
    /// The stream that it is in: `PREFIX/CONTAINER/TASK` for those of tasks.
    pub stream: String,
    /// What was said.
    pub message: String,
}

/// Some of what was found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// In the order in which it was said. There may be none though others follow.
    pub events: Vec<Event>,
    /// Where the rest is.
    pub next: Option<String>,
}

impl Search<'_> {
    /// What was said since `from`, in milliseconds since 1970, page by page. `None` if there is no such group.
    pub async fn page(&self, cx: &ReadCx, from: i64, token: Option<String>) -> Result<Option<Page>> {
        let call = cx.logs.filter_log_events().log_group_name(self.group).start_time(from);
        let call = call.set_log_stream_name_prefix(self.container.map(|it| format!("{STREAMS}/{it}/")));
        let call = call.set_filter_pattern(self.pattern.map(str::to_owned)).set_next_token(token.clone());
        let Some(found) = call.send().await.during("logs:FilterLogEvents").or_absent()? else { return Ok(None) };
        let events = found.events.unwrap_or_default().into_iter().filter_map(event).collect();
        // A token that comes back leads nowhere.
        Ok(Some(Page { events, next: found.next_token.filter(|it| token.as_ref() != Some(it)) }))
    }
}

fn event(it: FilteredLogEvent) -> Option<Event> {
    let (stream, message) = (it.log_stream_name.unwrap_or_default(), it.message.unwrap_or_default());
    Some(Event { id: it.event_id?, at: it.timestamp?, stream, message })
}

impl Event {
    /// When it was said, in UTC, such as `2026-01-31T12:00:00.123Z`.
    #[must_use]
    pub fn time(&self) -> String {
        let seconds = DateTime::from_secs(self.at.div_euclid(1000)).fmt(Format::DateTime).unwrap_or_default();
        format!("{}.{:03}Z", seconds.trim_end_matches('Z'), self.at.rem_euclid(1000))
    }

    /// The container and the task that said it, or the stream and nothing if it is not of a task.
    #[must_use]
    pub fn source(&self) -> (&str, &str) {
        let mut parts = self.stream.rsplitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(task), Some(container), Some(_)) => (container, task),
            _ => (&self.stream, ""),
        }
    }
}

/// Follows what is said, by looking again and again: shows everything once, though it may come late.
#[derive(Clone, Debug)]
pub struct Tail {
    from: i64,
    /// From when on it is to be remembered what was seen.
    horizon: i64,
    seen: BTreeMap<String, i64>,
}

impl Tail {
    /// Begins at `from`, in milliseconds since 1970.
    #[must_use]
    pub fn new(from: i64) -> Self {
        Self { from, horizon: from, seen: BTreeMap::new() }
    }

    /// Begins to look, at `now`; gives since when.
    pub fn look(&mut self, now: i64) -> i64 {
        let from = self.from.max(self.horizon);
        self.seen.retain(|_, at| *at >= from);
        (self.from, self.horizon) = (from, now - LATE);
        from
    }

    /// What of `events` was not seen before.
    pub fn fresh(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut fresh = events;
        fresh.retain(|it| !self.seen.contains_key(&it.id));
        let late = fresh.iter().filter(|it| it.at >= self.horizon);
        self.seen.extend(late.map(|it| (it.id.clone(), it.at)));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, at: i64) -> Event {
        Event { id: id.into(), at, stream: "ecs/api/0123".into(), message: String::new() }
    }

    fn ids(events: Vec<Event>) -> Vec<String> {
        events.into_iter().map(|it| it.id).collect()
    }

    #[test]
    fn everything_is_shown_once_however_late_it_comes() {
        let mut tail = Tail::new(1_000);
        assert_eq!(tail.look(100_000), 1_000);
        assert_eq!(ids(tail.fresh(vec![event("old", 5_000), event("new", 99_000)])), ["old", "new"]);
        // What is older than what may come late is not asked for any more.
        assert_eq!(tail.look(102_000), 70_000);
        assert_eq!(ids(tail.fresh(vec![event("late", 80_000), event("new", 99_000)])), ["late"]);
        assert_eq!(tail.look(104_000), 72_000);
        assert_eq!(ids(tail.fresh(vec![event("late", 80_000), event("new", 99_000), event("x", 103_000)])), ["x"]);
        // Nothing is remembered for longer than that.
        tail.look(200_000);
        tail.look(202_000);
        assert!(tail.seen.is_empty());
    }

    #[test]
    fn a_young_tail_does_not_begin_before_its_beginning() {
        let mut tail = Tail::new(99_000);
        assert_eq!((tail.look(100_000), tail.look(102_000)), (99_000, 99_000));
    }

    #[test]
    fn an_event_is_of_a_container_and_a_task() {
        assert_eq!(event("a", 0).source(), ("api", "0123"));
        assert_eq!(Event { stream: "boot".into(), ..event("a", 0) }.source(), ("boot", ""));
        assert_eq!(event("a", 1_769_860_800_007).time(), "2026-01-31T12:00:00.007Z");
    }
}
