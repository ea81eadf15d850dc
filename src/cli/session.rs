//! From the arguments to what all commands work with.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    pin::pin,
    time::{Duration, Instant},
};

use etcetera::BaseStrategy;
use futures::future::try_join_all;

use super::{Common, Stop, folders};
use crate::{
    api::{
        ApiError, ReadCx, WriteCx,
        aws::Connection,
        cloudflare::{self, Zone},
        route53::HostedZone,
        vendor::{Key, Login, Vendors},
    },
    catalog::aws::{
        ecr::image,
        ecs::{cluster_name, images},
    },
    compile::{Compiled, Folder, Ground, check_limits, compile},
    diagnostic::{Diagnostic, did_you_mean},
    observe::{observe, rehearse},
    plan::{self, Observed, Plan, Targets},
    resource::{graph::Graph, tags::Scope, text::cidr::Cidr, value::Address},
    sandbox::{ACCOUNT, Home},
    show::{err, problem, view::Effort},
    spec::{
        self, Loaded, Selection, Source,
        model::{AccountId, ComponentName, Span, Text},
    },
};

/// No stack file and no saved plan is larger; reading it would only take memory.
const LARGEST: u64 = 64 << 20;

/// What to do when there is no stack file.
const NO_FILE: &str = "`infractl init` writes one to start from; `--file` names another one";

/// Images for services that are asked for besides the file.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// Services, and their images.
    pub(super) given: Vec<(String, String)>,
    /// Whether they count even where the file says another one.
    pub(super) forced: bool,
}

/// A stack, and the account it is for.
pub(super) struct Session {
    pub(super) loaded: Loaded,
    pub(super) cx: WriteCx,
    pub(super) compiled: Compiled,
    /// What the file names as its zone at Cloudflare.
    pub(super) zone: Option<Zone>,
    folders: BTreeMap<String, Folder>,
    began: Instant,
}

/// Reads the stack file; warnings are shown at once.
pub(super) fn load(common: &Common) -> Result<Loaded, Stop> {
    let loaded = load_quietly(common)?;
    err(&problem::problems(&loaded.problems));
    Ok(loaded)
}

/// Reads the stack file; warnings are left to the caller.
pub(super) fn load_quietly(common: &Common) -> Result<Loaded, Stop> {
    let source = Source { name: common.file.display().to_string(), text: read(&common.file, NO_FILE)? };
    let prefix = "INFRACTL_VAR_";
    let env_vars = env::vars_os()
        .filter_map(|(key, value)| Some((key.to_str()?.strip_prefix(prefix)?.to_owned(), value.to_str()?.to_owned())));
    let selection = Selection {
        env: common.env.clone(),
        vars: common.var.iter().cloned().collect(),
        env_vars: env_vars.collect::<BTreeMap<_, _>>(),
    };
    spec::load(&source, &selection).map_err(Stop::Problems)
}

/// A file's text; `missing` is what to do if there is none.
pub(super) fn read(path: &Path, missing: &'static str) -> Result<String, Stop> {
    let failed = |error: io::Error| Stop::File {
        path: path.to_owned(),
        help: (error.kind() == io::ErrorKind::NotFound).then_some(missing),
        error,
    };
    let file = File::open(path).map_err(failed)?;
    let mut text = String::new();
    // Not by its size: a pipe has none, and a device may have no end.
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > LARGEST {
        return Err(failed(io::Error::other(format!("more than {LARGEST} bytes are too many"))));
    }
    Ok(text)
}

/// A `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A length of time, such as `10m`.
pub(super) fn span(text: &str) -> Result<Span, String> {
    text.parse().map_err(|it: String| it.replace('\n', ": "))
}

/// Where the sandboxes are.
pub(super) fn home() -> Result<Home, Stop> {
    let base = etcetera::choose_base_strategy().map_err(|it| Stop::Failed(it.to_string()))?;
    let cache = base.cache_dir().join("infractl");
    let state =
        env::var_os("INFRACTL_SANDBOX_HOME").filter(|it| !it.is_empty()).map_or_else(|| cache.clone(), PathBuf::from);
    Ok(Home { cache, state })
}

