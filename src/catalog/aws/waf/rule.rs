//! Rules of web ACLs: <https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html>.
//!
//! What the service fills in by itself is not a setting here, so that it never shows as a difference; what others set that is
//! never set here makes a rule one of another kind, so that it does.

use std::collections::BTreeSet;

use aws_sdk_wafv2::{
    error::BuildError,
    types::{
        AllowAction, AwsManagedRulesBotControlRuleSet, BlockAction, ByteMatchStatement, CountAction, FallbackBehavior,
        FieldToMatch, ForwardedIpConfig, GeoMatchStatement, IpSetReferenceStatement, ManagedRuleGroupConfig,
        ManagedRuleGroupStatement, NoneAction, NotStatement, OrStatement, OverrideAction, PositionalConstraint,
        RateBasedStatement, RateBasedStatementAggregateKeyType as KeyType, Rule as SdkRule, RuleAction,
        RuleActionOverride, Statement as SdkStatement, TextTransformation, TextTransformationType, UriPath,
        VisibilityConfig,
    },
};
use aws_smithy_types::Blob;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, Result},
    resource::value::In,
};

/// Whose groups of rules are meant.
const VENDOR: &str = "AWS";
/// Where a proxy says from whom a request came.
const FORWARDED: &str = "X-Forwarded-For";

type Built<T> = std::result::Result<T, BuildError>;

/// What a web ACL does with some requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// When it is its turn: the lowest number comes first.
    pub priority: u32,
    /// Which requests it is about.
    pub statement: Statement,
    /// What is done with them.
    pub action: Action,
    /// Settings that are never made here, such as labels.
    pub others: BTreeSet<String>,
}

/// Which requests a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Those that a group of rules finds which AWS keeps.
    Managed(Managed),
    /// Those of whoever sends too many.
    Rate(Rate),
    /// Those from addresses in sets, by their ARNs.
    Addresses(BTreeSet<In<String>>),
    /// Those from countries, by their codes.
    Countries(BTreeSet<String>),
    /// Those from all countries but these.
    OtherCountries(BTreeSet<String>),
    /// Those that only somebody else can tell.
    Other,
}

/// A group of rules that AWS keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Managed {
    /// Its name, such as `AWSManagedRulesCommonRuleSet`.
    pub group: String,
    /// Its version; the one that AWS recommends if there is none.
    pub version: Option<String>,
    /// Those of its rules that only count what they find.
    pub counted: BTreeSet<String>,
    /// How closely bots are looked at: `COMMON` or `TARGETED`. Only the group against bots has it.
    pub level: Option<String>,
}

/// How many requests are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    /// How many one may send in that time.
    pub requests: u32,
    /// The time: 60, 120, 300 or 600.
    pub window_seconds: u32,
    /// By what those who send are told apart: `IP` or `FORWARDED_IP`.
    pub by: String,
    /// What the paths begin with of the requests that count; all count if there is none.
    pub path: Option<String>,
}

/// What is done with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// They pass, and no later rule sees them.
    Allow,
    /// They are refused.
    Block,
    /// They are counted, and go on to the next rule.
    Count,
    /// What the rules of a group say.
    AsGroup,
    /// What is never done here.
    Other,
}

/// What of its requests can be seen in CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Visibility {
    /// What its metrics are called.
    pub metric_name: String,
    /// Whether requests are counted in CloudWatch.
    pub metrics: bool,
    /// Whether some requests are kept for a few hours, to be looked at.
    pub samples: bool,
}

impl Visibility {
    /// All that there is to see, under `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self { metric_name: name.to_owned(), metrics: true, samples: true }
    }

    pub(super) fn seen(it: &VisibilityConfig) -> Self {
        Self {
            metric_name: it.metric_name().to_owned(),
            metrics: it.cloud_watch_metrics_enabled(),
            samples: it.sampled_requests_enabled(),
        }
    }

    pub(super) fn to_sdk(&self) -> Built<VisibilityConfig> {
        let it = VisibilityConfig::builder().metric_name(&self.metric_name);
        it.cloud_watch_metrics_enabled(self.metrics).sampled_requests_enabled(self.samples).build()
    }
}

impl Rule {
    /// A rule as the service shows it.
    pub(super) fn seen(it: &SdkRule) -> Result<Self> {
        let priority = u32::try_from(it.priority());
        let priority = priority.map_err(|_| ApiError::incomplete("wafv2:GetWebACL", "priority of a rule"))?;
        let usual = it.visibility_config().map(Visibility::seen) == Some(Visibility::of(it.name()));
        let others = [
            ("labels", !it.rule_labels().is_empty()),
            ("captcha", it.captcha_config().is_some()),
            ("challenge", it.challenge_config().is_some()),
            ("visibility", !usual),
        ];
        Ok(Self {
            priority,
            statement: it.statement().and_then(Statement::seen).unwrap_or(Statement::Other),
            action: action(it),
            others: others.into_iter().filter(|(_, there)| *there).map(|(name, _)| name.to_owned()).collect(),
        })
    }

