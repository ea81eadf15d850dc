//! The folders of sites: which files are in them, and digests of those.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use md5::{Digest, Md5};

use super::{Common, Stop};
use crate::{catalog::aws::s3::content::OWN, compile::Folder, diagnostic::Diagnostic, spec::Loaded};

/// What no site has this many of; a link that leads back to its own folder has.
const MOST: usize = 50_000;
/// Folders that far down are not looked into.
const DEEPEST: usize = 64;
/// What is no part of a site, though it may lie in its folder.
const LEFT_OUT: [&str; 3] = [".git", ".DS_Store", "Thumbs.db"];
/// The longest key, in bytes (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
const LONGEST: usize = 1024;
/// As much of a file is in memory at a time.
const PIECE: usize = 1 << 16;

/// The folders that are there, by the names of their sites.
pub(super) fn folders(common: &Common, loaded: &Loaded) -> Result<BTreeMap<String, Folder>, Stop> {
    let mut acc = BTreeMap::new();
    for (name, site) in &loaded.spec.sites {
        let base = common.file.parent().unwrap_or_else(|| Path::new(""));
        let path = base.join(site.source.as_str());
        if path.is_dir() {
            let files = files(&path).map_err(|why| wrong(loaded, name.as_str(), &why))?;
            acc.insert(name.to_string(), Folder { path: path.display().to_string(), files });
        }
    }
    Ok(acc)
}

/// Refuses a site that was not built: nothing would be published, and nobody would notice.
pub(super) fn all_there(loaded: &Loaded, folders: &BTreeMap<String, Folder>) -> Result<(), Stop> {
    let missing = loaded.spec.sites.iter().find(|(name, _)| !folders.contains_key(name.as_str()));
    missing.map_or(Ok(()), |(name, site)| {
        Err(wrong(loaded, name.as_str(), &format!("there is no folder {}", site.source)))
    })
}

fn wrong(loaded: &Loaded, name: &str, why: &str) -> Stop {
    let problem = Diagnostic::error("site/source", format!("sites.{name}.source"), why);
    Stop::Problems(loaded.locate(vec![problem.help("build the site first, as with `npm run build`")]))
}

/// The digests of all files in `folder`, by their paths in it.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let mut acc = BTreeMap::new();
    let mut left = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((path, start, depth)) = left.pop() {
        let unread = |it: io::Error| format!("{} cannot be read: {it}", path.display());
        for entry in fs::read_dir(&path).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            let name = path.file_name().and_then(|it| it.to_str());
            let name = name.ok_or_else(|| format!("the name of {} is no text", path.display()))?;
            if LEFT_OUT.contains(&name) {
                continue;
            }
            let key = format!("{start}{name}");
            if key.len() > LONGEST || key.starts_with(OWN) {
                return Err(format!("{key} cannot be published: its path is too long, or begins with {OWN}"));
            }
            let unread = |it: io::Error| format!("{} cannot be read: {it}", path.display());
            if !path.is_dir() {
                acc.insert(key, digest(&path).map_err(unread)?);
            } else if depth < DEEPEST {
                left.push((path, format!("{key}/"), depth + 1));
            } else {
                return Err(format!("{} is too deep: a link may lead back to its own folder", path.display()));
            }
            if acc.len() > MOST {
                return Err(format!("{} has more than {MOST} files", folder.display()));
            }
        }
    }
    Ok(acc)
}

fn digest(path: &Path) -> io::Result<String> {
    let (mut file, mut acc, mut piece) = (File::open(path)?, Md5::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece)?;
        let Some(new) = piece.get(..read).filter(|it| !it.is_empty()) else { break };
        acc.update(new);
    }
    Ok(acc.finalize().iter().map(|it| format!("{it:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_all_folders() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("index.html", "");
        write("a/b/c.txt", "abc");
        write(".well-known/security.txt", "");
        write(".git/HEAD", "");
        write("a/.DS_Store", "");
        let found = files(folder.path()).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), [".well-known/security.txt", "a/b/c.txt", "index.html"]);
        assert_eq!(found["a/b/c.txt"], "900150983cd24fb0d6963f7d28e17f72");
        write(".infractl/headers", "");
        assert!(files(folder.path()).unwrap_err().contains(".infractl/"));
    }
}