/// The targets that `names` are: what is neither wanted nor there was not meant.
pub(super) fn targets(graph: &Graph, observed: &Observed, names: &[String]) -> Result<Targets, Stop> {
    let wanted = graph.nodes.iter().map(|(address, node)| (address, node.component.as_str()));
    let all: Vec<_> = wanted.chain(observed.ours.keys().map(|it| (it, ""))).collect();
    for name in names {
        let one = Targets(vec![name.clone()]);
        if !all.iter().any(|(address, component)| one.cover(address, component)) {
            let known = all.iter().flat_map(|(it, component)| [it.as_str(), Address::kind(it), component]);
            let near = did_you_mean(name, known.filter(|it| !it.is_empty()));
            let help = near.map_or_else(|| "`infractl graph` lists them".into(), |it| format!("did you mean `{it}`?"));
            return Err(Stop::Usage { why: format!("`--target {name}` is no resource of this stack"), help });
        }
    }
    Ok(Targets(names.to_vec()))
}

impl Session {
    /// Loads, connects, asks where it is, and compiles.
    pub(super) async fn open(common: &Common) -> Result<Self, Stop> {
        Self::open_with(common, &Images::default()).await
    }

    /// The same, with other images for services.
    pub(super) async fn open_with(common: &Common, images: &Images) -> Result<Self, Stop> {
        let mut loaded = load(common)?;
        let region = loaded.spec.region.to_string();
        let account = loaded.spec.account.as_ref().map(AccountId::as_str);
        let local = if common.sandbox { Some(local(account).await?) } else { None };
        let began = Instant::now();
        let cx = WriteCx::connect(&Connection { region: region.clone(), local, vendors: logins() }).await;
        let (place, domain, hosted, cloudflare) = tokio::join!(
            cx.read.meter.chain(0, cx.read.place(&region)),
            cx.read.meter.chain(0, zone(&cx.read, &loaded)),
            cx.read.meter.chain(0, hosted(&cx.read, &loaded)),
            cx.read.meter.chain(0, addresses(&cx.read, &loaded)),
        );
        let (place, zones) = place.map_err(|it| Stop::Unseen(vec![it]))?;
        let (domain, hosted) = (domain?, hosted?);
        let cloudflare = cloudflare.map_err(|it| Stop::Unseen(vec![it]))?;
        if let Some(account) = loaded.spec.account.as_ref().filter(|it| it.as_str() != place.account) {
            let why = format!("these credentials are for account {}, and the stack is for {account}", place.account);
            return Err(Stop::Refused { why, help: "choose others, as with AWS_PROFILE".into() });
        }
        fill_in(&cx.read, &mut loaded, &region, images).await?;
        let folders = folders::folders(common, &loaded)?;
        let ground = Ground { place, zones, domain, hosted, cloudflare, folders };
        let compiled = compile(&loaded.spec, &loaded.env, &ground).map_err(|it| Stop::Problems(loaded.locate(it)))?;
        Ok(Self { loaded, cx, compiled, zone: ground.domain, folders: ground.folders, began })
    }

    /// Refuses what cannot be made yet, and what the environment may not have.
    pub(super) fn ready(self) -> Result<Self, Stop> {
        if let Some((name, _)) = self.loaded.spec.services.iter().find(|(_, it)| it.image.is_none()) {
            let why = format!("neither the file nor an earlier release says which image the service `{name}` has");
            return Err(Stop::Refused { why, help: format!("infractl deploy --image {name}=REPOSITORY:TAG") });
        }
        let kept = check_limits(&self.compiled.graph, &self.loaded.spec);
        kept.map_err(|it| Stop::Problems(self.loaded.locate(it)))?;
        Ok(self)
    }

    /// The same, with the files of all sites.
    pub(super) fn built(self) -> Result<Self, Stop> {
        folders::all_there(&self.loaded, &self.folders)?;
        Ok(self)
    }

