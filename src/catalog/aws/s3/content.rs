//! The files that a bucket publishes, from a folder.
//!
//! S3 lists keys and digests, not headers, and CloudFront does not say what it was told to forget. So two small objects
//! stand beside the files: [`HEADERS`] and [`PUBLISHED`] hold a digest each, of the rules by which all files have their
//! headers and of the files that were published as a whole. A list shows the digests of both like those of any object, so a look
//! is one call a thousand files. See `docs/decisions/0015-published-files.md`.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use md5::{Digest, Md5};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    At,
    bucket_policy::none_or_others,
    empty,
    objects::{self, Listed},
    tagging,
};
use crate::{
    api::{OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::cloudfront::invalidation::invalidate,
        lifecycle::{Changed, Lifecycle, Look, New},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Waits, text::digest::short, value::In},
};

/// Starts the keys that no file of a folder may have.
pub const OWN: &str = ".infractl/";
/// Tells by which rules the files have their headers.
const HEADERS: &str = ".infractl/headers";
/// Tells which files were published as a whole, and that the distribution forgot those before.
const PUBLISHED: &str = ".infractl/published";
/// More paths than this are forgotten with all the others: one path is as good as a thousand, and costs less.
const MOST_PATHS: usize = 30;

/// The files that a bucket publishes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// The files, by their paths in the folder, which are their keys.
    pub files: BTreeMap<String, File>,
    /// The bucket's name.
    pub bucket_name: String,
    /// The bucket's region.
    pub region: String,
    /// The folder that they come from.
    pub source: String,
    /// The id of the distribution that serves them, and forgets what has changed.
    pub distribution: Option<In<String>>,
    /// Whether one page answers for paths that are no files, so that all is forgotten when a page changes.
    pub single_page: bool,
    /// What tells the rules by which a file's key says its headers from others.
    pub rules: String,
    /// Whether all of them are there and the distribution has forgotten those before.
    pub published: bool,
}

/// A file that is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// The MD5 digest of what is in it.
    pub md5: String,
    /// What it is, such as `text/html; charset=utf-8`; empty if nobody can tell how it was sent.
    pub content_type: String,
    /// For how long who may keep it, such as `public, max-age=31536000, immutable`.
    pub cache_control: String,
}

/// What others refer to, and what is known of the last time that all of it was published.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The bucket's name with `/*`: what refers to the bucket does not refer to this.
    pub id: String,
    /// When that was, in seconds; different each time.
    pub last: i64,
    /// Whether its files have their headers by the rules that are wanted.
    pub ruled: bool,
    /// Whether it is still as it was then.
    pub whole: bool,
}

impl Resource for Content {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Content: bucket_name, region),
        unique_by: fields!(Content: bucket_name),
        at_creation: fields!(Content: source, distribution, single_page, rules),
        whole: fields!(Content: files),
        stands_on: &["s3.bucket"],
        // The bucket's tags speak for it, and it goes with the bucket.
        tagged: false,
        waits: Waits::minutes(60, 60, 15),
        ..Facts::new::<Self>(
            "s3.content",
            "the files that a bucket publishes",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Value> {
        Map::from_iter([("id".to_owned(), id(&self.bucket_name).into())])
    }
}

impl Content {
    fn digest(&self) -> String {
        digest(self.files.iter().map(|(key, it)| (key, &it.md5)))
    }
}

/// What tells files from others.
fn digest<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    short(&files.map(|(key, md5)| format!("{key}\n{md5}\n")).collect::<String>(), 32)
}

impl Lifecycle for Content {
    /// What nobody wants is not looked for: it goes with its bucket.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let found = try_join_all(look.wants.iter().map(|it| live(cx, it))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        publish(cx, &new.want, None).await
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        publish(cx, want, Some(live)).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Content { bucket_name, region, .. } = &live.state;
        empty::empty(&At::reading(&cx.read, bucket_name, region), &At::writing(cx, bucket_name, region)).await.or_done()
    }
}

