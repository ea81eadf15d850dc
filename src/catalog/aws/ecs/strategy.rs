//! How ECS lets one revision of a service follow another:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service-options.html>.
//!
//! ECS itself starts the tasks of the new revision beside the old one, gives them requests by the weights of a rule, and
//! goes back if an alarm goes off: also when nobody looks on any more. What it waits for is told by hooks that pause it.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{
    CanaryConfiguration, DeploymentAlarms, DeploymentConfiguration, DeploymentLifecycleHook,
    DeploymentLifecycleHookAction, DeploymentLifecycleHookStage, DeploymentLifecycleHookTargetType,
    DeploymentLifecycleHookTimeoutConfiguration, DeploymentStrategy, LinearConfiguration,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{built, number, service::Service};
use crate::{api::Result, resource::value::In};

/// How one revision follows another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Tasks of the old one are replaced a few at a time.
    Rolling,
    /// All requests go over at once.
    BlueGreen {
        /// For how many minutes the old one runs on after that.
        bake_minutes: u32,
    },
    /// Some requests go over, and the rest later.
    Canary {
        /// How many go over first.
        step: Step,
        /// For how many minutes the old one runs on after that.
        bake_minutes: u32,
    },
    /// Requests go over in equal steps.
    Linear {
        /// How many go over in each.
        step: Step,
        /// For how many minutes the old one runs on after that.
        bake_minutes: u32,
    },
}

/// Some of the requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// How many of them, in percent: a decimal number.
    pub percent: String,
    /// For how many minutes it stays so.
    pub bake_minutes: u32,
}

/// A stage of a deployment at which ECS waits to be told to go on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// Such as `POST_TEST_TRAFFIC_SHIFT`.
    pub stage: String,
    /// For how many minutes it waits before it goes back.
    pub minutes: u32,
}

impl Pause {
    /// When only tests reach the new revision.
    pub const TESTED: &str = "POST_TEST_TRAFFIC_SHIFT";
    /// Before any requests, or any more of them, go over.
    pub const APPROVED: &str = "PRE_PRODUCTION_TRAFFIC_SHIFT";

    fn to_sdk(&self) -> DeploymentLifecycleHook {
        let timeout = DeploymentLifecycleHookTimeoutConfiguration::builder()
            .timeout_in_minutes(number(self.minutes))
            .action(DeploymentLifecycleHookAction::Rollback);
        DeploymentLifecycleHook::builder()
            .target_type(DeploymentLifecycleHookTargetType::Pause)
            .lifecycle_stages(DeploymentLifecycleHookStage::from(self.stage.as_str()))
            .timeout_configuration(timeout.build())
            .build()
    }

    /// Hooks that are never set here, such as functions, are shown as what they call.
    fn of(it: &DeploymentLifecycleHook) -> Vec<Self> {
        let minutes = it.timeout_configuration().and_then(|it| it.timeout_in_minutes());
        let minutes = minutes.map_or(DEFAULT_TIMEOUT, i32::unsigned_abs);
        let own = it.target_type() == Some(&DeploymentLifecycleHookTargetType::Pause);
        let stage = |stage: &str| match it.hook_target_arn() {
            Some(target) if !own => format!("{stage} {target}"),
            _ => stage.to_owned(),
        };
        it.lifecycle_stages().iter().map(|it| Self { stage: stage(it.as_str()), minutes }).collect()
    }
}

/// For how many minutes a hook is waited for where nothing is said
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHookTimeoutConfiguration.html>).
const DEFAULT_TIMEOUT: u32 = 1_440;

impl Strategy {
    /// What ECS calls it.
    fn name(&self) -> DeploymentStrategy {
        match self {
            Self::Rolling => DeploymentStrategy::Rolling,
            Self::BlueGreen { .. } => DeploymentStrategy::BlueGreen,
            Self::Canary { .. } => DeploymentStrategy::Canary,
            Self::Linear { .. } => DeploymentStrategy::Linear,
        }
    }

    fn bake_minutes(&self) -> u32 {
        match self {
            Self::Rolling => 0,
            Self::BlueGreen { bake_minutes }
            | Self::Canary { bake_minutes, .. }
            | Self::Linear { bake_minutes, .. } => *bake_minutes,
        }
    }

