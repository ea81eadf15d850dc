//! What of a service's tasks takes requests:
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html>.

use aws_sdk_ecs::types::{AdvancedConfiguration, LoadBalancer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::value::In;

/// A target group, and what of a task is put into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The target group's ARN.
    pub target_group: In<String>,
    /// The container that answers.
    pub container: String,
    /// The port that it listens on.
    pub port: u16,
    /// Where requests are shifted from one revision to another, if they can be.
    pub shift: Option<Shift>,
}

/// Where requests are shifted from one revision to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shift {
    /// The other target group: each revision has the one that the revision before has not.
    pub alternate: In<String>,
    /// The rule whose weights say how many requests each of the two gets.
    pub rule: In<String>,
    /// The rule by which a new revision is asked before anyone else asks it.
    pub test_rule: Option<In<String>>,
    /// The role by which ECS changes the rules.
    pub role: In<String>,
}

impl Target {
    pub(super) fn to_sdk(&self) -> LoadBalancer {
        let it = LoadBalancer::builder().target_group_arn(self.target_group.get());
        let it = it.container_name(&self.container).container_port(self.port.into());
        it.set_advanced_configuration(self.shift.as_ref().map(Shift::to_sdk)).build()
    }

    pub(super) fn of(it: &LoadBalancer) -> Option<Self> {
        Some(Self {
            target_group: it.target_group_arn()?.into(),
            container: it.container_name().unwrap_or_default().into(),
            port: it.container_port().and_then(|it| u16::try_from(it).ok()).unwrap_or_default(),
            shift: Shift::of(it),
        })
    }
}

impl Shift {
    fn to_sdk(&self) -> AdvancedConfiguration {
        AdvancedConfiguration::builder()
            .alternate_target_group_arn(self.alternate.get())
            .production_listener_rule(self.rule.get())
            .set_test_listener_rule(self.test_rule.as_ref().map(|it| it.get().clone()))
            .role_arn(self.role.get())
            .build()
    }

    fn of(it: &LoadBalancer) -> Option<Self> {
        let it = it.advanced_configuration()?;
        Some(Self {
            alternate: it.alternate_target_group_arn()?.into(),
            rule: it.production_listener_rule().unwrap_or_default().into(),
            test_rule: it.test_listener_rule().map(In::from),
            role: it.role_arn().unwrap_or_default().into(),
        })
    }
}
