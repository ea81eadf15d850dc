//! How many tasks a service has, by what they do and by the time.

use super::Parts;
use crate::{
    catalog::aws::{
        autoscaling::{part_name, policy::Policy, scheduled_action::ScheduledAction, target::Target},
        ecs::service::Service,
    },
    compile::stack::Stack,
    field,
    resource::graph::Handle,
};

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>
const CPU: &str = "ECSServiceAverageCPUUtilization";
const MEMORY: &str = "ECSServiceAverageMemoryUtilization";

pub(super) fn scaling(stack: &mut Stack<'_>, parts: &Parts<'_>, service: &Handle<Service>) {
    let (name, component) = (parts.name, &parts.component);
    let Some(scale) = &parts.spec.scale else { return };
    let target = Target { resource_id: service.out(field!(scalable)), min: scale.min, max: scale.max };
    let target = stack.graph.add(component, name, &target);
    let by = [("cpu", CPU, scale.cpu), ("memory", MEMORY, scale.memory)];
    for (own, metric, value) in by {
        let Some(value) = value else { continue };
        let policy = Policy {
            resource_id: target.out(field!(resource_id)),
            policy_name: own.to_owned(),
            metric: metric.to_owned(),
            of: None,
            target: value.to_string(),
            cooldown_in: scale.cooldown_in.seconds(),
            cooldown_out: scale.cooldown_out.seconds(),
            only_out: false,
        };
        stack.graph.add(component, &part_name(name, own), &policy);
    }
    for (own, it) in &scale.schedule {
        let action = ScheduledAction {
            resource_id: target.out(field!(resource_id)),
            action_name: own.to_string(),
            schedule: format!("cron({})", it.cron),
            timezone: it.timezone.to_string(),
            min: it.min,
            max: it.max,
        };
        stack.graph.add(component, &part_name(name, own.as_str()), &action);
    }
}
