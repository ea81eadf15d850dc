//! What is done about bots.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done about bots. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bots {
    /// Bot Fight Mode: whether bots are given riddles that cost them time. No rule can leave it out, so programs that call an
    /// API meet it as well; it is for the plan Free. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fight_mode: Option<bool>,
    /// What becomes of those who collect texts for models: `block`, `only_on_ad_pages` or `disabled`. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_bots: Option<AiBots>,
    /// AI Labyrinth: whether who does not heed `robots.txt` is led into a maze. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labyrinth: Option<bool>,
    /// Whether Cloudflare says in `robots.txt` what models may be made of. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub robots_txt: Option<bool>,
    /// Whether pages carry a script that tells browsers from bots. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub javascript: Option<bool>,
    /// What becomes of what is surely a bot: `allow`, `block` or `managed_challenge`; from the plan Pro. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitely_automated: Option<BotAction>,
    /// What becomes of what is likely a bot, likewise; from the plan Business. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likely_automated: Option<BotAction>,
    /// What becomes of bots that are known, such as those of search engines: `allow` or `block`; from the plan Pro. Default: as
    /// it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_bots: Option<VerifiedBots>,
    /// Whether this is so for images, scripts and the like as well; from the plan Pro. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub static_resources: Option<bool>,
    /// Whether what WordPress asks itself passes; from the plan Pro. Default: as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wordpress: Option<bool>,
}

/// What becomes of those who collect texts for models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AiBots {
    /// They are kept out.
    Block,
    /// They are kept out of pages with advertisements.
    OnlyOnAdPages,
    /// Nothing.
    Disabled,
}

/// What becomes of a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BotAction {
    /// It passes.
    Allow,
    /// It is kept out.
    Block,
    /// It has to show that it is none.
    ManagedChallenge,
}

/// What becomes of bots that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifiedBots {
    /// They pass.
    Allow,
    /// They are kept out.
    Block,
}
