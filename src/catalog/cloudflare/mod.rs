//! Cloudflare: <https://developers.cloudflare.com/api/>. Nothing there has tags; what is ours has a [`mark`].

pub(crate) mod mark;
