//! Every setting, changed once.
