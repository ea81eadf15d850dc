//! Alarms, and who is told of them.

use super::{
    super::model::{Alarm, CacheProvider, ComponentName, Spec, Subject, WatchedMetric, suggest, words},
    keeping::no_key,
};
use crate::diagnostic::Diagnostic;

/// How long CloudWatch looks back at most, in seconds, for periods of less than an hour and for others
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html>).
const LONGEST: (u32, u32) = (86_400, 604_800);
/// How many actions an alarm may have for a state
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const ACTIONS: usize = 5;
/// Whose metric it is.
const SUBJECTS: &str = "`service`, `database`, `cache` or `load_balancer`";

pub(super) fn notify(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, it) in &spec.notify {
        let path = format!("notify.{name}");
        if it.email.is_empty() && it.https.is_empty() && it.sms.is_empty() {
            let problem = Diagnostic::warning("notify/nobody", path.as_str(), format!("`{name}` tells nobody"));
            found.push(problem.help("add mail addresses under `email`, or `https` or `sms`"));
        }
        found.extend(it.key.as_ref().and_then(|it| no_key(it, format!("{path}.key"))));
    }
}

pub(super) fn alarms(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, alarm) in &spec.alarms {
        let path = format!("alarms.{name}");
        found.extend(threshold(alarm, &path));
        found.extend(length(alarm, &path));
        watched(spec, alarm, &path, found);
        told(spec, alarm, &path, found);
    }
}

fn threshold(alarm: &Alarm, path: &str) -> Option<Diagnostic> {
    let problem = |message: &str| Diagnostic::error("alarm/threshold", path, message);
    match (alarm.above, alarm.below) {
        (None, None) => Some(problem("it is not said when the metric is bad").help("give `above` or `below`")),
        (Some(_), Some(_)) => {
            Some(problem("`above` and `below` cannot be given together").help("make two alarms of it, one for each"))
        }
        _ => None,
    }
}

fn length(alarm: &Alarm, path: &str) -> Option<Diagnostic> {
    let (period, lasting) = (alarm.period().seconds(), alarm.lasting.seconds());
    if !matches!(period, 10 | 20 | 30) && (period == 0 || !period.is_multiple_of(60)) {
        let message = format!("a period cannot be {} long", alarm.period());
        let problem = Diagnostic::error("alarm/period", format!("{path}.metric.period"), message);
        return Some(problem.help("use a whole number of minutes, or 10s, 20s or 30s"));
    }
    let path = format!("{path}.for");
    if lasting == 0 || !lasting.is_multiple_of(period) {
        let message = format!("{} is no whole number of periods of {}", alarm.lasting, alarm.period());
        return Some(Diagnostic::error("alarm/for", path, message));
    }
    let most = if period < 3600 { LONGEST.0 } else { LONGEST.1 };
    (lasting > most).then(|| {
        let message = format!("CloudWatch does not look back for {}", alarm.lasting);
        Diagnostic::error("alarm/for", path, message).help("the most is 1d, or 7d with periods of an hour or longer")
    })
}

