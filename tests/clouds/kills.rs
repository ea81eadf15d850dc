//! Killed after any change, the next run goes on.
