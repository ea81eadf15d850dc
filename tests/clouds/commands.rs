//! What the commands say and how they end.
