//! Looking: never a change, few calls, nothing taken for absent that was not seen.
