//! Deadlines, and pauses that grow.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Pauses that grow from [`Pace::FIRST`] to [`Pace::LONGEST`], up to a deadline.
#[derive(Debug)]
pub(super) struct Pace {
    began: Instant,
    pause: Duration,
}

impl Pace {
    const FIRST: Duration = Duration::from_millis(200);
    const LONGEST: Duration = Duration::from_secs(10);

    pub(super) fn new() -> Self {
        Self { began: Instant::now(), pause: Self::FIRST }
    }

    /// How long this has been going on.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Takes what was said to a call: once one is accepted, its effect is a matter of moments, however long it took to
    /// get there.
    pub(super) fn heed<E>(&mut self, said: &Result<(), E>) {
        if said.is_ok() {
            self.pause = Self::FIRST;
        }
    }

    /// Waits a little longer than the last time; `false`, at once, if `budget` is used up.
    pub(super) async fn pause(&mut self, budget: Duration) -> bool {
        let left = budget.saturating_sub(self.elapsed());
        if left.is_zero() {
            return false;
        }
        sleep(self.pause.min(left)).await;
        self.pause = self.pause.mul_f64(1.5).min(Self::LONGEST);
        true
    }
}
