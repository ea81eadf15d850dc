//! Whether services serve.

use aws_sdk_ecs::types::{DeploymentRolloutState, Service as SdkService};

use crate::catalog::aws::elb::traffic::Group;

/// Whether a service serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should.
    Serving,
    /// As before, while it is brought to something else.
    Deploying,
    /// Nothing is to run.
    Idle,
    /// With less than it should.
    Degraded,
    /// What runs is not what was deployed last, which was given up.
    Failed,
    /// Not at all.
    Down,
}

impl State {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Serving => "serving",
            Self::Deploying => "deploying",
            Self::Idle => "idle",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Down => "down",
        }
    }

    /// Whether that is as it should be.
    #[must_use]
    pub fn serves(self) -> bool {
        matches!(self, Self::Serving | Self::Deploying | Self::Idle)
    }

    pub(super) fn of(service: &SdkService, rollout: Option<&DeploymentRolloutState>, groups: &[Group]) -> Self {
        let (running, wanted) = (service.running_count(), service.desired_count());
        let unanswered = groups.iter().any(|it| it.is_used() && it.count("healthy") == 0);
        let unreached = !groups.is_empty() && !groups.iter().any(Group::is_used);
        if wanted == 0 {
            Self::Idle
        } else if running == 0 || unanswered || unreached {
            Self::Down
        } else if rollout == Some(&DeploymentRolloutState::Failed) {
            Self::Failed
        } else if rollout == Some(&DeploymentRolloutState::InProgress) {
            Self::Deploying
        } else if running < wanted || groups.iter().any(Group::ails) {
            Self::Degraded
        } else {
            Self::Serving
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::aws::elb::traffic::{Share, Target};

    fn group(percent: u32, states: &[&str]) -> Group {
        let target = |it: &&str| Target { id: String::new(), state: (*it).to_owned(), why: String::new() };
        let share = Share { rule: String::new(), requests: String::new(), percent, several: true };
        Group { targets: states.iter().map(target).collect(), shares: vec![share], ..Group::default() }
    }

    fn state(running: i32, wanted: i32, rollout: &DeploymentRolloutState, groups: &[Group]) -> &'static str {
        let service = SdkService::builder().running_count(running).desired_count(wanted).build();
        State::of(&service, Some(rollout), groups).word()
    }

    #[test]
    fn a_service_serves_if_enough_of_it_answers() {
        use DeploymentRolloutState::{Completed, Failed, InProgress};
        let group = |percent, states: &[&str]| vec![group(percent, states)];
        let (good, bad) = (group(100, &["healthy"]), group(100, &["unhealthy", "initial"]));
        let (half, spare) = (group(100, &["healthy", "unhealthy"]), group(0, &["unhealthy"]));
        assert_eq!(state(0, 0, &Completed, &[]), "idle");
        assert_eq!(state(2, 2, &Completed, &[]), "serving");
        assert_eq!(state(2, 2, &Completed, &good), "serving");
        assert_eq!(state(0, 2, &InProgress, &[]), "down");
        assert_eq!(state(2, 2, &Completed, &bad), "down");
        assert_eq!(state(2, 2, &Completed, &spare), "down");
        assert_eq!(state(1, 2, &Failed, &[]), "failed");
        assert_eq!(state(1, 2, &InProgress, &half), "deploying");
        assert_eq!(state(1, 2, &Completed, &[]), "degraded");
        assert_eq!(state(2, 2, &Completed, &half), "degraded");
        assert_eq!(state(2, 2, &Completed, &[good, spare].concat()), "serving");
        assert!(State::Deploying.serves() && !State::Failed.serves());
    }
}
