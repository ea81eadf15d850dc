//! What the words most likely mean with which ECS and load balancers say that something does not run: one table.
//!
//! Sources, as of 2026-07:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>,
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>.

use std::fmt;

/// What a provider's words most likely mean.
#[derive(Debug, PartialEq, Eq)]
pub struct Cause {
    /// What was said, in parts that all have to be there, in small letters.
    says: &'static [&'static str],
    /// What it means, in one sentence without a full stop.
    pub means: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

/// `the image is not in its registry: push it, or correct …`
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.means, self.help)
    }
}

const fn cause_of(says: &'static [&'static str], means: &'static str, help: &'static str) -> Cause {
    Cause { says, means, help }
}

const NO_WAY: &str = "its subnets have no way to the registry or to what AWS keeps for it";
const GIVE_WAY: &str = "give them one in `network`: `nat`, `endpoints`, or `public_ip: true` in a public tier";
const NO_IMAGE: &str = "the image, or this tag of it, is not in its registry";
const PUSH: &str = "push it, or correct `image`";
const NO_LEAVE: &str = "the role that starts its tasks may not read a secret or an image";
const APPLY: &str =
    "`infractl apply` gives it what the file refers to; a key or a registry of others has to allow it itself";
const NO_VALUE: &str = "a secret has no value yet, or not this key or version";
const SET: &str = "set it with `infractl secrets set`";
const MEMORY: &str = "a container needs more memory than it may have";
const MORE: &str = "raise `memory`, or find out what it is used for";
const HEALTH: &str = "correct `health`, or let the service answer there with one of the codes that are good";

