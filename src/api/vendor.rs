//! Providers besides AWS that speak JSON over HTTPS: who they are is in a file each, what is the same for all is here.
//!
//! Reads are repeated here; changes are sent once, for `run` looks first. Whoever asks to be left alone is: all calls of a
//! run to one provider share one clock.

#![expect(clippy::disallowed_methods, reason = "what is asked too often is waited for")]

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use reqwest::Method;
use reqwest::{
    StatusCode, Url,
    header::{HeaderMap, RETRY_AFTER},
};
use serde_json::{Value, json};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

use super::{
    ApiError, Result, cloudflare,
    meter::{Meter, ended},
    retry::Class,
    upstash,
};

/// Something for each provider, where there is one.
#[derive(Clone, Debug)]
pub struct Vendors<T> {
    /// Cloudflare: <https://developers.cloudflare.com/api/>.
    pub cloudflare: Option<T>,
    /// Upstash: <https://upstash.com/docs/devops/developer-api/introduction>.
    pub upstash: Option<T>,
}

impl<T> Default for Vendors<T> {
    fn default() -> Self {
        Self { cloudflare: None, upstash: None }
    }
}

/// How a provider is reached.
#[derive(Clone)]
pub struct Login {
    /// What all paths begin with; `None` for the provider's own address.
    pub base: Option<String>,
    /// What the provider knows the caller by.
    pub key: Key,
}

/// What a provider knows a caller by.
#[derive(Clone)]
pub enum Key {
    /// A token.
    Bearer(String),
    /// A name and a password.
    Basic(String, String),
}

/// Nobody gets to see a key.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What is special about a provider.
#[derive(Debug)]
pub(super) struct Dialect {
    /// How calls to it are named, as in `cloudflare:ListZones`.
    pub(super) name: &'static str,
    /// What people call it.
    pub(super) title: &'static str,
    /// Its own address.
    pub(super) base: &'static str,
    /// The variables of the environment that hold its key.
    pub(super) variables: &'static str,
    /// How many calls run at once.
    pub(super) at_once: usize,
    /// What an answer comes to.
    pub(super) read: fn(call: &str, status: StatusCode, body: Value) -> Result<Answer>,
    /// How many calls are left, and until when, if it says so.
    pub(super) budget: fn(&HeaderMap) -> Option<Budget>,
    /// Whether it may answer with a plain word instead of JSON.
    pub(super) words: bool,
}

/// What was asked for.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) result: Value,
    /// What to add to the query for the next page, if there is one.
    pub(super) next: Option<(&'static str, String)>,
}

/// How many more calls a provider takes before it wants to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) left: u32,
    pub(super) resets_in: Duration,
}

/// After how long an answer is not waited for any more.
const PATIENCE: Duration = Duration::from_secs(30);
/// For how long a read is repeated: a provider that has been asked too often may be silent for five minutes.
const READS: Duration = Duration::from_mins(8);
/// The first pause before a read is repeated; the next are longer.
const PAUSE: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(10);
/// With fewer calls left than this, those that are left are spread over the time until there are more.
const FEW: u32 = 50;
/// For how long somebody is left alone who does not say for how long.
const ALONE: Duration = Duration::from_secs(5);

/// Asks a provider, and can change nothing.
#[derive(Clone)]
pub struct Reader(Arc<Inner>);

/// Asks a provider, and tells it what to change.
#[derive(Clone, Debug)]
pub struct Writer {
    read: Reader,
}

struct Inner {
    dialect: &'static Dialect,
    client: reqwest::Client,
    base: String,
    key: Key,
    meter: Meter,
    permits: Semaphore,
    /// Until when nothing is sent.
    quiet: Mutex<Instant>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reader").field(&self.0.base).finish()
    }
}

impl Vendors<Login> {
    /// Makes the clients; sends nothing. A local cloud stands in for every provider.
    pub(super) fn open(&self, local: Option<&(String, String)>, meter: &Meter) -> Vendors<Reader> {
        let open = |login: Option<&Login>, dialect: &'static Dialect, stand_in: Key| match (local, login) {
            (Some((url, account)), _) => {
                let host = dialect.base.trim_start_matches("https://");
                let base = format!("{url}/_vendors/{account}/{host}");
                Some(Reader::new(dialect, base, stand_in, meter.clone()))
            }
            (None, Some(login)) => {
                let base = login.base.clone().unwrap_or_else(|| dialect.base.to_owned());
                Some(Reader::new(dialect, base, login.key.clone(), meter.clone()))
            }
            (None, None) => None,
        };
        Vendors {
            cloudflare: open(self.cloudflare.as_ref(), &cloudflare::DIALECT, Key::Bearer("local".into())),
            upstash: open(
                self.upstash.as_ref(),
                &upstash::DIALECT,
                Key::Basic("local@example.com".into(), "local".into()),
            ),
        }
    }
}

