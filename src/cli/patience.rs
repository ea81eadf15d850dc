//! Calls outside of any plan, which nobody else repeats.

use std::time::{Duration, Instant};

use crate::api::{
    ApiError,
    retry::{Class, rule},
};

/// What passes is waited for: whoever repeats a change has to give the same token each time, so that it is one.
pub(super) async fn patiently<T, F: Future<Output = Result<T, ApiError>>>(call: impl Fn() -> F) -> Result<T, ApiError> {
    let began = Instant::now();
    loop {
        let error = match call().await {
            Ok(it) => return Ok(it),
            Err(error) => error,
        };
        let passes = matches!(error.class(), Class::Throttled | Class::Unavailable | Class::NotYet | Class::Busy);
        if !passes || began.elapsed() > rule(&error).budget {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
