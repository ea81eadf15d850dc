//! Endpoints: AWS services reached without the internet.

use std::{borrow::Cow, fmt};

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeSeed, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    Network, Tier,
    either::{Either, either, text_type, wrong},
};

text_type! {
    /// An AWS service, as at the end of an endpoint's name: `s3`, `ecr.api`, `logs`.
    EndpointName, pattern: "^[a-z0-9]+([.-][a-z0-9]+)*$", check: endpoint_name
}

fn endpoint_name(text: &str) -> Result<(), String> {
    let fits = text.len() <= 64
        && text
            .split(['.', '-'])
            .all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit()));
    if !fits {
        return Err(wrong(format!("`{text}` is no AWS service"), "write its short name, such as s3 or ecr.api"));
    }
    match text.strip_prefix("com.amazonaws.").and_then(|it| it.split_once('.')) {
        Some((_, short)) => {
            Err(wrong(format!("`{text}` is the long name"), format!("write {short}; the region is added")))
        }
        None => Ok(()),
    }
}

/// The endpoints of a network, by service, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Endpoints(pub IndexMap<EndpointName, EndpointOptions>);

/// What can be said of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointOptions {
    /// Whether it is a route (`gateway`, free, only for `s3` and `dynamodb`) or an address in the subnets (`interface`, paid
    /// by the hour). Default: `gateway` for `s3` and `dynamodb`, else `interface`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<EndpointKind>,
    /// Who may do what through it: an IAM policy document as YAML. Default: everything that the caller may do anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Map<String, Value>>,
    /// Whether the service's usual name leads to it; only for `interface`. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_dns: Option<bool>,
    /// The tier of subnets that it stands in; only for `interface`. Default: `private`, or `isolated` if there is no private
    /// tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
}

/// What an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointKind {
    /// A route in the route tables.
    Gateway,
    /// A network interface in each subnet of a tier.
    Interface,
}

/// An endpoint with every default filled in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Endpoint<'a> {
    /// The service.
    pub name: &'a EndpointName,
    /// What it is.
    pub kind: EndpointKind,
    /// Who may do what through it; `None` for AWS's default.
    pub policy: Option<&'a Map<String, Value>>,
    /// Whether the service's usual name leads to it; false for a gateway.
    pub private_dns: bool,
    /// The tier that it stands in; `None` for a gateway, and where the network has no tier for it.
    pub tier: Option<Tier>,
}

impl EndpointName {
    /// Whether the service can have a gateway
    /// (<https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>).
    #[must_use]
    pub fn can_be_gateway(&self) -> bool {
        matches!(self.as_str(), "s3" | "dynamodb")
    }
}

impl Network {
    /// The endpoints, with every default filled in.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint<'_>> {
        self.endpoints.0.iter().map(|(name, options)| {
            let usual = if name.can_be_gateway() { EndpointKind::Gateway } else { EndpointKind::Interface };
            let kind = options.r#type.unwrap_or(usual);
            let interface = kind == EndpointKind::Interface;
            let usual_tier = [Tier::Private, Tier::Isolated, Tier::Public].into_iter().find(|it| self.has(*it));
            Endpoint {
                name,
                kind,
                policy: options.policy.as_ref(),
                private_dns: interface && options.private_dns.unwrap_or(true),
                tier: options.tier.or(usual_tier).filter(|_| interface),
            }
        })
    }
}

impl<'de> Either<'de> for Endpoints {
    const EXPECTED: &'static str = "a list of services such as [s3, ecr.api], or a map of them";

    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        list.deserialize_seq(Services).map(Self)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        IndexMap::deserialize(map).map(Self)
    }
}

impl<'de> Deserialize<'de> for Endpoints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

/// Reads a list of services.
struct Services;

impl<'de> Visitor<'de> for Services {
    type Value = IndexMap<EndpointName, EndpointOptions>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Endpoints::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut services = IndexMap::new();
        while let Some(it) = seq.next_element_seed(NewService(&services))? {
            services.insert(it, EndpointOptions::default());
        }
        Ok(services)
    }
}

/// Reads a service that is not yet among these; here, so that the second is blamed.
struct NewService<'a>(&'a IndexMap<EndpointName, EndpointOptions>);

impl<'de> DeserializeSeed<'de> for NewService<'_> {
    type Value = EndpointName;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EndpointName, D::Error> {
        let it = EndpointName::deserialize(deserializer)?;
        if self.0.contains_key(&it) {
            return Err(de::Error::custom(wrong(format!("the endpoint `{it}` is listed twice"), "keep one of them")));
        }
        Ok(it)
    }
}

impl JsonSchema for Endpoints {
    fn schema_name() -> Cow<'static, str> {
        "Endpoints".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "AWS services reached without the internet: a list of them, or a map with options.",
            "anyOf": [
                { "type": "array", "items": generator.subschema_for::<EndpointName>(), "uniqueItems": true },
                {
                    "type": "object",
                    "propertyNames": generator.subschema_for::<EndpointName>(),
                    "additionalProperties": generator.subschema_for::<EndpointOptions>(),
                },
            ],
        })
    }
}