impl Vendors<Reader> {
    pub(super) fn writers(&self) -> Vendors<Writer> {
        let writer = |it: &Option<Reader>| it.clone().map(|read| Writer { read });
        Vendors { cloudflare: writer(&self.cloudflare), upstash: writer(&self.upstash) }
    }
}

impl Vendors<Reader> {
    /// Who has asked to be left alone, and for how much longer.
    #[must_use]
    pub fn quiet(&self) -> Option<(&'static str, Duration)> {
        let all = [&self.cloudflare, &self.upstash].into_iter().flatten();
        all.map(|it| (it.0.dialect.title, it.0.quiet())).max_by_key(|it| it.1).filter(|it| !it.1.is_zero())
    }
}

impl<T> Vendors<T> {
    /// # Errors
    /// The environment has no token for it.
    pub fn cloudflare(&self) -> Result<&T> {
        self.cloudflare.as_ref().ok_or_else(|| unset(&cloudflare::DIALECT))
    }

    /// # Errors
    /// The environment has no key for it.
    pub fn upstash(&self) -> Result<&T> {
        self.upstash.as_ref().ok_or_else(|| unset(&upstash::DIALECT))
    }
}

fn unset(dialect: &Dialect) -> ApiError {
    ApiError::refused(dialect.name, "NoCredentials", format!("{} not set", dialect.variables))
}

impl Reader {
    fn new(dialect: &'static Dialect, base: String, key: Key, meter: Meter) -> Self {
        // Without a proxy's settings there is nothing that could fail; if it does, the default will say why.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE / 3)
            .timeout(PATIENCE)
            .user_agent(concat!("infractl/", env!("CARGO_PKG_VERSION")))
            .build()
            .unwrap_or_default();
        let permits = Semaphore::new(dialect.at_once);
        Self(Arc::new(Inner { dialect, client, base, key, meter, permits, quiet: Mutex::new(Instant::now()) }))
    }

    /// What is at `path`, such as `/zones/ID/settings/ssl`.
    ///
    /// # Errors
    /// What was said last, once it does not help to ask again.
    pub async fn get(&self, call: &str, path: &str, query: &[(&str, &str)]) -> Result<Value> {
        Ok(self.patiently(call, &Method::GET, path, query, None).await?.result)
    }

    /// All pages of the list at `path`.
    ///
    /// # Errors
    /// What was said last, once it does not help to ask again.
    pub async fn list(&self, call: &str, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>> {
        let mut acc = Vec::new();
        let mut next = None::<(&'static str, String)>;
        loop {
            let page: Vec<_> = query.iter().copied().chain(next.iter().map(|(key, it)| (*key, it.as_str()))).collect();
            let answer = self.patiently(call, &Method::GET, path, &page, None).await?;
            match answer.result {
                Value::Array(items) => acc.extend(items),
                Value::Null => (),
                _ => return Err(ApiError::incomplete(call, "list")),
            }
            next = answer.next;
            if next.is_none() {
                return Ok(acc);
            }
        }
    }

    /// Asks whether `path` would take `body`, without giving it.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn rehearse(&self, call: &str, path: &str, body: &Value) -> Result<()> {
        self.send(call, Method::PUT, path, &[("dry_run", "true")], Some(body)).await.map(drop)
    }

    /// What `query` comes to in GraphQL. It is posted, and is a read all the same: nothing else can be posted here.
    ///
    /// # Errors
    /// What was said last, once it does not help to ask again.
    pub async fn graphql(&self, call: &str, query: &str, variables: &Value) -> Result<Value> {
        let body = json!({"query": query, "variables": variables});
        Ok(self.patiently(call, &Method::POST, "/graphql", &[], Some(&body)).await?.result)
    }

    async fn patiently(
        &self,
        call: &str,
        method: &Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let until = Instant::now() + READS;
        let mut pause = PAUSE;
        loop {
            let error = match self.send(call, method.clone(), path, query, body).await {
                Ok(it) => return Ok(it),
                Err(error) => error,
            };
            let passes = matches!(error.class(), Class::Throttled | Class::Unavailable);
            // Whoever cannot be reached at all will hardly be so soon.
            let tired = error.code == "NotConnected" && pause > Duration::from_secs(2);
            if !passes || tired || Instant::now() + pause.max(error.retry_after.unwrap_or_default()) > until {
                return Err(error);
            }
            tracing::info!(call, code = error.code, "asked again");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    async fn send(
        &self,
        call: &str,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let inner = &*self.0;
        // Whoever waits for others to make room follows on none of them.
        let depth = inner.meter.began(inner.dialect.name);
        let _permit = inner.permits.acquire().await.map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))?;
        inner.wait().await;
        let began = Instant::now();
        let answer = inner.ask(call, method, path, query, body).await;
        ended(depth);
        tracing::debug!(call, ok = answer.is_ok(), depth, ms = began.elapsed().as_millis(), "call");
        answer
    }
}

impl Writer {
    /// Tells it, once, and gives what comes back.
    ///
    /// # Errors
    /// What was said.
    pub async fn send(&self, call: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        Ok(self.read.send(call, method, path, &[], body).await?.result)
    }
}

impl Inner {
    /// For how much longer nothing is sent.
    fn quiet(&self) -> Duration {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner).saturating_duration_since(Instant::now())
    }

