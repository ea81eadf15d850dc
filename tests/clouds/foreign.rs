//! What is not ours is never touched.
