//! Who is told of alarms.

use super::bench::{Sequence, case};

const OPS: &str = "+sns.topic/ops: called=shop-default-ops, email ops@example.com=asked, policy=Allow \
    sns:AddPermission,sns:DeleteTopic,sns:GetTopicAttributes,sns:ListSubscriptionsByTopic,sns:Publish,\
    sns:RemovePermission,sns:SetTopicAttributes,sns:Subscribe on sns.topic/ops by AWS=arn:aws:iam::this account:root; \
    Allow sns:Publish on sns.topic/ops by Service=cloudwatch.amazonaws.com if \
    ArnLike=aws:SourceArn=arn:aws:cloudwatch:eu-central-1:this account:alarm:*,\
    StringEquals=aws:SourceAccount=this account (2012-10-17)";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "keys: { main: {} }",
    cases: &[
        case(
            "notify: { ops: { email: [ops@example.com] } }",
            &["create sns.topic/ops", "create sns.subscription/email/ops@example.com/ops"],
            &[OPS],
        ),
        case(
            "notify: { ops: { https: ['https://example.com/alarms'] } }",
            &["create sns.subscription/https/https://example.com/alarms/ops"],
            &["sns.topic/ops https https://example.com/alarms: none -> asked"],
        ),
        case(
            "notify: { ops: { sms: ['+4930123456'] } }",
            &["create sns.subscription/sms/+4930123456/ops"],
            &["sns.topic/ops sms +4930123456: none -> told"],
        ),
        case(
            "notify: { ops: { sms: ['+4930123457'] } }",
            &["create sns.subscription/sms/+4930123457/ops", "delete sns.subscription/sms/+4930123456/ops"],
            &["sns.topic/ops sms +4930123456: told -> none", "sns.topic/ops sms +4930123457: none -> told"],
        ),
        // Whoever did not confirm cannot be taken off; that is over after some days.
        case(
            "notify: { ops: { email: [others@example.com] } }",
            &["create sns.subscription/email/others@example.com/ops"],
            &["sns.topic/ops email others@example.com: none -> asked"],
        ),
        case(
            "notify: { ops: { key: '${keys.main}' } }",
            &["update kms.key/main: policy.Statement", "update sns.topic/ops: kms_key"],
            &[
                "kms.key/main policy: Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17) -> \
                Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt,kms:GenerateDataKey* on * by Service=cloudwatch.amazonaws.com; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17)",
                "sns.topic/ops key: none -> kms.key/main",
            ],
        ),
        case(
            "notify: { ops: null }",
            &[
                "delete sns.topic/ops",
                "delete sns.subscription/sms/+4930123457/ops",
                "update kms.key/main: policy.Statement",
            ],
            &[
                "kms.key/main policy: Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt,kms:GenerateDataKey* on * by Service=cloudwatch.amazonaws.com; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17) -> \
                Allow kms:* on * by AWS=arn:aws:iam::this account:root; \
                Allow kms:Decrypt*,kms:Describe*,kms:Encrypt*,kms:GenerateDataKey*,kms:ReEncrypt* on * \
                by Service=logs.eu-central-1.amazonaws.com if ArnLike=kms:EncryptionContext:aws:logs:arn=\
                arn:aws:logs:eu-central-1:this account:log-group:/infractl/shop/default/* (2012-10-17)",
                "-sns.topic/ops",
            ],
        ),
        case(
            "notify: { ops: { email: [ops@example.com] } }",
            &["create sns.topic/ops", "create sns.subscription/email/ops@example.com/ops"],
            &[OPS],
        ),
        case("notify: null", &["delete sns.topic/ops"], &["-sns.topic/ops"]),
        case("keys: null", &["delete kms.key/main"], &["-kms.key/main"]),
    ],
};
