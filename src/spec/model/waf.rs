//! What is let through to load balancers and sites: AWS WAF.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    ComponentName, Retention, Spec, WafManaged,
    either::{Either, either, text_type, wrong},
};
use crate::resource::text::cidr::Cidr;

/// What the web ACL is called that is meant where none is named.
const USUAL: &str = "default";

/// What is let through, and what is not: a web ACL of AWS WAF, for each load balancer or site that names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waf {
    /// Groups of rules that AWS keeps up to date: a list such as `[common, sql]`, or a map with options. Default: `common`,
    /// `known_bad_inputs` and `ip_reputation`.
    #[serde(default)]
    pub managed: WafManaged,
    /// How many requests one address may send, or a list of such limits. Default: 2000 in `5m`; `[]` for no limit.
    #[serde(default)]
    pub rate: WafRates,
    /// Addresses that are refused, such as `[192.0.2.0/24]`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<Cidr>,
    /// Addresses that are let through, whatever the other rules say. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Cidr>,
    /// From which countries requests may be. Default: from all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<WafCountries>,
    /// The log of the requests that load balancers get, in CloudWatch Logs: how long it is kept, such as `30d`. It tells what
    /// was refused, and by which rule. Default: no log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<Retention>,
    /// What is done with requests that no rule decides on: `allow` (they are let through) or `block` (they are refused, so that
    /// only `allow` and `countries.allow` let any through). Default: `allow`.
    #[serde(default)]
    pub default: WafDefault,
}

/// As if nothing was said of it.
impl Default for Waf {
    fn default() -> Self {
        Self {
            managed: WafManaged::default(),
            rate: WafRates::default(),
            block: Vec::new(),
            allow: Vec::new(),
            countries: None,
            logs: None,
            default: WafDefault::default(),
        }
    }
}

impl Waf {
    /// How much of what AWS WAF can do for one request it takes
    /// (<https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html>).
    #[must_use]
    pub fn capacity(&self) -> u32 {
        let sets = [&self.allow, &self.block].into_iter().flat_map(|it| [true, false].map(|v4| (it, v4)));
        let sets = sets.filter(|(it, v4)| it.iter().any(|it| it.is_v4() == *v4)).map(|_| 1);
        let countries = self.countries.iter().map(|_| 1);
        // A limit for some paths looks for one text besides.
        let rates = self.rate.0.iter().map(|it| if it.path.is_some() { 4 } else { 2 });
        let managed = self.managed.0.keys().map(|it| it.capacity());
        sets.chain(countries).chain(rates).chain(managed).sum()
    }
}

impl Spec {
    /// The settings of the web ACL called `name`; one that is not named in the file has all at its default.
    #[must_use]
    pub fn web_acl(&self, name: &str) -> Option<Cow<'_, Waf>> {
        let own = self.waf.get(name).map(Cow::Borrowed);
        own.or_else(|| (name == USUAL).then(|| Cow::Owned(Waf::default())))
    }

    /// The web ACLs that are used, each with the path of the setting that names it.
    #[must_use]
    pub fn web_acls_in_use(&self) -> Vec<(String, &str)> {
        let balancer = self.load_balancer.as_ref().and_then(|it| it.waf.as_ref()?.name());
        let sites =
            self.sites.iter().filter_map(|(at, it)| Some((format!("sites.{at}.waf"), it.waf.as_ref()?.name()?)));
        balancer.map(|name| ("load_balancer.waf".to_owned(), name)).into_iter().chain(sites).collect()
    }
}

/// What is done with requests that no rule decides on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafDefault {
    /// They are let through.
    #[default]
    Allow,
    /// They are refused.
    Block,
}

/// From which countries requests may be: all but some, or only some.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafCountries {
    /// Those that are refused, such as `[KP]`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub block: Vec<CountryCode>,
    /// Those that are let through, if no other rule refuses them, such as `[DE, AT, CH]`: all others are refused. Default: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<CountryCode>,
}

/// How many requests are too many.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafRate {
    /// How many one may send in that time, from 10 to 2000000000. Who sends more is refused until it is less again.
    pub requests: u32,
    /// The time: `1m`, `2m`, `5m` or `10m`. Default: `5m`.
    #[serde(default)]
    pub per: WafWindow,
    /// By what those who send are told apart: `ip` (the address that a request comes from) or `forwarded_ip` (the one that a
    /// proxy notes in `X-Forwarded-For`, which anyone else can make up). Default: `ip`.
    #[serde(default)]
    pub by: WafKey,
    /// What the paths begin with of the requests that count, such as `/login`. Default: all count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathStart>,
}

/// The time in which requests are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum WafWindow {
    /// One minute.
    #[serde(rename = "1m")]
    One,
    /// Two minutes.
    #[serde(rename = "2m")]
    Two,
    /// Five minutes.
    #[default]
    #[serde(rename = "5m")]
    Five,
    /// Ten minutes.
    #[serde(rename = "10m")]
    Ten,
}

