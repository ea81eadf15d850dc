//! How requests go over from one release to the next.

use std::collections::BTreeSet;

use crate::{
    catalog::aws::{
        cloudwatch::alarm::Alarm,
        ecs::{
            smoke::Smoke,
            strategy::{Pause, Step, Strategy},
        },
    },
    compile::{
        load_balancer::{self, Routed},
        stack::Stack,
    },
    resource::value::In,
    spec::model::{self, Deploy, HostPattern},
};

/// For how many minutes a release waits to be tested: whoever deploys it does that at once, or is gone, and may come back.
const TEST_MINUTES: u32 = 30;

pub(super) fn strategy(deploy: &Deploy) -> Strategy {
    let (bake_minutes, shift) = (deploy.bake_minutes(), deploy.step());
    let step = Step { percent: shift.percent.to_string(), bake_minutes: shift.bake.seconds() / 60 };
    match deploy.strategy {
        None | Some(model::Strategy::Rolling) => Strategy::Rolling,
        Some(model::Strategy::BlueGreen) => Strategy::BlueGreen { bake_minutes },
        Some(model::Strategy::Canary) => Strategy::Canary { step, bake_minutes },
        Some(model::Strategy::Linear) => Strategy::Linear { step, bake_minutes },
    }
}

pub(super) fn alarms(deploy: &Deploy) -> BTreeSet<In<String>> {
    deploy.rollback_on.iter().map(|it| super::out::<Alarm>(it.as_str(), "name")).collect()
}

pub(super) fn pauses(deploy: &Deploy) -> BTreeSet<Pause> {
    if !deploy.shifts() {
        return BTreeSet::new();
    }
    let pause = |stage: &str, minutes| Pause { stage: stage.to_owned(), minutes };
    let test = deploy.smoke.as_ref().map(|_| pause(Pause::TESTED, TEST_MINUTES));
    let approval = deploy.approve.map(|it| pause(Pause::APPROVED, it.seconds() / 60));
    test.into_iter().chain(approval).collect()
}

pub(super) fn smoke(stack: &Stack<'_>, spec: &model::Service, routed: &Routed) -> Option<Smoke> {
    let path = spec.deploy.smoke.as_ref().filter(|_| spec.deploy.shifts())?;
    let hosts = spec.route.iter().flat_map(|it| it.host.iter()).map(HostPattern::as_str);
    Some(Smoke {
        url: load_balancer::url(stack),
        host: hosts.into_iter().find(|it| !it.contains(['*', '?'])).map(str::to_owned),
        path: path.to_string(),
        header: routed.shifted.as_ref()?.header.clone(),
    })
}
