//! Buckets with something in them, and buckets that somebody else has.

use std::time::Instant;

use aws_sdk_s3::{
    Client,
    config::Region,
    types::{BucketLocationConstraint, CreateBucketConfiguration},
};
use serde_json::json;

use crate::lab::Lab;

const VERSIONED: &str = "{stack: shop, region: eu-central-1, buckets: {media: {versioning: true}}}";

/// Two objects, one of them in two versions, a third that was deleted, and an upload that was never finished.
async fn fill(s3: &Client) -> String {
    let all = s3.list_buckets().prefix("shop-default-media-").send().await.unwrap();
    let name = all.buckets()[0].name().unwrap().to_owned();
    for key in ["a/b.jpg", "a/b.jpg", "c.jpg", "d.jpg"] {
        s3.put_object().bucket(&name).key(key).body(vec![0].into()).send().await.unwrap();
    }
    s3.delete_object().bucket(&name).key("d.jpg").send().await.unwrap();
    s3.create_multipart_upload().bucket(&name).key("e.jpg").send().await.unwrap();
    name
}

async fn held(s3: &Client, name: &str) -> usize {
    let all = s3.list_object_versions().bucket(name).send().await.unwrap();
    all.versions().len() + all.delete_markers().len()
}

#[tokio::test]
async fn what_a_bucket_holds_is_deleted_only_where_the_file_says_so() {
    let lab = Lab::new("buckets: holding").await;
    lab.write(VERSIONED);
    lab.ok(&["apply", "--yes"]).await;
    let s3 = lab.aws().await.s3;
    lab.behave(json!({"page_size": 0})).await;
    let name = fill(&s3).await;
    assert_eq!(held(&s3, &name).await, 5);
    let began = Instant::now();
    let said = lab.run(&["destroy", "--yes"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    for words in ["`empty_on_destroy: true`", "in the way: 5 versions of objects, such as a/b.jpg"] {
        assert!(said.err.contains(words), "{}", said.err);
    }
    assert!(began.elapsed().as_secs() < 60, "it waited for what nobody does");
    assert_eq!(held(&s3, &name).await, 5);
    lab.write(&VERSIONED.replace("versioning: true", "versioning: true, empty_on_destroy: true"));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(held(&s3, &name).await, 5);
    lab.behave(json!({"page_size": 2})).await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_environment_that_is_thrown_away_takes_its_objects_along() {
    let lab = Lab::new("buckets: thrown away").await;
    lab.write(&VERSIONED.replace("stack: shop", "stack: shop, ephemeral: true"));
    lab.ok(&["apply", "--yes"]).await;
    lab.behave(json!({"bucket_conflicts": 0.0})).await;
    fill(&lab.aws().await.s3).await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_oldest_region_has_buckets_as_well() {
    let lab = Lab::new("buckets: first region").await;
    lab.write(&VERSIONED.replace("eu-central-1", "us-east-1"));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

/// Someone has `name`, in some region.
async fn take(lab: &Lab, name: &str, region: &str) {
    let config = lab.aws().await.s3.config().to_builder().region(Region::new(region.to_owned()));
    let place =
        CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build();
    let call = Client::from_conf(config.build()).create_bucket().bucket(name).create_bucket_configuration(place);
    call.send().await.unwrap();
}

#[tokio::test]
async fn a_name_that_someone_has_is_told_before_anything_is_made() {
    let lab = Lab::new("buckets: taken").await;
    let other = lab.neighbour().await;
    for lab in [&lab, &other] {
        lab.behave(json!({"read_after_write": 0.0, "bucket_conflicts": 0.0, "new_id_unknown": 0.0})).await;
    }
    let names = ["theirs", "theirs-elsewhere", "ours", "ours-elsewhere"].map(|it| format!("{it}-{}", lab.account));
    take(&other, &names[0], "eu-central-1").await;
    take(&other, &names[1], "eu-west-1").await;
    take(&lab, &names[2], "eu-central-1").await;
    take(&lab, &names[3], "eu-west-1").await;
    for name in &names {
        lab.write(&format!("{{stack: shop, region: eu-central-1, buckets: {{media: {{name: {name}}}}}}}"));
        let changes = lab.changes().await;
        for args in [&["plan"][..], &["apply", "--yes"]] {
            let said = lab.run(args).await;
            let words = format!("s3.bucket/media: its name is taken by arn:aws:s3:::{name}");
            assert_eq!(said.code, 4, "{args:?} {said:?}");
            assert!((said.out + &said.err).contains(&words), "{args:?} {words}");
        }
        assert_eq!(lab.changes().await, changes);
    }
}

#[tokio::test]
async fn a_chosen_name_is_found_by_those_who_destroy() {
    let lab = Lab::new("buckets: chosen").await;
    let name = format!("media-{}", lab.account);
    lab.write(&format!("{{stack: shop, region: eu-central-1, buckets: {{media: {{name: {name}}}}}}}"));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}