/// The first line that fits counts, so what is special comes before what is general.
#[rustfmt::skip]
const CAUSES: &[Cause] = &[
    // Images.
    cause_of(&["cannotpull", "toomanyrequests"], "the registry limits how much strangers may pull", "keep the image in one of the stack's `registries`"),
    cause_of(&["cannotpull", "rate limit"], "the registry limits how much strangers may pull", "keep the image in one of the stack's `registries`"),
    cause_of(&["cannotpull", "matching platform"], "the image is built for another processor", "build it for this `architecture`, or change that"),
    cause_of(&["cannotpull", "no space left"], "the image does not fit on the disk of a task", "raise `storage`"),
    cause_of(&["cannotpull", "i/o timeout"], NO_WAY, GIVE_WAY),
    cause_of(&["cannotpull", "timeout exceeded"], NO_WAY, GIVE_WAY),
    cause_of(&["cannotpull", "deadline exceeded"], NO_WAY, GIVE_WAY),
    cause_of(&["cannotpull", "request canceled"], NO_WAY, GIVE_WAY),
    cause_of(&["cannotpull", "may require authorization"], "the image is not in its registry, or its registry wants to know who pulls", "push it, correct `image`, or keep it in one of the stack's `registries`"),
    cause_of(&["cannotpull", "denied"], NO_LEAVE, APPLY),
    cause_of(&["cannotpull", "not authorized"], NO_LEAVE, APPLY),
    cause_of(&["cannotpull", "not found"], NO_IMAGE, PUSH),
    cause_of(&["cannotpull", "manifest unknown"], NO_IMAGE, PUSH),
    cause_of(&["cannotpull", "does not exist"], NO_IMAGE, PUSH),
    cause_of(&["cannotpull"], "the image cannot be pulled", "see that it is in its registry, and that its registry can be reached"),
    // What a task needs before it starts.
    cause_of(&["log group does not exist"], "the group that its log goes to is not there", "`infractl apply` makes it"),
    cause_of(&["cannot find the amazon cloudwatch log group"], "the group that its log goes to is not there", "`infractl apply` makes it"),
    cause_of(&["can't find the specified secret value"], NO_VALUE, SET),
    cause_of(&["retrieved secret from secrets manager did not contain json key"], NO_VALUE, SET),
    cause_of(&["resourcenotfound", "secret"], NO_VALUE, SET),
    cause_of(&["invalid parameters", "ssm"], "a parameter of Systems Manager is not there", "correct its ARN under `secrets`"),
    cause_of(&["unable to pull secrets", "accessdenied"], NO_LEAVE, APPLY),
    cause_of(&["unable to pull secrets", "not authorized"], NO_LEAVE, APPLY),
    cause_of(&["unable to pull secrets"], NO_WAY, GIVE_WAY),
    cause_of(&["unable to retrieve"], NO_WAY, GIVE_WAY),
    cause_of(&["cannot pull registry auth"], NO_WAY, GIVE_WAY),
    cause_of(&["logger args"], "its log cannot be written", "`infractl apply` allows it; where there is no way out, add `logs` to `endpoints` of `network`"),
    cause_of(&["unable to assume the role"], "a role of its tasks is not there, or was changed so that tasks may not have it", "`infractl apply` makes it right"),
    cause_of(&["unable to assume role"], "a role of its tasks is not there, or was changed so that tasks may not have it", "`infractl apply` makes it right"),
    cause_of(&["insufficientfreeaddresses"], "its subnets have no address left", "give them larger blocks in `network`, or use more zones"),
    cause_of(&["network interface provisioning"], "its subnets gave it no address in time", "see whether they are full; if not, it passes"),
    cause_of(&["executable file not found"], "the image has no such program", "correct `command` or `entrypoint`"),
    cause_of(&["no such file or directory", "cannotstart"], "the image has no such program", "correct `command` or `entrypoint`"),
    cause_of(&["exec format error"], "the image is built for another processor", "build it for this `architecture`, or change that"),
    cause_of(&["cannotstart"], "a container cannot be started as it is set", "see `command`, `entrypoint` and `user`"),
    // Room.
    cause_of(&["limit on the number of vcpus"], "the account may not run more processors on Fargate", "raise `Fargate On-Demand vCPU resource count` in the Service Quotas console, or use less"),
    cause_of(&["capacity is unavailable"], "Fargate has no room in these zones at the moment", "wait, use more `zones`, or fewer of `spot`"),
    cause_of(&["unable to place a task"], "Fargate has no room in these zones at the moment", "wait, use more `zones`, or fewer of `spot`"),
    cause_of(&["spot task was interrupted"], "Fargate took its spare capacity back", "run more of the tasks on demand: `base` of `spot`"),
    cause_of(&["spotinterruption"], "Fargate took its spare capacity back", "run more of the tasks on demand: `base` of `spot`"),
    cause_of(&["no space left"], "the disk of a task is full", "raise `storage`"),
    cause_of(&["outofmemory"], MEMORY, MORE),
    cause_of(&["ended with code 137"], "a container was killed: most often it needs more memory than it may have", MORE),
    cause_of(&["ended with code 139"], "a container broke off with a fault of memory", "the end of its log may say where"),
    // Health checks.
    cause_of(&["these codes: [404"], "there is nothing at the path of the health check (404)", HEALTH),
    cause_of(&["these codes: [401"], "the health check is asked who it is (401)", HEALTH),
    cause_of(&["these codes: [403"], "the health check is refused (403)", HEALTH),
    cause_of(&["these codes: [400"], "the service does not take requests for its address instead of its name (400)", HEALTH),
    cause_of(&["these codes: [3"], "the health check is sent elsewhere (a redirect)", HEALTH),
    cause_of(&["these codes: [5"], "the service answers its health check with an error of its own (5xx)", "its log says why: `infractl logs`"),
    cause_of(&["these codes: ["], "the health check gets a code that does not count as good", HEALTH),
    cause_of(&["target.timeout"], "the health check gets no answer in time", "see that the service listens on its `port` at all addresses, and starts within `grace` of `health`"),
    cause_of(&["request timed out"], "the health check gets no answer in time", "see that the service listens on its `port` at all addresses, and starts within `grace` of `health`"),
    cause_of(&["target.notinuse"], "no rule of the load balancer gives it requests", "`infractl apply` makes the rule"),
    cause_of(&["not configured to receive traffic"], "no rule of the load balancer gives it requests", "`infractl apply` makes the rule"),
    cause_of(&["target.failedhealthchecks"], "nothing listens where the health check asks, or it hangs up", "see that the service listens on its `port` at all addresses"),
    cause_of(&["failed elb health checks"], "the health checks of the load balancer fail", "see that the service answers at the path of `health` on its `port`, and starts within `grace`"),
    cause_of(&["failed container health checks"], "the check that runs in a container fails", "correct `check`, or give it more `start`"),
    cause_of(&["failed to register targets"], "its tasks cannot be put into the target group", "`infractl plan` shows whether that was changed or deleted"),
    // The program itself.
    cause_of(&["ended with code"], "the program in a container ended", "the end of its log says why: `infractl logs`"),
    cause_of(&["essential container in task exited"], "the program in a container ended", "the end of its log says why: `infractl logs`"),
];