/// A word is of something that the file has, and compared with what it counts.
fn watched(spec: &Spec, alarm: &Alarm, path: &str, found: &mut Vec<Diagnostic>) {
    let error = |id, key: &str, message: String| Diagnostic::error(id, format!("{path}{key}"), message);
    let given: Vec<_> = [
        alarm.service.as_ref().map(|it| service(spec, it, path)),
        alarm.cache.as_ref().map(|it| cache(spec, it, path)),
        alarm.database.as_ref().map(|it| database(spec, it, path)),
        alarm.load_balancer.then(|| load_balancer(spec, path)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let WatchedMetric::Word(word) = &alarm.metric else {
        if !given.is_empty() {
            let problem = error("alarm/subject", "", "a metric in full is not of a part of the stack".into());
            found.push(problem.help(format!("remove {SUBJECTS}, or use a metric's word")));
        }
        return;
    };
    let Ok([subjects]) = <[_; 1]>::try_from(given) else {
        let problem = error("alarm/subject", "", format!("it is not said whose `{word}` it is"));
        return found.push(problem.help(format!("say {SUBJECTS}")));
    };
    let subjects = match subjects {
        Ok(it) => it,
        Err(problem) => return found.push(problem),
    };
    let all: Vec<_> = subjects.iter().flat_map(|(it, why)| words(*it).map(move |word| (word, why))).collect();
    let Some((metric, why)) = all.iter().find(|(it, _)| it.word == word.as_str()) else {
        let known: Vec<_> = all.iter().filter(|(_, why)| why.is_none()).map(|(it, _)| it.word).collect();
        let problem = error("alarm/metric", ".metric", format!("there is no metric `{word}` of this"));
        return found.push(problem.help(format!("there are {}", known.join(", "))));
    };
    if let Some((message, help)) = why {
        found.push(error("alarm/metric", ".metric", format!("there is no `{word}`: {message}")).help(*help));
    }
    for (key, threshold) in [(".above", alarm.above), (".below", alarm.below)] {
        if let Some(it) = threshold.filter(|it| it.unit() != metric.unit) {
            let problem = error("alarm/unit", key, format!("{it} is not what `{word}` is measured in"));
            found.push(problem.help(format!("write {}", metric.unit.example())));
        }
    }
}

/// What the words of an alarm may be of, each with the reason for which there are no such metrics, and what to do about it.
type Subjects = Result<Vec<(Subject, Option<(String, &'static str)>)>, Diagnostic>;

fn service(spec: &Spec, name: &ComponentName, path: &str) -> Subjects {
    let Some(service) = spec.services.get(name) else {
        let problem =
            Diagnostic::error("alarm/subject", format!("{path}.service"), format!("there is no service `{name}`"));
        return Err(suggest(problem, name.as_str(), spec.services.keys().map(ComponentName::as_str)));
    };
    let uncounted = (!spec.has_insights()).then(|| {
        ("Container Insights are off in the cluster".into(), "turn them on: `cluster: { insights: enabled }`")
    });
    let unasked = service.route.is_none().then(|| {
        (format!("the service `{name}` gets no requests from the load balancer"), "give the service a `route`")
    });
    Ok(vec![(Subject::Service, None), (Subject::Insights, uncounted), (Subject::Route, unasked)])
}

fn cache(spec: &Spec, name: &ComponentName, path: &str) -> Subjects {
    let problem = |message: String| Diagnostic::error("alarm/subject", format!("{path}.cache"), message);
    match spec.caches.get(name).map(|it| it.provider) {
        Some(CacheProvider::Elasticache) => Ok(vec![(Subject::Cache, None)]),
        Some(CacheProvider::Serverless) => Ok(vec![(Subject::Serverless, None)]),
        Some(CacheProvider::Ec2) => Ok(vec![(Subject::Machine, None)]),
        Some(CacheProvider::Sidecar) => Err(problem(format!("`{name}` has no metrics: it runs beside each task"))),
        Some(CacheProvider::Upstash) => {
            Err(problem(format!("`{name}` has no metrics in CloudWatch: it is at Upstash"))
                .help("watch it in Upstash's console"))
        }
        None => {
            let problem = problem(format!("there is no cache `{name}`"));
            Err(suggest(problem, name.as_str(), spec.caches.keys().map(ComponentName::as_str)))
        }
    }
}

fn load_balancer(spec: &Spec, path: &str) -> Subjects {
    if spec.balancer().is_some() {
        return Ok(vec![(Subject::LoadBalancer, None)]);
    }
    let path = format!("{path}.load_balancer");
    let problem = Diagnostic::error("alarm/subject", path, "the stack has no load balancer");
    Err(problem.help("declare it under `load_balancer`"))
}

fn database(spec: &Spec, name: &ComponentName, path: &str) -> Subjects {
    let Some(database) = spec.databases.get(name) else {
        let message = format!("there is no database `{name}`");
        let problem = Diagnostic::error("alarm/subject", format!("{path}.database"), message);
        return Err(suggest(problem, name.as_str(), spec.databases.keys().map(ComponentName::as_str)));
    };
    let uncopied = database.replicas.0.is_empty().then(|| {
        (format!("the database `{name}` has no read replica"), "give it one with `replicas: 1`") //
    });
    Ok(vec![(Subject::Database, None), (Subject::Replica, uncopied)])
}

fn told(spec: &Spec, alarm: &Alarm, path: &str, found: &mut Vec<Diagnostic>) {
    let names = alarm.notify.as_ref().map(|it| it.0.as_slice());
    for name in names.unwrap_or_default().iter().filter(|it| !spec.notify.contains_key(*it)) {
        let message = format!("there is no `{name}` under `notify`");
        let problem = Diagnostic::error("alarm/unknown-notify", format!("{path}.notify"), message);
        found.push(suggest(problem, name.as_str(), spec.notify.keys().map(ComponentName::as_str)));
    }
    if names.map_or(spec.notify.len(), <[_]>::len) > ACTIONS {
        let problem =
            Diagnostic::error("alarm/notify", path, format!("an alarm can tell {ACTIONS} of `notify` at most"));
        found.push(problem.help("name those who are to be told with `notify`"));
    }
    if spec.notify.is_empty() {
        let problem = Diagnostic::warning("alarm/unheard", path, "nobody is told of this alarm");
        found.push(problem.help("say who is to be told under `notify`"));
    }
}