    /// The rule called `name` as the service takes it.
    pub(super) fn to_sdk(&self, name: &str) -> Built<SdkRule> {
        let rule = SdkRule::builder().name(name).priority(i32::try_from(self.priority).unwrap_or(i32::MAX));
        let rule = rule.statement(self.statement.to_sdk()?).visibility_config(Visibility::of(name).to_sdk()?);
        let group = matches!(self.statement, Statement::Managed(_));
        let rule = match (self.action, group) {
            (Action::Count, true) => rule.override_action(OverrideAction::builder().count(count()).build()),
            (_, true) => rule.override_action(OverrideAction::builder().none(NoneAction::builder().build()).build()),
            (Action::Allow, _) => rule.action(RuleAction::builder().allow(AllowAction::builder().build()).build()),
            (Action::Count, _) => rule.action(RuleAction::builder().count(count()).build()),
            _ => rule.action(RuleAction::builder().block(BlockAction::builder().build()).build()),
        };
        rule.build()
    }
}

fn count() -> CountAction {
    CountAction::builder().build()
}

fn action(it: &SdkRule) -> Action {
    if let Some(it) = it.override_action() {
        let plain = it.count().is_some_and(|it| it.custom_request_handling().is_none());
        return if plain { Action::Count } else { it.none().map_or(Action::Other, |_| Action::AsGroup) };
    }
    let Some(it) = it.action() else { return Action::Other };
    let is = [
        (Action::Allow, it.allow().is_some_and(|it| it.custom_request_handling().is_none())),
        (Action::Block, it.block().is_some_and(|it| it.custom_response().is_none())),
        (Action::Count, counts(it)),
    ];
    is.into_iter().find(|(_, is)| *is).map_or(Action::Other, |(action, _)| action)
}

fn counts(it: &RuleAction) -> bool {
    it.count().is_some_and(|it| it.custom_request_handling().is_none())
}

impl Statement {
    /// `None` if only somebody else makes such a one.
    fn seen(it: &SdkStatement) -> Option<Self> {
        if let Some(it) = it.managed_rule_group_statement() {
            return Managed::seen(it).map(Self::Managed);
        }
        if let Some(it) = it.rate_based_statement() {
            return Rate::seen(it).map(Self::Rate);
        }
        if let Some(it) = it.not_statement() {
            return countries(it.statement()?).map(Self::OtherCountries);
        }
        if let Some(it) = it.or_statement() {
            return it.statements().iter().map(set).collect::<Option<_>>().map(Self::Addresses);
        }
        set(it).map(|it| Self::Addresses([it].into())).or_else(|| countries(it).map(Self::Countries))
    }

    fn to_sdk(&self) -> Built<SdkStatement> {
        let it = SdkStatement::builder();
        let it = match self {
            Self::Managed(managed) => it.managed_rule_group_statement(managed.to_sdk()?),
            Self::Rate(rate) => it.rate_based_statement(rate.to_sdk()?),
            Self::Addresses(sets) => {
                let set = |it: &In<String>| {
                    let set = IpSetReferenceStatement::builder().arn(it.get()).build()?;
                    Ok(SdkStatement::builder().ip_set_reference_statement(set).build())
                };
                let mut sets = sets.iter().map(set).collect::<Built<Vec<_>>>()?;
                // The service wants two at least in a list.
                match sets.pop() {
                    Some(one) if sets.is_empty() => return Ok(one),
                    last => it.or_statement(OrStatement::builder().set_statements(Some(joined(sets, last))).build()?),
                }
            }
            Self::Countries(codes) => it.geo_match_statement(geo(codes)),
            Self::OtherCountries(codes) => {
                let these = SdkStatement::builder().geo_match_statement(geo(codes)).build();
                it.not_statement(NotStatement::builder().statement(these).build())
            }
            Self::Other => it,
        };
        Ok(it.build())
    }
}

fn joined<T>(mut acc: Vec<T>, last: Option<T>) -> Vec<T> {
    acc.extend(last);
    acc
}

fn geo(codes: &BTreeSet<String>) -> GeoMatchStatement {
    let codes = codes.iter().map(|it| it.as_str().into());
    GeoMatchStatement::builder().set_country_codes(Some(codes.collect())).build()
}

