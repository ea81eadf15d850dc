//! What happens when somebody asks the process to stop, by Ctrl-C or SIGTERM.

use tokio_util::sync::CancellationToken;

use crate::show::err;

/// The exit code of what was stopped.
pub(super) const STOPPED: u8 = 130;

/// Once: cancels, and says `first`. Twice: says `second`, and ends at once.
pub(super) async fn stop(cancel: CancellationToken, first: &str, second: impl FnOnce() -> String) {
    signalled().await;
    cancel.cancel();
    err(first);
    signalled().await;
    err(&second());
    std::process::exit(STOPPED.into());
}

/// Ends when somebody asks.
pub(super) async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => (),
        _ = terminate.recv() => (),
    }
}