    /// What there is.
    pub(super) async fn observe(&self) -> Result<(Observed, Effort), Stop> {
        let look = observe(&self.cx.read, &self.compiled.graph);
        let observed = patiently(&self.cx.read, look).await.map_err(Stop::Unseen)?;
        Ok((observed, Effort { counts: self.cx.read.meter.counts(), took: self.began.elapsed() }))
    }

    /// What is to be done, with what providers say to that who can be asked beforehand.
    pub(super) async fn plan(&self, observed: &Observed, targets: &Targets) -> Plan {
        let mut plan = plan::plan(&self.compiled.graph, observed, targets);
        plan.conflicts.extend(rehearse(&self.cx.read, &plan).await);
        plan
    }
}

/// Says so if a provider that was asked too often makes `work` wait.
async fn patiently<T>(cx: &ReadCx, work: impl Future<Output = T>) -> T {
    const NOTICED: Duration = Duration::from_secs(2);
    let mut work = pin!(work);
    loop {
        tokio::select! {
            it = &mut work => return it,
            () = tokio::time::sleep(NOTICED) => (),
        }
        if let Some((who, left)) = cx.vendors.quiet().filter(|it| it.1 > NOTICED) {
            err(&format!("{who} was asked too often: waiting for {} s\n", left.as_secs()));
            tokio::select! {
                it = &mut work => return it,
                () = tokio::time::sleep(left) => (),
            }
        }
    }
}

/// What providers besides AWS know the caller by, as the environment says; an empty variable is as good as none.
pub(super) fn logins() -> Vendors<Login> {
    let set = |name: &str| env::var(name).ok().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let base = |name: &str| set(name).map(|it| it.trim_end_matches('/').to_owned());
    let cloudflare =
        set("CLOUDFLARE_API_TOKEN").map(|it| Login { base: base("CLOUDFLARE_API_BASE_URL"), key: Key::Bearer(it) });
    let upstash = set("UPSTASH_EMAIL")
        .zip(set("UPSTASH_API_KEY"))
        .map(|(name, password)| Login { base: base("UPSTASH_API_BASE_URL"), key: Key::Basic(name, password) });
    Vendors { cloudflare, upstash }
}

/// The zone at Cloudflare that the file names. If it names none, there may still be something in those that the token sees.
async fn zone(cx: &ReadCx, loaded: &Loaded) -> Result<Option<Zone>, Stop> {
    let named = loaded.spec.cloudflare.as_ref().map(|it| it.zone.to_string());
    if named.is_none() && cx.vendors.cloudflare.is_none() {
        return Ok(None);
    }
    let unseen = |it: ApiError| Stop::Unseen(vec![it]);
    let reader = cx.vendors.cloudflare().map_err(unseen)?;
    let found = cx.zones.get(reader, named.as_deref()).await.map_err(unseen)?;
    let Some(name) = named else { return Ok(None) };
    let wrong = |why: String, help: &str| {
        let problem = Diagnostic::error("cloudflare/zone", "cloudflare.zone", why).help(help);
        Stop::Problems(loaded.locate(vec![problem]))
    };
    match found {
        [] => Err(wrong(format!("the token sees no zone `{name}`"), "check the name, and what the token is for")),
        [zone] if zone.paused => {
            Err(wrong(format!("the zone `{name}` is paused"), "unpause it in Cloudflare's dashboard first"))
        }
        [zone] if zone.status != "active" => {
            let why = format!("the zone `{name}` is not in use: it is {}", zone.status);
            Err(wrong(why, "the domain's registrar has to name Cloudflare's name servers first"))
        }
        [zone] => Ok(Some(zone.clone())),
        several => {
            let accounts: Vec<_> = several.iter().map(|it| it.account.as_str()).collect();
            let why = format!("there is a zone `{name}` in several accounts: {}", accounts.join(", "));
            Err(wrong(why, "use a token that is for one of them"))
        }
    }
}