/// The countries that a request may be from, if that is all that is asked.
fn countries(it: &SdkStatement) -> Option<BTreeSet<String>> {
    let it = it.geo_match_statement().filter(|it| it.forwarded_ip_config().is_none())?;
    Some(it.country_codes().iter().map(|it| it.as_str().to_owned()).collect())
}

/// The set of addresses that a request may be from, if that is all that is asked.
fn set(it: &SdkStatement) -> Option<In<String>> {
    let it = it.ip_set_reference_statement().filter(|it| it.ip_set_forwarded_ip_config().is_none())?;
    Some(it.arn().into())
}

impl Managed {
    fn seen(it: &ManagedRuleGroupStatement) -> Option<Self> {
        let counted = it.rule_action_overrides().iter();
        let counted = counted.map(|it| it.action_to_use().is_some_and(counts).then(|| it.name().to_owned()));
        // What the service took before there were actions to choose from.
        let excluded = it.excluded_rules().iter().map(|it| Some(it.name().to_owned()));
        let levels = it.managed_rule_group_configs().iter();
        let levels = levels.map(|it| Some(it.aws_managed_rules_bot_control_rule_set()?.inspection_level().as_str()));
        let levels = levels.collect::<Option<Vec<_>>>()?;
        let plain = it.vendor_name() == VENDOR && it.scope_down_statement().is_none() && levels.len() <= 1;
        plain.then_some(())?;
        Some(Self {
            group: it.name().to_owned(),
            version: it.version().map(str::to_owned),
            counted: counted.chain(excluded).collect::<Option<_>>()?,
            level: levels.first().map(|it| (*it).to_owned()),
        })
    }

    fn to_sdk(&self) -> Built<ManagedRuleGroupStatement> {
        let action = || RuleAction::builder().count(count()).build();
        let counted =
            self.counted.iter().map(|it| RuleActionOverride::builder().name(it).action_to_use(action()).build());
        let counted: Vec<_> = counted.collect::<Built<_>>()?;
        let configs = self.level.iter().map(|it| {
            let bots = AwsManagedRulesBotControlRuleSet::builder().inspection_level(it.as_str().into()).build()?;
            Ok(ManagedRuleGroupConfig::builder().aws_managed_rules_bot_control_rule_set(bots).build())
        });
        let configs: Vec<_> = configs.collect::<Built<_>>()?;
        let some = |it: bool| it.then_some(());
        ManagedRuleGroupStatement::builder()
            .vendor_name(VENDOR)
            .name(&self.group)
            .set_version(self.version.clone())
            .set_rule_action_overrides(some(!counted.is_empty()).map(|()| counted))
            .set_managed_rule_group_configs(some(!configs.is_empty()).map(|()| configs))
            .build()
    }
}

impl Rate {
    fn seen(it: &RateBasedStatement) -> Option<Self> {
        let by = it.aggregate_key_type();
        let header = it.forwarded_ip_config().map(|it| (it.header_name(), it.fallback_behavior()));
        let usual = match (by, header) {
            (KeyType::Ip, header) => header.is_none(),
            (KeyType::ForwardedIp, Some((name, fallback))) => {
                name.eq_ignore_ascii_case(FORWARDED) && *fallback == FallbackBehavior::NoMatch
            }
            _ => false,
        };
        (usual && it.custom_keys().is_empty()).then_some(())?;
        Some(Self {
            requests: u32::try_from(it.limit()).ok()?,
            window_seconds: u32::try_from(it.evaluation_window_sec()).ok()?,
            by: by.as_str().to_owned(),
            path: match it.scope_down_statement() {
                None => None,
                Some(it) => Some(path(it)?),
            },
        })
    }

    fn to_sdk(&self) -> Built<RateBasedStatement> {
        let it = RateBasedStatement::builder()
            .limit(self.requests.into())
            .evaluation_window_sec(self.window_seconds.into())
            .aggregate_key_type(self.by.as_str().into());
        let it = if self.by == KeyType::ForwardedIp.as_str() {
            let header = ForwardedIpConfig::builder().header_name(FORWARDED);
            it.forwarded_ip_config(header.fallback_behavior(FallbackBehavior::NoMatch).build()?)
        } else {
            it
        };
        let Some(path) = &self.path else { return it.build() };
        let plain = TextTransformation::builder().priority(0).r#type(TextTransformationType::None).build()?;
        let begins = ByteMatchStatement::builder()
            .field_to_match(FieldToMatch::builder().uri_path(UriPath::builder().build()).build())
            .positional_constraint(PositionalConstraint::StartsWith)
            .search_string(Blob::new(path.as_bytes()))
            .text_transformations(plain)
            .build()?;
        it.scope_down_statement(SdkStatement::builder().byte_match_statement(begins).build()).build()
    }
}

