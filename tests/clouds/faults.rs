//! A cloud that misbehaves is converged upon all the same.