/// Nothing that a page needs goes before the page does, and nothing comes after the page that needs it: files first, then
/// pages, then what is not wanted goes, and what the distribution keeps is forgotten.
async fn publish(cx: &WriteCx, want: &Content, live: Option<&Live<Content>>) -> Result<()> {
    let at = At::writing(cx, &want.bucket_name, &want.region);
    let (patient, none) = (objects::patient(&at), BTreeMap::new());
    let there = live.map_or(&none, |it| &it.state.files);
    let new = |page: bool| {
        let new = want.files.iter().filter(|(key, it)| is_page(key) == page && there.get(*key) != Some(*it));
        new.map(|(key, it)| (key.clone(), it.clone())).collect()
    };
    let ruled = live.is_some_and(|it| it.out.ruled);
    if !ruled && live.is_some() {
        // Whoever finds it cut off from here on does not know which file has which headers, nor what is kept elsewhere.
        objects::note(&at, HEADERS, "").await?;
        objects::note(&at, PUBLISHED, "").await?;
    }
    objects::upload(&patient, &want.source, new(false)).await?;
    objects::upload(&patient, &want.source, new(true)).await?;
    if !ruled {
        objects::note(&at, HEADERS, &want.rules).await?;
    }
    let gone: Vec<_> = there.keys().filter(|it| !want.files.contains_key(*it)).cloned().collect();
    objects::delete(&at, &gone).await?;
    if let Some((id, live)) = want.distribution.as_ref().zip(live) {
        let paths = forgotten(want, live);
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        // The same for every attempt at this publication, and for no other.
        let what = short(&format!("{}{}", want.digest(), want.rules), 32);
        if !paths.is_empty() {
            invalidate(cx, id.get(), &paths, &format!("infractl-{}-{what}", live.out.last)).await?;
        }
    }
    objects::note(&at, PUBLISHED, &want.digest()).await
}

/// Whether it refers to other files, so that it is published after them.
fn is_page(key: &str) -> bool {
    [".html", ".htm", ".xml", ".webmanifest"].iter().any(|it| key.to_lowercase().ends_with(it))
}

/// The paths that a distribution may have kept otherwise. What never changes under its name was kept once and for all.
fn forgotten(want: &Content, Live { state: live, out, .. }: &Live<Content>) -> Vec<String> {
    let now = |key: &str| want.files.get(key);
    let changed = live.files.iter().filter(|(key, it)| now(key) != Some(it)).map(|(key, _)| key.as_str());
    let stays = |key: &&str| now(key).is_some_and(|it| it.cache_control.contains("immutable"));
    let changed: Vec<_> = changed.filter(|it| !stays(it)).collect();
    let all = || vec!["/*".to_owned()];
    // Where somebody meddled, or an earlier run was cut off, nobody knows what there was before.
    if !out.whole || want.single_page && changed.iter().any(|it| is_page(it)) {
        return all();
    }
    let paths: BTreeSet<_> = changed.into_iter().flat_map(paths).collect();
    if paths.len() > MOST_PATHS { all() } else { paths.into_iter().collect() }
}

/// The paths that lead to a file: a page in a folder is asked for by the folder as well.
fn paths(key: &str) -> Vec<String> {
    let own = format!("/{}", encoded(key));
    let folder = own.strip_suffix("index.html").filter(|it| it.ends_with('/')).map(str::to_owned);
    let bare = folder.as_deref().map(|it| it.trim_end_matches('/').to_owned()).filter(|it| !it.is_empty());
    [Some(own), folder, bare].into_iter().flatten().collect()
}

/// A path as it is asked for, in ASCII.
fn encoded(key: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"/-_.~".contains(&it);
    key.bytes().map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}

/// `None` if there is no such bucket, or nothing in it.
async fn live(cx: &ReadCx, want: &Content) -> Result<Option<Live<Content>>> {
    let at = At::reading(cx, &want.bucket_name, &want.region);
    let (tags, listed) = tokio::join!(tagging::read(&at), objects::listed(&at));
    let (tags, listed) = (none_or_others(tags)?, none_or_others(listed)?);
    let Some((tags, listed)) = tags.zip(listed.filter(|it| !it.is_empty())) else { return Ok(None) };
    let (state, out) = seen(want, listed);
    Ok(Some(Live { state, out, tags, status: Status::Ready }))
}

/// What is there, by what is listed. The headers of files are known only if they are those that are wanted.
fn seen(want: &Content, mut listed: BTreeMap<String, Listed>) -> (Content, Out) {
    let ruled = listed.remove(HEADERS).is_some_and(|it| it.md5 == md5(&want.rules));
    let published = listed.remove(PUBLISHED).unwrap_or_default();
    let whole = published.md5 == md5(&digest(listed.iter().map(|(key, it)| (key, &it.md5))));
    let file = |(key, it): (String, Listed)| {
        let known = want.files.get(&key).filter(|_| ruled).cloned().unwrap_or_default();
        (key, File { md5: it.md5, ..known })
    };
    let files = listed.into_iter().map(file).collect();
    let out = Out { id: id(&want.bucket_name), last: published.at, ruled, whole };
    (Content { files, published: published.md5 == md5(&want.digest()), ..want.clone() }, out)
}

