//! Keys.

use super::bench::{Sequence, case};

const MAIN: &str = "+kms.key/main: aliases=alias/shop-default-main, description=main of shop-default, on_delete=30, \
    policy=Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
    Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
    by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
    arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17), rotates=true, state=Enabled";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "outputs: {}",
    cases: &[
        case("keys: { main: {} }", &["create kms.key/main"], &[MAIN]),
        case(
            "keys: { main: { description: Of the shop } }",
            &["update kms.key/main: description"],
            &["kms.key/main description: main of shop-default -> Of the shop"],
        ),
        case(
            "keys: { main: { rotate: false } }",
            &["update kms.key/main: rotation"],
            &["kms.key/main rotates: true -> false"],
        ),
        case(
            "keys: { main: { rotate: true } }",
            &["update kms.key/main: rotation"],
            &["kms.key/main rotates: false -> true"],
        ),
        case(
            "keys: { main: { window: 7d } }",
            &["update kms.key/main: window_days"],
            &["kms.key/main on_delete: 30 -> 7"],
        ),
        case(
            "keys: { spare: { description: Another } }",
            &["create kms.key/spare"],
            &["+kms.key/spare: aliases=alias/shop-default-spare, description=Another, on_delete=30, \
                policy=Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17), rotates=true, \
                state=Enabled"],
        ),
        case("keys: { main: null }", &["delete kms.key/main"], &["-kms.key/main"]),
        // It comes back as it was.
        case(
            "keys: { main: { description: Of the shop, window: 7d } }",
            &["update kms.key/main: aliased, enabled, pending_deletion"],
            &["+kms.key/main: aliases=alias/shop-default-main, description=Of the shop, on_delete=7, \
                policy=Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17), rotates=true, \
                state=Enabled"],
        ),
        case("keys: null", &["delete kms.key/main", "delete kms.key/spare"], &["-kms.key/main", "-kms.key/spare"]),
    ],
};