impl WafWindow {
    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        match self {
            Self::One => 60,
            Self::Two => 120,
            Self::Five => 300,
            Self::Ten => 600,
        }
    }
}

/// By what those who send requests are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WafKey {
    /// The address that a request comes from.
    #[default]
    Ip,
    /// The address that a proxy notes in `X-Forwarded-For`.
    ForwardedIp,
}

text_type! {
    /// A country, by the two capital letters of ISO 3166, such as `DE`.
    CountryCode, pattern: "^[A-Z]{2}$", check: country
}
text_type! {
    /// What paths begin with, such as `/login`.
    PathStart, pattern: "^/[!-~]{0,199}$", check: path_start
}

/// Those that AWS WAF knows: <https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html>.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM \
    FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO \
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA \
    SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US \
    UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

fn country(text: &str) -> Result<(), String> {
    if COUNTRIES.split_whitespace().any(|it| it == text) {
        return Ok(());
    }
    let upper = text.to_uppercase();
    let help = match upper.as_str() {
        "UK" => "the United Kingdom is GB".to_owned(),
        _ if upper != text && country(&upper).is_ok() => format!("write {upper}"),
        _ => "use the two letters of ISO 3166, such as DE".to_owned(),
    };
    Err(wrong(format!("`{text}` is no country"), help))
}

fn path_start(text: &str) -> Result<(), String> {
    if text.starts_with('/') && text.len() <= 200 && text.bytes().all(|it| it.is_ascii_graphic()) && !text.contains('*')
    {
        return Ok(());
    }
    let help = "write how it begins, without `*`, such as /login; at most 200 characters";
    Err(wrong(format!("`{text}` is not how a path begins"), help))
}

/// Limits of requests: one, or a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WafRates(pub Vec<WafRate>);

/// What suits a site whose pages have some dozens of parts each.
impl Default for WafRates {
    fn default() -> Self {
        Self(vec![WafRate { requests: 2000, per: WafWindow::default(), by: WafKey::default(), path: None }])
    }
}

impl<'de> Either<'de> for WafRates {
    const EXPECTED: &'static str = "a map with `requests`, or a list of such";

    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        WafRate::deserialize(map).map(|it| Self(vec![it]))
    }
}

impl<'de> Deserialize<'de> for WafRates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for WafRates {
    fn schema_name() -> Cow<'static, str> {
        "WafRates".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<WafRate>();
        json_schema!({
            "description": "How many requests one may send: a limit, or a list of them.",
            "anyOf": [one, { "type": "array", "items": one }],
        })
    }
}

/// Which web ACL something has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WafChoice {
    /// The one called `default`, or none.
    Usual(bool),
    /// One of the file's.
    Named(ComponentName),
}

impl WafChoice {
    /// What the web ACL is called; `None` for none.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Usual(it) => it.then_some(USUAL),
            Self::Named(it) => Some(it.as_str()),
        }
    }
}

impl Either<'_> for WafChoice {
    const EXPECTED: &'static str = "true, false, or the name of one under `waf`";

    fn from_bool<E: de::Error>(it: bool) -> Result<Self, E> {
        Ok(Self::Usual(it))
    }
    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        it.parse().map(Self::Named).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for WafChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl Serialize for WafChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Usual(it) => it.serialize(serializer),
            Self::Named(it) => it.serialize(serializer),
        }
    }
}

impl JsonSchema for WafChoice {
    fn schema_name() -> Cow<'static, str> {
        "WafChoice".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Whether there is a web ACL: true for the usual one, or the name of one under `waf`.",
            "anyOf": [{ "type": "boolean" }, generator.subschema_for::<ComponentName>()],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_have_their_letters() {
        assert!(["DE", "US", "XK", "GB"].iter().all(|it| country(it).is_ok()));
        assert!(country("de").unwrap_err().contains("write DE"));
        assert!(country("UK").unwrap_err().contains("GB"));
        assert!(["XX", "DEU", "", "D"].iter().all(|it| country(it).is_err()));
    }

    #[test]
    fn paths_begin_with_a_slash() {
        assert!(["/", "/login", "/a/b?"].iter().all(|it| path_start(it).is_ok()));
        assert!(["", "login", "/a b", "/a/*", "/ä"].iter().all(|it| path_start(it).is_err()));
    }

    #[test]
    fn capacity_is_what_the_rules_take() {
        assert_eq!(Waf::default().capacity(), 700 + 200 + 25 + 2);
        let addresses = ["192.0.2.0/24", "2001:db8::/32"].map(|it| it.parse().unwrap()).to_vec();
        let rate = WafRate { path: Some("/login".parse().unwrap()), ..WafRates::default().0.remove(0) };
        let waf = Waf { allow: addresses, rate: WafRates(vec![rate]), ..Waf::default() };
        assert_eq!(waf.capacity(), 925 + 2 + 4);
    }
}
