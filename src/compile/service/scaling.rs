//! How many tasks a service has, by what they do and by the time.

use std::collections::BTreeSet;

use super::Parts;
use crate::{
    catalog::aws::{
        autoscaling::{
            part_name,
            policy::Policy,
            scheduled_action::ScheduledAction,
            step_policy::{Step, StepPolicy},
            target::Target,
        },
        cloudwatch::{
            alarm::Alarm,
            metric::{Dimension, Metric, Query},
        },
        ecs::service::Service,
        elb::load_balancer::LoadBalancer,
    },
    compile::{alarms, load_balancer::Routed, stack::Stack},
    field,
    resource::{graph::Handle, value::In},
    spec::model::{Goal, Scale, Thresholds},
};

/// What the words of the file are called, as metrics of CloudWatch and as targets to track
/// (<https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>).
const METRICS: [(&str, &str, &str); 2] = [
    ("cpu", "CPUUtilization", "ECSServiceAverageCPUUtilization"),
    ("memory", "MemoryUtilization", "ECSServiceAverageMemoryUtilization"),
];
const REQUESTS: &str = "ALBRequestCountPerTarget";
/// How long a period is of the metrics of services, in seconds.
const PERIOD: u32 = 60;

/// What the parts of one service's scaling share.
struct Scaled<'a> {
    parts: &'a Parts<'a>,
    scale: &'a Scale,
    target: Handle<Target>,
}

pub(super) fn scaling(stack: &mut Stack<'_>, parts: &Parts<'_>, service: &Handle<Service>, routed: Option<&Routed>) {
    let Some(scale) = &parts.spec.scale else { return };
    let target = Target { resource_id: service.out(field!(scalable)), min: scale.min, max: scale.max };
    let target = stack.graph.add(&parts.component, parts.name, &target);
    let it = Scaled { parts, scale, target };
    let mut steps = Vec::new();
    for (word, goal) in scale.goals() {
        let Some((_, metric, tracked)) = METRICS.iter().find(|it| it.0 == word) else { continue };
        match goal {
            Goal::Keep(value) => it.keep(stack, word, tracked, None, value),
            Goal::Steps(thresholds) => steps.push((word, *metric, thresholds)),
        }
    }
    if let (Some(value), Some(routed)) = (scale.requests, routed) {
        let balancer = super::out::<LoadBalancer>("main", "arn_suffix");
        let label = In::join([balancer, "/".into(), routed.target_group_suffix.clone()]);
        it.keep(stack, "requests", REQUESTS, Some(label), value);
    }
    it.step(stack, &steps);
    it.schedule(stack);
}