/// What `said` most likely means, if the table knows.
#[must_use]
pub fn cause(said: &str) -> Option<&'static Cause> {
    let said = said.to_lowercase();
    CAUSES.iter().find(|it| it.says.iter().all(|part| said.contains(part)))
}

/// `said`, and at its end what it most likely means.
#[must_use]
pub fn explained(said: &str) -> String {
    cause(said).map_or_else(|| said.to_owned(), |it| format!("{}. Likely cause: {it}", said.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As AWS says it.
    const SAID: &[(&str, &str)] = &[
        (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref api:2: not found",
            NO_IMAGE,
        ),
        (
            "CannotPullContainerError: ref pull has been retried 1 time(s): 429 Too Many Requests - toomanyrequests: limit",
            "the registry limits how much strangers may pull",
        ),
        (
            "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/amd64'",
            "the image is built for another processor",
        ),
        ("CannotPullContainerError: dial tcp 52.1.2.3:443: i/o timeout", NO_WAY),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: AccessDeniedException: not authorized",
            NO_LEAVE,
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            NO_VALUE,
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: send request failed: dial tcp: i/o timeout",
            NO_WAY,
        ),
        (
            "ResourceInitializationError: failed to validate logger args: The specified log group does not exist.",
            "the group that its log goes to is not there",
        ),
        (
            "ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.",
            "a role of its tasks is not there, or was changed so that tasks may not have it",
        ),
        ("OutOfMemoryError: Container killed due to memory usage; api ended with code 137", MEMORY),
        (
            "Essential container in task exited; api ended with code 137",
            "a container was killed: most often it needs more memory than it may have",
        ),
        (
            "You've reached the limit on the number of vCPUs you can run concurrently",
            "the account may not run more processors on Fargate",
        ),
        (
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
            "Fargate has no room in these zones at the moment",
        ),
        (
            "Target.ResponseCodeMismatch: Health checks failed with these codes: [404]",
            "there is nothing at the path of the health check (404)",
        ),
        (
            "Target.ResponseCodeMismatch: Health checks failed with these codes: [503]",
            "the service answers its health check with an error of its own (5xx)",
        ),
        ("Target.Timeout: Request timed out", "the health check gets no answer in time"),
        (
            "Target.FailedHealthChecks: Health checks failed",
            "nothing listens where the health check asks, or it hangs up",
        ),
        ("Task failed ELB health checks in (target-group arn:aws:x)", "the health checks of the load balancer fail"),
        ("Essential container in task exited; api ended with code 1", "the program in a container ended"),
    ];

    #[test]
    fn words_have_the_meaning_that_people_look_for() {
        for (said, means) in SAID {
            assert_eq!(cause(said).map(|it| it.means), Some(*means), "{said}");
        }
        assert_eq!(cause("Scaling activity initiated by (deployment ecs-svc/1)"), None);
    }

    /// A line that comes after one that fits whatever it fits would never count.
    #[test]
    fn no_line_hides_another() {
        for it in CAUSES {
            assert_eq!(cause(&it.says.join(" … ")), Some(it));
        }
    }

    #[test]
    fn what_is_not_known_is_left_as_it_is() {
        assert_eq!(explained("tasks stopped."), "tasks stopped.");
        let said = explained("api: CannotPullContainerError: api:2: not found.");
        let ending = format!("not found. Likely cause: {NO_IMAGE}: {PUSH}");
        assert!(said.ends_with(&ending), "{said}");
    }
}
