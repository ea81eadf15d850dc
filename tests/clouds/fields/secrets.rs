//! Secrets whose values people set.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "keys: { main: {} }",
    cases: &[
        case(
            "secrets: { stripe: {} }",
            &["create secretsmanager.secret/stripe"],
            &["+secretsmanager.secret/stripe: description=stripe of shop-default, key=default, \
                name=/infractl/shop/default/stripe, on_delete=30"],
        ),
        case(
            "secrets: { stripe: { description: For payments } }",
            &["update secretsmanager.secret/stripe: description"],
            &["secretsmanager.secret/stripe description: stripe of shop-default -> For payments"],
        ),
        case(
            "secrets: { stripe: { description: '' } }",
            &["update secretsmanager.secret/stripe: description"],
            &["secretsmanager.secret/stripe description: For payments -> none"],
        ),
        case(
            "secrets: { stripe: { key: '${keys.main}' } }",
            &["update secretsmanager.secret/stripe: kms_key"],
            &["secretsmanager.secret/stripe key: default -> kms.key/main"],
        ),
        case(
            "secrets: { stripe: { key: null } }",
            &["update secretsmanager.secret/stripe: kms_key"],
            &["secretsmanager.secret/stripe key: kms.key/main -> default"],
        ),
        case(
            "secrets: { stripe: { recovery: 7d } }",
            &["update secretsmanager.secret/stripe: recovery_days"],
            &["secretsmanager.secret/stripe on_delete: 30 -> 7"],
        ),
        case(
            "secrets: { stripe: { generate: 32 } }",
            &["update secretsmanager.secret/stripe: value"],
            &["secretsmanager.secret/stripe value: none -> set"],
        ),
        // What is there stays.
        case("secrets: { stripe: { generate: 64 } }", &[], &[]),
        case("secrets: { stripe: { generate: null } }", &[], &[]),
        case("secrets: { stripe: null }", &["delete secretsmanager.secret/stripe"], &["-secretsmanager.secret/stripe"]),
        // It comes back as it was.
        case(
            "secrets: { stripe: { description: '', recovery: 7d } }",
            &["update secretsmanager.secret/stripe: pending_deletion"],
            &["+secretsmanager.secret/stripe: key=default, name=/infractl/shop/default/stripe, on_delete=7, value=set"],
        ),
        case(
            "secrets: { stripe: { recovery: none } }",
            &["update secretsmanager.secret/stripe: recovery_days"],
            &["secretsmanager.secret/stripe on_delete: 7 -> 0"],
        ),
        case(
            "secrets: { mail: { recovery: none } }",
            &["create secretsmanager.secret/mail"],
            &["+secretsmanager.secret/mail: description=mail of shop-default, key=default, \
                name=/infractl/shop/default/mail, on_delete=0"],
        ),
        case(
            "secrets: null",
            &["delete secretsmanager.secret/mail", "delete secretsmanager.secret/stripe"],
            &["-secretsmanager.secret/mail", "-secretsmanager.secret/stripe"],
        ),
        // Nothing of them is left that could come back, and their names are free again after a while.
        case(
            "secrets: { mail: {} }",
            &["create secretsmanager.secret/mail"],
            &["+secretsmanager.secret/mail: description=mail of shop-default, key=default, \
                name=/infractl/shop/default/mail, on_delete=30"],
        ),
    ],
};