    /// How many minutes it waits by itself, until all of it is over.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        let steps = match self {
            Self::Rolling | Self::BlueGreen { .. } => 0,
            Self::Canary { step, .. } => step.bake_minutes,
            Self::Linear { step, .. } => {
                let percent = step.percent.parse::<f64>().unwrap_or(100.0).clamp(1.0, 100.0);
                // Between the first step and the last.
                (1..100).filter(|it| f64::from(*it) * percent < 100.0).map(|_| step.bake_minutes).sum()
            }
        };
        steps.saturating_add(self.bake_minutes())
    }
}

/// What happens one after another when a revision of `want` follows another.
pub(super) fn stages(want: &Service) -> Vec<String> {
    let minutes = |it: u32| if it == 1 { "1 minute".to_owned() } else { format!("{it} minutes") };
    let step = match &want.strategy {
        Strategy::Rolling => return Vec::new(),
        Strategy::BlueGreen { .. } => None,
        Strategy::Canary { step, .. } => {
            Some(format!("{} % of the requests go over, for {}", step.percent, minutes(step.bake_minutes)))
        }
        Strategy::Linear { step, .. } => {
            Some(format!("{} % more of the requests go over, every {}", step.percent, minutes(step.bake_minutes)))
        }
    };
    let pauses = |stage: &str| want.pauses.iter().any(|it| it.stage == stage);
    let test = want.smoke.as_ref().filter(|_| pauses(Pause::TESTED));
    let each = if step.is_some() { ", before each step" } else { "" };
    let back = want.alarms.iter().map(|it| match it {
        In::Out(out) => out.from.name().to_owned(),
        it => it.known().cloned().unwrap_or_default(),
    });
    let back: Vec<_> = back.collect();
    let watched = if back.is_empty() { String::new() } else { format!("; back if {} goes off", back.join(" or ")) };
    let bake = want.strategy.bake_minutes();
    [
        Some("the new tasks start beside the old ones".to_owned()),
        test.map(|it| format!("{} is asked through a rule of its own", it.path)),
        pauses(Pause::APPROVED).then(|| format!("`infractl promote {}` is waited for{each}", want.service_name)),
        step,
        Some(format!("all requests go over{watched}")),
        Some(if bake == 0 {
            "the old tasks stop".into()
        } else {
            format!("the old tasks stop, after {}", minutes(bake))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a service says of its deployments, as ECS takes it. What it no longer has is taken away.
pub(super) fn configured(
    strategy: &Strategy,
    alarms: &BTreeSet<In<String>>,
    pauses: &BTreeSet<Pause>,
    call: &str,
) -> Result<aws_sdk_ecs::types::builders::DeploymentConfigurationBuilder> {
    let names: Vec<_> = alarms.iter().map(|it| it.get().clone()).collect();
    let watched = !names.is_empty();
    let alarms = DeploymentAlarms::builder().set_alarm_names(Some(names)).enable(watched).rollback(watched);
    let hooks = pauses.iter().map(Pause::to_sdk).collect();
    let it = DeploymentConfiguration::builder()
        .strategy(strategy.name())
        .alarms(built(call, alarms.build())?)
        .set_lifecycle_hooks(Some(hooks));
    let percent = |it: &Step| it.percent.parse().unwrap_or(100.0);
    Ok(match strategy {
        Strategy::Rolling => it,
        Strategy::BlueGreen { bake_minutes } => it.bake_time_in_minutes(number(*bake_minutes)),
        Strategy::Canary { step, bake_minutes } => {
            let canary = CanaryConfiguration::builder()
                .canary_percent(percent(step))
                .canary_bake_time_in_minutes(number(step.bake_minutes));
            it.bake_time_in_minutes(number(*bake_minutes)).canary_configuration(canary.build())
        }
        Strategy::Linear { step, bake_minutes } => {
            let linear = LinearConfiguration::builder()
                .step_percent(percent(step))
                .step_bake_time_in_minutes(number(step.bake_minutes));
            it.bake_time_in_minutes(number(*bake_minutes)).linear_configuration(linear.build())
        }
    })
}

/// What is left out is as ECS has it
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>).
pub(super) fn strategy(it: Option<&DeploymentConfiguration>) -> Strategy {
    let Some(it) = it else { return Strategy::Rolling };
    let bake_minutes = it.bake_time_in_minutes().map_or(0, i32::unsigned_abs);
    let step = |percent: Option<f64>, usual: f64, minutes: Option<i32>, usually: u32| Step {
        percent: percent.unwrap_or(usual).to_string(),
        bake_minutes: minutes.map_or(usually, i32::unsigned_abs),
    };
    match it.strategy() {
        Some(DeploymentStrategy::BlueGreen) => Strategy::BlueGreen { bake_minutes },
        Some(DeploymentStrategy::Canary) => {
            let canary = it.canary_configuration();
            let percent = canary.and_then(CanaryConfiguration::canary_percent);
            let minutes = canary.and_then(CanaryConfiguration::canary_bake_time_in_minutes);
            Strategy::Canary { step: step(percent, 5.0, minutes, 10), bake_minutes }
        }
        Some(DeploymentStrategy::Linear) => {
            let linear = it.linear_configuration();
            let percent = linear.and_then(LinearConfiguration::step_percent);
            let minutes = linear.and_then(LinearConfiguration::step_bake_time_in_minutes);
            Strategy::Linear { step: step(percent, 10.0, minutes, 6), bake_minutes }
        }
        _ => Strategy::Rolling,
    }
}

/// The names of the alarms that end a deployment.
pub(super) fn alarms(it: Option<&DeploymentConfiguration>) -> BTreeSet<In<String>> {
    let alarms = it.and_then(DeploymentConfiguration::alarms).filter(|it| it.enable() && it.rollback());
    alarms.map(|it| it.alarm_names().iter().map(|it| it.as_str().into()).collect()).unwrap_or_default()
}

pub(super) fn pauses(it: Option<&DeploymentConfiguration>) -> BTreeSet<Pause> {
    it.map(DeploymentConfiguration::lifecycle_hooks).unwrap_or_default().iter().flat_map(Pause::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(percent: &str, bake_minutes: u32) -> Step {
        Step { percent: percent.into(), bake_minutes }
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let pauses = [Pause { stage: Pause::TESTED.into(), minutes: 10 }].into();
        for it in [
            Strategy::Rolling,
            Strategy::BlueGreen { bake_minutes: 5 },
            Strategy::Canary { step: step("12.5", 3), bake_minutes: 0 },
            Strategy::Linear { step: step("20", 0), bake_minutes: 1 },
        ] {
            let alarms_wanted = ["api-5xx".into()].into();
            let sent = configured(&it, &alarms_wanted, &pauses, "ecs:CreateService").unwrap().build();
            assert_eq!((strategy(Some(&sent)), alarms(Some(&sent)), super::pauses(Some(&sent))), {
                (it, alarms_wanted, pauses.clone())
            });
        }
    }

    #[test]
    fn what_is_left_out_is_as_ecs_has_it() {
        let of = |it: DeploymentStrategy| strategy(Some(&DeploymentConfiguration::builder().strategy(it).build()));
        assert_eq!(of(DeploymentStrategy::Canary), Strategy::Canary { step: step("5", 10), bake_minutes: 0 });
        assert_eq!(of(DeploymentStrategy::Linear), Strategy::Linear { step: step("10", 6), bake_minutes: 0 });
        assert_eq!((of(DeploymentStrategy::Rolling), strategy(None)), (Strategy::Rolling, Strategy::Rolling));
        let hook = DeploymentLifecycleHook::builder().hook_target_arn("arn:aws:lambda:x");
        let hook = hook.lifecycle_stages(DeploymentLifecycleHookStage::PreScaleUp).build();
        let foreign = pauses(Some(&DeploymentConfiguration::builder().lifecycle_hooks(hook).build()));
        assert_eq!(foreign, [Pause { stage: "PRE_SCALE_UP arn:aws:lambda:x".into(), minutes: 1_440 }].into());
    }

    #[test]
    fn how_long_a_strategy_takes_by_itself() {
        let linear = |percent| Strategy::Linear { step: step(percent, 2), bake_minutes: 5 }.minutes();
        assert_eq!((linear("25"), linear("30"), linear("100")), (3 * 2 + 5, 3 * 2 + 5, 5));
        assert_eq!(Strategy::Canary { step: step("5", 10), bake_minutes: 5 }.minutes(), 15);
        assert_eq!((Strategy::BlueGreen { bake_minutes: 7 }.minutes(), Strategy::Rolling.minutes()), (7, 0));
    }
}
