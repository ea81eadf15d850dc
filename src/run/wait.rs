//! Deadlines, and pauses that grow.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Pauses that are a twentieth of what has been waited for already, so that little is waited for in vain, up to a deadline.
#[derive(Debug)]
pub(super) struct Pace {
    began: Instant,
    /// When something was last accepted.
    since: Instant,
}

impl Pace {
    const SHORTEST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(10);
    const SHARE: u32 = 20;

    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { began: now, since: now }
    }

    /// How long this has been going on.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Takes what was said to a call: once one is accepted, its effect is a matter of moments, however long it took to
    /// get there.
    pub(super) fn heed<E>(&mut self, said: &Result<(), E>) {
        if said.is_ok() {
            self.since = Instant::now();
        }
    }

    /// Waits a little longer than the last time; `false`, at once, if `budget` is used up.
    pub(super) async fn pause(&mut self, budget: Duration) -> bool {
        let left = budget.saturating_sub(self.elapsed());
        if left.is_zero() {
            return false;
        }
        let pause = (self.since.elapsed() / Self::SHARE).clamp(Self::SHORTEST, Self::LONGEST);
        sleep(pause.min(left)).await;
        true
    }
}