/// The zone in Route 53 that the file names, unless the stack makes it.
async fn hosted(cx: &ReadCx, loaded: &Loaded) -> Result<Option<HostedZone>, Stop> {
    let Some(dns) = loaded.spec.dns.as_ref().filter(|it| !it.create) else { return Ok(None) };
    let name = dns.name();
    let mut found = cx.hosted_zones(&name).await.map_err(|it| Stop::Unseen(vec![it]))?;
    let others = found.len();
    found.retain(|it| it.private == dns.private);
    let wrong = |why: String, help: &str| {
        let problem = Diagnostic::error("dns/zone", "dns.zone", why).help(help);
        Stop::Problems(loaded.locate(vec![problem]))
    };
    let word = if dns.private { "private" } else { "public" };
    match found.as_slice() {
        [] if others > 0 => {
            let help = if dns.private { "remove `private`" } else { "write `private: true` if it is meant" };
            Err(wrong(format!("the account has no {word} zone `{name}`, only one of the other kind"), help))
        }
        [] => Err(wrong(format!("the account has no zone `{name}`"), "check the name, or write `create: true`")),
        [zone] => {
            // Whoever looks for records looks there.
            let _ = cx.hosted.set(zone.clone());
            Ok(Some(zone.clone()))
        }
        several => {
            let ids: Vec<_> = several.iter().map(|it| it.id.as_str()).collect();
            let why = format!("the account has several {word} zones `{name}`: {}", ids.join(", "));
            Err(wrong(why, "delete those that nobody asks: the registrar names the servers of one of them"))
        }
    }
}

/// The addresses that Cloudflare asks origins from, if the file has anything for them.
async fn addresses(cx: &ReadCx, loaded: &Loaded) -> Result<Vec<Cidr>, ApiError> {
    match &loaded.spec.cloudflare {
        Some(it) if it.media.is_some() => cloudflare::addresses(cx.vendors.cloudflare()?).await,
        _ => Ok(Vec::new()),
    }
}

/// Gives services of which the file says no image the ones that are asked for, or else those that they run.
async fn fill_in(
    cx: &ReadCx,
    loaded: &mut Loaded,
    region: &str,
    Images { given, forced }: &Images,
) -> Result<(), Stop> {
    let spec = &mut loaded.spec;
    for (name, _) in given {
        let Some((_, service)) = spec.services.iter().find(|(it, _)| it.as_str() == name) else {
            let near = did_you_mean(name, spec.services.keys().map(ComponentName::as_str));
            let help =
                near.map_or_else(|| "it would stand under `services`".into(), |it| format!("did you mean `{it}`?"));
            return Err(Stop::Usage { why: format!("there is no service `{name}` in the file"), help });
        };
        if service.image.is_some() && !forced {
            let why = format!("the file says which image the service `{name}` has");
            let help = "remove `image` there, or change it and run `infractl apply`".into();
            return Err(Stop::Usage { why, help });
        }
    }
    let open = spec.services.iter().filter(|(_, it)| it.image.is_none()).map(|(name, _)| name.to_string());
    let kept: Vec<_> = open.filter(|name| given.iter().all(|(it, _)| it != name)).collect();
    let mut known = BTreeMap::new();
    if !kept.is_empty() {
        let scope = Scope { stack: spec.stack.to_string(), env: loaded.env.clone(), region: region.to_owned() };
        known = cx.meter.chain(0, images::running(cx, &cluster_name(&scope), &kept)).await?;
    }
    let pinned =
        given.iter().map(async |(name, it)| Ok::<_, ApiError>((name.clone(), image::pinned(cx, region, it).await?)));
    known.extend(try_join_all(pinned).await?);
    for (name, service) in &mut spec.services {
        if let Some(image) = known.remove(name.as_str()) {
            service.image = Some(Text::plain(image));
        }
    }
    Ok(())
}

/// Where the sandbox listens, and the account to be there: the stack's own, unless the environment names another.
pub(super) async fn local(account: Option<&str>) -> Result<(String, String), Stop> {
    let chosen = env::var("INFRACTL_SANDBOX_ACCOUNT").ok();
    let sandbox = home()?.start(&mut |it| err(&format!("sandbox: {it}\n"))).await?;
    Ok((sandbox.url, chosen.unwrap_or_else(|| account.unwrap_or(ACCOUNT).into())))
}