/// What the paths of requests begin with, if that is all that is asked.
fn path(it: &SdkStatement) -> Option<String> {
    let it = it.byte_match_statement()?;
    let plain = it.text_transformations().iter().all(|it| *it.r#type() == TextTransformationType::None);
    let paths = it.field_to_match().is_some_and(|it| it.uri_path().is_some());
    let begins = *it.positional_constraint() == PositionalConstraint::StartsWith;
    (plain && paths && begins).then(|| String::from_utf8(it.search_string().as_ref().to_vec()).ok())?
}

#[cfg(test)]
mod tests {
    use aws_sdk_wafv2::types::{ExcludedRule, InspectionLevel, Label};

    use super::*;

    fn managed() -> Managed {
        let counted = ["SizeRestrictions_BODY".to_owned()].into();
        Managed { group: "AWSManagedRulesCommonRuleSet".into(), version: None, counted, level: None }
    }

    fn rate() -> Rate {
        Rate { requests: 100, window_seconds: 60, by: "FORWARDED_IP".into(), path: Some("/login".into()) }
    }

    fn rule(action: Action, statement: Statement) -> Rule {
        Rule { priority: 3, statement, action, others: BTreeSet::new() }
    }

    fn codes(all: &[&str]) -> BTreeSet<String> {
        all.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let bots = Managed { version: Some("Version_1.0".into()), level: Some("COMMON".into()), ..managed() };
        let everyone = Rate { by: "IP".into(), path: None, ..rate() };
        for it in [
            rule(Action::AsGroup, Statement::Managed(managed())),
            rule(Action::Count, Statement::Managed(bots)),
            rule(Action::Block, Statement::Rate(rate())),
            rule(Action::Count, Statement::Rate(everyone)),
            rule(Action::Allow, Statement::Addresses(["arn:one".into()].into())),
            rule(Action::Block, Statement::Addresses(["arn:one".into(), "arn:two".into()].into())),
            rule(Action::Block, Statement::Countries(codes(&["KP", "IR"]))),
            rule(Action::Block, Statement::OtherCountries(codes(&["DE"]))),
        ] {
            assert_eq!(Rule::seen(&it.to_sdk("name").unwrap()).unwrap(), it);
        }
    }

    #[test]
    fn what_the_service_fills_in_is_no_difference() {
        let bots = AwsManagedRulesBotControlRuleSet::builder().inspection_level(InspectionLevel::Common);
        let bots = bots.enable_machine_learning(true).build().unwrap();
        let config = ManagedRuleGroupConfig::builder().aws_managed_rules_bot_control_rule_set(bots).build();
        let group = ManagedRuleGroupStatement::builder().vendor_name("AWS").name("x");
        let group = group.set_excluded_rules(Some(vec![])).set_rule_action_overrides(Some(vec![]));
        let seen = Managed::seen(&group.managed_rule_group_configs(config).build().unwrap()).unwrap();
        assert_eq!((seen.level.as_deref(), seen.version, seen.counted), (Some("COMMON"), None, BTreeSet::new()));
    }

    #[test]
    fn what_was_once_excluded_is_counted() {
        let rule = ExcludedRule::builder().name("SizeRestrictions_BODY").build().unwrap();
        let group = ManagedRuleGroupStatement::builder().vendor_name("AWS").name("AWSManagedRulesCommonRuleSet");
        assert_eq!(Managed::seen(&group.excluded_rules(rule).build().unwrap()), Some(managed()));
    }

    #[test]
    fn what_is_never_set_here_shows() {
        let mut sdk = rule(Action::AsGroup, Statement::Managed(managed())).to_sdk("name").unwrap();
        sdk.rule_labels = Some(vec![Label::builder().name("mine").build().unwrap()]);
        sdk.visibility_config = Visibility { samples: false, ..Visibility::of("name") }.to_sdk().ok();
        let inner = sdk.statement.as_mut().unwrap().managed_rule_group_statement.as_mut().unwrap();
        inner.scope_down_statement = Some(Box::new(SdkStatement::builder().build()));
        let seen = Rule::seen(&sdk).unwrap();
        assert_eq!((seen.statement, seen.others), (Statement::Other, codes(&["labels", "visibility"])));
        let mut sdk = rule(Action::Block, Statement::Rate(rate())).to_sdk("name").unwrap();
        sdk.action = Some(RuleAction::builder().build());
        assert_eq!(Rule::seen(&sdk).unwrap().action, Action::Other);
    }
}