    async fn wait(&self) {
        // Somebody may have been asked to wait longer meanwhile.
        while let quiet = self.quiet()
            && !quiet.is_zero()
        {
            sleep(quiet).await;
        }
    }

    fn keep_quiet(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        *quiet = until.max(*quiet);
    }

    async fn ask(
        &self,
        call: &str,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let failed = |error: reqwest::Error| {
            let code = match () {
                () if error.is_builder() => "NotSent",
                () if error.is_connect() => "NotConnected",
                () => "NoAnswer",
            };
            ApiError {
                ambiguous: code == "NoAnswer",
                ..ApiError::refused(call, code, super::http::causes(&error.without_url()))
            }
        };
        let url = Url::parse_with_params(&format!("{}{path}", self.base), query);
        let url = url.map_err(|it| ApiError::refused(call, "NotSent", it.to_string()))?;
        let request = self.client.request(method, url);
        let request = match &self.key {
            Key::Bearer(token) => request.bearer_auth(token),
            Key::Basic(name, password) => request.basic_auth(name, Some(password)),
        };
        let request = body.iter().fold(request, |acc, it| acc.json(it));
        let answer = request.send().await.map_err(failed)?;
        let (status, alone) = (answer.status(), retry_after(answer.headers()));
        if let Some(pause) = (self.dialect.budget)(answer.headers()).and_then(Budget::pause) {
            self.keep_quiet(pause);
        }
        let throttled = status == StatusCode::TOO_MANY_REQUESTS;
        if throttled {
            self.keep_quiet(alone.unwrap_or(ALONE));
        }
        let text = answer.text().await.map_err(failed)?;
        let body = if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text) };
        let answer = match body {
            Ok(body) => (self.dialect.read)(call, status, body),
            Err(_) if status.is_success() && !self.dialect.words => {
                Err(ApiError::refused(call, "NoJson", "the answer is no JSON"))
            }
            Err(_) => (self.dialect.read)(call, status, Value::String(text.chars().take(300).collect())),
        };
        answer.map_err(|error| ApiError {
            code: if throttled { "TooManyRequests".into() } else { error.code },
            message: self.hidden(&error.message),
            ambiguous: status.is_server_error(),
            retry_after: alone,
            ..error
        })
    }

    /// What somebody said, without the key, in case that they repeat it.
    fn hidden(&self, text: &str) -> String {
        let (Key::Bearer(secret) | Key::Basic(_, secret)) = &self.key;
        if secret.is_empty() || self.base.contains("/_vendors/") {
            text.to_owned()
        } else {
            text.replace(secret, "***")
        }
    }
}

impl Budget {
    /// How long to wait before the next call, if few are left.
    fn pause(self) -> Option<Duration> {
        (self.left < FEW).then(|| self.resets_in / self.left.max(1))
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader() -> Reader {
        Reader::new(&cloudflare::DIALECT, "http://127.0.0.1:1".into(), Key::Bearer("secret".into()), Meter::default())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_to_be_left_alone_is() {
        let (reader, began) = (reader(), Instant::now());
        reader.0.keep_quiet(Duration::from_mins(5));
        reader.0.keep_quiet(Duration::from_secs(1));
        reader.0.wait().await;
        assert_eq!(began.elapsed().as_secs(), 300);
    }

    #[test]
    fn the_last_calls_are_spread_over_the_time_that_is_left() {
        let pause = |left| Budget { left, resets_in: Duration::from_mins(1) }.pause();
        assert_eq!(pause(FEW), None);
        assert_eq!(pause(30), Some(Duration::from_secs(2)));
        assert_eq!(pause(0), Some(Duration::from_mins(1)));
    }

    #[test]
    fn nobody_gets_to_see_a_key() {
        let login = Login { base: None, key: Key::Bearer("secret".into()) };
        assert!(!format!("{login:?} {:?}", reader()).contains("secret"));
        assert_eq!(reader().0.hidden("no secret here"), "no *** here");
    }
}
