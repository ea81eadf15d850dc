//! Registries of images.

use super::bench::{Sequence, case};

const API: &str = "+ecr.repository/api: key=AES256, name=shop-default/api, on_delete=keep, scan=true, tags=MUTABLE";

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "keys: { main: {} }",
    cases: &[
        case("registries: { api: {} }", &["create ecr.repository/api"], &[API]),
        case(
            "registries: { api: { keep: 20 } }",
            &["update ecr.repository/api: lifecycle"],
            &["ecr.repository/api expire: none -> any imageCountMoreThan 20"],
        ),
        case(
            "registries: { api: { untagged: 1w } }",
            &["update ecr.repository/api: lifecycle"],
            &[
                "ecr.repository/api expire: any imageCountMoreThan 20 -> untagged sinceImagePushed 7; any imageCountMoreThan 20",
            ],
        ),
        case(
            "registries: { api: { keep: null } }",
            &["update ecr.repository/api: lifecycle"],
            &[
                "ecr.repository/api expire: untagged sinceImagePushed 7; any imageCountMoreThan 20 -> untagged sinceImagePushed 7",
            ],
        ),
        case(
            "registries: { api: { untagged: null } }",
            &["update ecr.repository/api: lifecycle"],
            &["ecr.repository/api expire: untagged sinceImagePushed 7 -> none"],
        ),
        case(
            "registries: { api: { scan: false } }",
            &["update ecr.repository/api: scan_on_push"],
            &["ecr.repository/api scan: true -> false"],
        ),
        case(
            "registries: { api: { scan: true } }",
            &["update ecr.repository/api: scan_on_push"],
            &["ecr.repository/api scan: false -> true"],
        ),
        case(
            "registries: { api: { immutable: true } }",
            &["update ecr.repository/api: tag_mutability"],
            &["ecr.repository/api tags: MUTABLE -> IMMUTABLE"],
        ),
        case(
            "registries: { api: { immutable: false } }",
            &["update ecr.repository/api: tag_mutability"],
            &["ecr.repository/api tags: IMMUTABLE -> MUTABLE"],
        ),
        case(
            "registries: { api: { pull: ['210987654321'] } }",
            &["update ecr.repository/api: policy"],
            &["ecr.repository/api policy: none -> Allow \
                ecr:BatchCheckLayerAvailability,ecr:BatchGetImage,ecr:GetDownloadUrlForLayer \
                by AWS=arn:aws:iam::210987654321:root (2012-10-17)"],
        ),
        case(
            "registries: { api: { pull: [] } }",
            &["update ecr.repository/api: policy"],
            &["ecr.repository/api policy: Allow \
                ecr:BatchCheckLayerAvailability,ecr:BatchGetImage,ecr:GetDownloadUrlForLayer \
                by AWS=arn:aws:iam::210987654321:root (2012-10-17) -> none"],
        ),
        case(
            "registries: { api: { empty_on_destroy: true } }",
            &["update ecr.repository/api: empty_on_delete"],
            &["ecr.repository/api on_delete: keep -> empty"],
        ),
        case(
            "registries: { api: { empty_on_destroy: false } }",
            &["update ecr.repository/api: empty_on_delete"],
            &["ecr.repository/api on_delete: empty -> keep"],
        ),
        case(
            "registries: { api: { key: '${keys.main}' } }",
            &["replace ecr.repository/api: kms_key"],
            &["ecr.repository/api key: AES256 -> kms.key/main"],
        ),
        case(
            "registries: { web: { immutable: true } }",
            &["create ecr.repository/web"],
            &["+ecr.repository/web: key=AES256, name=shop-default/web, on_delete=keep, scan=true, tags=IMMUTABLE"],
        ),
        case(
            "registries: null",
            &["delete ecr.repository/api", "delete ecr.repository/web"],
            &["-ecr.repository/api", "-ecr.repository/web"],
        ),
    ],
};
