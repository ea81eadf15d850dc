//! Calls that are repeated for a while, where nobody looks first at what became of them.

#![expect(clippy::disallowed_methods, reason = "what passes is waited for")]

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ApiError, Result, retry::Class};

/// Which calls may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// All: a call that was carried out twice does the same as once.
    Always,
    /// Those that certainly were not carried out.
    Unheard,
}

/// How often something is tried, and how long apart if nobody says for how long to wait.
const TRIES: u32 = 3;
const APART: Duration = Duration::from_secs(1);

/// A deadline for all calls of something.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    until: Instant,
}

impl Patience {
    /// From now on, for so long.
    #[must_use]
    pub fn of(budget: Duration) -> Self {
        Self { until: Instant::now() + budget }
    }

    /// What `call` gives, which is repeated if that can help before the deadline.
    ///
    /// # Errors
    ///
    /// What was said last.
    pub async fn repeat<T>(self, again: Again, call: impl AsyncFn() -> Result<T>) -> Result<T> {
        for nth in 1..TRIES {
            let error = match call().await {
                Ok(it) => return Ok(it),
                Err(error) => error,
            };
            let pause = error.retry_after.unwrap_or(APART * nth);
            if !passes(&error, again) || Instant::now() + pause >= self.until {
                return Err(error);
            }
            sleep(pause).await;
        }
        call().await
    }
}

fn passes(error: &ApiError, again: Again) -> bool {
    match error.class() {
        Class::Throttled => true,
        Class::Unavailable | Class::NotYet | Class::Busy => again == Again::Always || !error.ambiguous,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn refused(code: &str) -> ApiError {
        ApiError::refused("POST https://example.com", code, "")
    }

    fn open() -> ApiError {
        ApiError { ambiguous: true, ..refused("Http503") }
    }

    /// How often a call is made that always fails so, and for how many seconds that goes on.
    async fn tries(again: Again, error: ApiError) -> (u32, u64) {
        let (count, began) = (Cell::new(0), Instant::now());
        let said = Patience::of(Duration::from_secs(30)).repeat(again, async || {
            count.set(count.get() + 1);
            Err::<(), _>(error.clone())
        });
        assert_eq!(said.await, Err(error.clone()));
        (count.get(), began.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_is_harmless_is_repeated() {
        assert_eq!(tries(Again::Always, open()).await, (3, 3));
        assert_eq!(tries(Again::Unheard, open()).await, (1, 0));
        for error in [refused("TooManyRequests"), refused("NotConnected")] {
            assert_eq!(tries(Again::Unheard, error).await, (3, 3));
        }
        assert_eq!(tries(Again::Always, refused("Http401")).await, (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_beyond_the_deadline() {
        let asks = |seconds| ApiError { retry_after: Some(Duration::from_secs(seconds)), ..refused("TooManyRequests") };
        assert_eq!(tries(Again::Always, asks(10)).await, (3, 20));
        assert_eq!(tries(Again::Always, asks(20)).await, (2, 20));
        assert_eq!(tries(Again::Always, asks(300)).await, (1, 0));
    }
}
