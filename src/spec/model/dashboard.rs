//! The dashboard.

use super::outputs::{Count, Output, Outputs};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "dashboard",
    noun: "dashboard",
    count: Count::One { there: |spec| spec.dashboard, short: None },
    outputs: &[
        Output::text("url", "where it is seen in a browser"),
        Output::text("name", "its name, such as `shop-prod-eu-central-1`"),
    ],
    check: None,
};
