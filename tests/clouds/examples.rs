//! Every example: made, found as it should be, and taken away.