fn id(bucket: &str) -> String {
    format!("{bucket}/*")
}

fn md5(text: &str) -> String {
    use std::fmt::Write;
    Md5::digest(text).iter().fold(String::new(), |mut acc, it| {
        // Writing to a string cannot fail.
        let _ = write!(acc, "{it:02x}");
        acc
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, cache: &str) -> File {
        File { md5: md5(text), content_type: "text/html".into(), cache_control: cache.into() }
    }

    fn site(files: &[(&str, &str, &str)]) -> Content {
        let files = files.iter().map(|(key, text, cache)| ((*key).to_owned(), file(text, cache))).collect();
        Content { bucket_name: "shop".into(), files, published: true, ..Content::default() }
    }

    /// As S3 lists what was published.
    fn listed(it: &Content) -> BTreeMap<String, Listed> {
        let files = it.files.iter().map(|(key, it)| (key.clone(), it.md5.clone()));
        let notes = [(HEADERS.to_owned(), md5(&it.rules)), (PUBLISHED.to_owned(), md5(&it.digest()))];
        files.chain(notes).map(|(key, md5)| (key, Listed { md5, at: 1 })).collect()
    }

    fn live(want: &Content, listed: BTreeMap<String, Listed>) -> Live<Content> {
        let (state, out) = seen(want, listed);
        Live { state, out, tags: [].into(), status: Status::Ready }
    }

    #[test]
    fn what_was_published_is_as_it_should_be() {
        let want = site(&[("index.html", "a", "no-cache"), ("a.js", "b", "immutable")]);
        let Live { state, out, .. } = live(&want, listed(&want));
        assert_eq!((state.files, state.published, out.whole), (want.files, true, true));
    }

    #[test]
    fn other_headers_are_seen_though_no_list_shows_them() {
        let before = site(&[("index.html", "a", "no-cache")]);
        let want = Content { rules: "others".into(), ..site(&[("index.html", "a", "max-age=60")]) };
        let Live { state, out, .. } = live(&want, listed(&before));
        assert_eq!((state.files["index.html"].cache_control.as_str(), state.published, out.whole), ("", true, true));
        assert!(!out.ruled);
    }

    #[test]
    fn a_file_more_is_no_reason_to_send_the_others_again() {
        let before = site(&[("index.html", "a", "no-cache")]);
        let want = site(&[("index.html", "a", "no-cache"), ("a.js", "b", "immutable")]);
        let it = live(&want, listed(&before));
        assert_eq!(it.state.files, before.files);
        assert_eq!((it.state.published, it.out.whole, it.out.ruled), (false, true, true));
    }

    #[test]
    fn only_what_may_be_kept_is_forgotten() {
        let before =
            site(&[("index.html", "a", ""), ("docs/index.html", "a", ""), ("ä b.png", "a", ""), ("a.js", "a", "")]);
        let want = site(&[
            ("index.html", "b", ""),
            ("docs/index.html", "b", ""),
            ("a.js", "b", "immutable"),
            ("c.js", "c", ""),
        ]);
        let paths = forgotten(&want, &live(&want, listed(&before)));
        assert_eq!(paths, ["/", "/%C3%A4%20b.png", "/docs", "/docs/", "/docs/index.html", "/index.html"]);
        let single = Content { single_page: true, ..want.clone() };
        assert_eq!(forgotten(&single, &live(&single, listed(&before))), ["/*"]);
        let less = site(&[("index.html", "b", "")]);
        let more = site(&[("index.html", "b", ""), ("a.js", "a", "")]);
        assert_eq!(forgotten(&more, &live(&more, listed(&less))), Vec::<String>::new());
        let many: Vec<_> = (0..40).map(|it| format!("{it}.png")).collect();
        let many = site(&many.iter().map(|it| (it.as_str(), "a", "")).collect::<Vec<_>>());
        assert_eq!(forgotten(&want, &live(&want, listed(&many))), ["/*"]);
    }

    #[test]
    fn where_a_run_was_cut_off_all_is_forgotten() {
        let (before, want) = (site(&[("index.html", "a", "")]), site(&[("index.html", "b", "")]));
        let mut half = listed(&want);
        half.insert(PUBLISHED.into(), Listed { md5: md5(&before.digest()), at: 1 });
        let it = live(&want, half);
        assert_eq!((it.state.files == want.files, it.state.published, it.out.whole), (true, false, false));
        assert_eq!(forgotten(&want, &it), ["/*"]);
    }
}