impl Scaled<'_> {
    /// As many tasks as keep a metric at a value.
    fn keep(&self, stack: &mut Stack<'_>, word: &str, metric: &str, of: Option<In<String>>, value: u32) {
        let policy = Policy {
            resource_id: self.target.out(field!(resource_id)),
            policy_name: word.to_owned(),
            metric: metric.to_owned(),
            of,
            target: value.to_string(),
            cooldown_in: self.scale.cooldown_in.seconds(),
            cooldown_out: self.scale.cooldown_out.seconds(),
            only_out: false,
        };
        stack.graph.add(&self.parts.component, &part_name(self.parts.name, word), &policy);
    }

    /// More tasks once one of the metrics is too high, and fewer once all are low: as long as one is not, what is taken away
    /// would come back.
    fn step(&self, stack: &mut Stack<'_>, steps: &[(&str, &str, Thresholds)]) {
        let change = i32::try_from(self.scale.step).unwrap_or(i32::MAX);
        for (word, metric, thresholds) in steps {
            let name = format!("{word}-out");
            let more = Step { from: Some(0.0), to: None, change };
            let policy = self.policy(stack, &name, more, self.scale.cooldown_out.seconds());
            let bad = ("GreaterThanThreshold", f64::from(thresholds.out));
            let about = format!("adds {change} when {word} is above {}%", thresholds.out);
            self.alarm(stack, &name, &about, (Some(self.metric(stack, metric)), BTreeSet::new()), bad, policy);
        }
        let watched = match steps {
            [] => return,
            [(_, metric, thresholds)] => {
                ((Some(self.metric(stack, metric)), BTreeSet::new()), f64::from(thresholds.low))
            }
            several => ((None, self.furthest(stack, several)), 0.0),
        };
        let low: Vec<_> = steps.iter().map(|(word, _, it)| format!("{word} is below {}%", it.low)).collect();
        let about = format!("takes {change} away when {}", low.join(" and "));
        let fewer = Step { from: None, to: Some(0.0), change: -change };
        let policy = self.policy(stack, "in", fewer, self.scale.cooldown_in.seconds());
        self.alarm(stack, "in", &about, watched.0, ("LessThanThreshold", watched.1), policy);
    }

    /// How far the metric is above its lower threshold that is furthest above it.
    fn furthest(&self, stack: &Stack<'_>, steps: &[(&str, &str, Thresholds)]) -> BTreeSet<Query> {
        let query = |id: &str, metric: Option<Metric>, expression: Option<String>| Query {
            id: id.to_owned(),
            watched: metric.is_none(),
            metric,
            expression,
            label: None,
        };
        let each: Vec<_> = steps.iter().map(|(word, _, it)| format!("{word} - {}", it.low)).collect();
        let most = query("watched", None, Some(format!("MAX([{}])", each.join(", "))));
        let metrics = steps.iter().map(|(word, metric, _)| query(word, Some(self.metric(stack, metric)), None));
        metrics.chain([most]).collect()
    }

    fn metric(&self, stack: &Stack<'_>, name: &str) -> Metric {
        Metric {
            namespace: "AWS/ECS".into(),
            name: name.to_owned(),
            dimensions: dimensions(stack, self.parts.name),
            statistic: "Average".into(),
            period_seconds: PERIOD,
            unit: None,
        }
    }

    fn policy(&self, stack: &mut Stack<'_>, name: &str, step: Step, cooldown_seconds: u32) -> In<String> {
        let policy = StepPolicy {
            resource_id: self.target.out(field!(resource_id)),
            policy_name: name.to_owned(),
            adjustment_type: "ChangeInCapacity".into(),
            steps: vec![step],
            cooldown_seconds,
            aggregation: "Average".into(),
        };
        stack.graph.add(&self.parts.component, &part_name(self.parts.name, name), &policy).out(field!(arn))
    }

    fn alarm(
        &self,
        stack: &mut Stack<'_>,
        name: &str,
        about: &str,
        (metric, math): (Option<Metric>, BTreeSet<Query>),
        (comparison, threshold): (&str, f64),
        policy: In<String>,
    ) {
        let name = format!("{}.scale.{name}", self.parts.component);
        let periods = self.scale.after.seconds() / PERIOD;
        let alarm = Alarm {
            alarm_name: alarms::called(stack, &name),
            description: format!("Scaling of {}: {about}", self.parts.component),
            metric,
            math,
            comparison: comparison.into(),
            threshold,
            evaluation_periods: periods,
            datapoints_to_alarm: periods,
            missing_data: "missing".into(),
            actions_enabled: true,
            alarm_actions: [policy].into(),
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
        };
        stack.graph.add(&self.parts.component, &name, &alarm);
    }

    fn schedule(&self, stack: &mut Stack<'_>) {
        for (own, it) in &self.scale.schedule {
            let action = ScheduledAction {
                resource_id: self.target.out(field!(resource_id)),
                action_name: own.to_string(),
                schedule: format!("cron({})", it.cron),
                timezone: it.timezone.to_string(),
                min: it.min,
                max: it.max,
            };
            stack.graph.add(&self.parts.component, &part_name(self.parts.name, own.as_str()), &action);
        }
    }
}

/// What tells the metrics of a service from others
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>).
fn dimensions(stack: &Stack<'_>, service: &str) -> BTreeSet<Dimension> {
    let of = |name: &str, value: In<String>| Dimension { name: name.into(), value };
    let cluster = crate::catalog::aws::ecs::cluster_name(&stack.graph.scope);
    [of("ClusterName", cluster.into()), of("ServiceName", service.into())].into()
}
