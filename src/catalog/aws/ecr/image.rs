//! Images in registries: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/images.html>.

use aws_sdk_ecr::types::ImageIdentifier;

use crate::api::{ApiError, During, ReadCx, Result};

const CALL: &str = "ecr:BatchGetImage";

/// `image` by its digest, since a tag may mean another one tomorrow. One that is not in ECR in the region of `cx` is given
/// as it is.
///
/// # Errors
///
/// There is no such image, or ECR refused to tell.
pub async fn pinned(cx: &ReadCx, region: &str, image: &str) -> Result<String> {
    let Some(it) = Reference::of(image).filter(|it| it.region == region && it.digest.is_none()) else {
        return Ok(image.to_owned());
    };
    let id = ImageIdentifier::builder().image_tag(it.tag).build();
    let call = cx.ecr.batch_get_image().registry_id(it.account).repository_name(it.repository).image_ids(id);
    let answer = call.send().await.during(CALL)?;
    let digest = answer.images().iter().find_map(|it| it.image_id()?.image_digest());
    let lacks = || ApiError::refused(CALL, "ImageNotFound", format!("{} has no image {}", it.repository, it.tag));
    Ok(format!("{}/{}@{}", it.host, it.repository, digest.ok_or_else(lacks)?))
}

/// What the name of an image in ECR says, such as `123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v42`.
#[derive(Debug, PartialEq)]
struct Reference<'a> {
    host: &'a str,
    account: &'a str,
    region: &'a str,
    repository: &'a str,
    tag: &'a str,
    digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn of(image: &'a str) -> Option<Self> {
        let (host, path) = image.split_once('/')?;
        let (account, region) = host.split_once(".dkr.ecr.")?;
        let (region, _) = region.split_once('.')?;
        let (path, digest) = path.split_once('@').map_or((path, None), |(path, digest)| (path, Some(digest)));
        let (repository, tag) = path.split_once(':').unwrap_or((path, "latest"));
        Some(Self { host, account, region, repository, tag, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images() {
        let host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
        let it = Reference {
            host,
            account: "123456789012",
            region: "eu-central-1",
            repository: "shop/api",
            tag: "v42",
            digest: None,
        };
        assert_eq!(Reference::of(&format!("{host}/shop/api:v42")), Some(it));
        assert_eq!(Reference::of(&format!("{host}/api")).map(|it| it.tag), Some("latest"));
        assert_eq!(Reference::of(&format!("{host}/api@sha256:ab")).and_then(|it| it.digest), Some("sha256:ab"));
        assert_eq!((Reference::of("nginx:1"), Reference::of("public.ecr.aws/nginx/nginx:1")), (None, None));
    }
}
