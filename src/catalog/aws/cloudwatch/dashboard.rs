//! Dashboards: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html>.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{gone, retag, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, meter::beside},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, tags::Tags},
};

const WIDGETS: &str = "widgets";

/// A page of graphs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Dashboard {
    /// Its name, of which an account has one in all regions; up to 255 letters, digits, `-` and `_`.
    pub dashboard_name: String,
    /// Its graphs and texts, as the
    /// [service describes them](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html).
    pub widgets: Vec<Value>,
    /// Whatever else it says of itself, such as `periodOverride`, by name.
    pub settings: BTreeSet<Setting>,
}

/// What a dashboard says of itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// Such as `periodOverride`.
    pub name: String,
    /// As JSON.
    pub value: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Resource for Dashboard {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Dashboard: dashboard_name),
        unique_by: fields!(Dashboard: dashboard_name),
        ..Facts::new::<Self>(
            "cloudwatch.dashboard",
            "a page of graphs",
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Value> {
        Map::from_iter([("name".to_owned(), self.dashboard_name.clone().into())])
    }

    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        Some(prices::DASHBOARD)
    }
}

impl Lifecycle for Dashboard {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: BTreeSet<_> = look.wants.iter().map(|it| it.dashboard_name.clone()).collect();
        let all = |names: Vec<String>| async move { try_join_all(names.iter().map(|it| live(cx, it))).await };
        // What is wanted need not wait for the list.
        let (found, listed) = tokio::try_join!(
            beside(all(wanted.iter().cloned().collect())),
            beside(async {
                if look.strays { listed(cx, &look.scope.global_prefix()).await } else { Ok(BTreeSet::new()) }
            })
        )?;
        let others = all(listed.difference(&wanted).cloned().collect()).await?;
        Ok(found.into_iter().chain(others).flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        put(cx, &new.want, &new.tags).await
    }

    /// What is gone would come back by that, so it is looked for first; should it go just then, it comes back as ours.
    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let name = &live.out.name;
        let found = cx.read.cloudwatch.get_dashboard().dashboard_name(name).send().await;
        if found.during("cloudwatch:GetDashboard").or_absent()?.is_none() {
            return Err(gone("cloudwatch:PutDashboard", name));
        }
        put(cx, want, &live.tags).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.cloudwatch.delete_dashboards().dashboard_names(&live.out.name);
        call.send().await.during("cloudwatch:DeleteDashboards").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        retag(cx, &live.out.arn, tags).await
    }
}

async fn listed(cx: &ReadCx, prefix: &str) -> Result<BTreeSet<String>> {
    let call = cx.cloudwatch.list_dashboards().dashboard_name_prefix(prefix);
    let found = call.into_paginator().items().send().collect::<std::result::Result<Vec<_>, _>>().await;
    Ok(found.during("cloudwatch:ListDashboards")?.into_iter().filter_map(|it| it.dashboard_name).collect())
}

/// `None` if there is none, or it went while we looked.
async fn live(cx: &ReadCx, name: &str) -> Result<Option<Live<Dashboard>>> {
    const CALL: &str = "cloudwatch:GetDashboard";
    let call = cx.cloudwatch.get_dashboard().dashboard_name(name);
    let Some(answer) = call.send().await.during(CALL).or_absent()? else { return Ok(None) };
    let lacks = |what| ApiError::incomplete(CALL, what);
    let body = answer.dashboard_body().ok_or_else(|| lacks("body"))?;
    let state = Dashboard::from_text(name, body).ok_or_else(|| lacks("readable body"))?;
    let arn = answer.dashboard_arn().ok_or_else(|| lacks("ARN"))?.to_owned();
    let Some(tags) = tags(cx, &arn).await? else { return Ok(None) };
    Ok(Some(Live { state, out: Out { arn, name: name.to_owned() }, tags, status: Status::Ready }))
}

/// What the service finds odd in a dashboard, it takes all the same, and says so in a 200: it is for whoever looks at it.
async fn put(cx: &WriteCx, want: &Dashboard, tags: &Tags) -> Result<()> {
    let call = cx.cloudwatch.put_dashboard().dashboard_name(&want.dashboard_name).dashboard_body(want.to_text());
    call.set_tags(Some(to_sdk(tags))).send().await.during("cloudwatch:PutDashboard").map(drop)
}

impl Dashboard {
    fn to_text(&self) -> String {
        let settings = self.settings.iter();
        let mut body: Map<_, _> = settings
            .map(|it| (it.name.clone(), serde_json::from_str(&it.value).unwrap_or_else(|_| it.value.clone().into())))
            .collect();
        body.insert(WIDGETS.to_owned(), self.widgets.clone().into());
        Value::Object(body).to_string()
    }

    fn from_text(name: &str, text: &str) -> Option<Self> {
        let mut body: Map<String, Value> = serde_json::from_str(text).ok()?;
        let widgets = body.shift_remove(WIDGETS).and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default();
        let settings = body.into_iter().map(|(name, value)| Setting { name, value: value.to_string() }).collect();
        Some(Self { dashboard_name: name.to_owned(), widgets, settings })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_read_as_json() {
        let one =
            Dashboard::from_text("x", r#"{"widgets":[{"type":"text","x":1}],"periodOverride":"inherit"}"#).unwrap();
        let other = "{\n \"periodOverride\": \"inherit\", \"widgets\": [ {\"x\": 1, \"type\": \"text\"} ]}";
        assert_eq!(json!(one), json!(Dashboard::from_text("x", other).unwrap()));
        assert_eq!(json!(one), json!(Dashboard::from_text("x", &one.to_text()).unwrap()));
        let more = Dashboard::from_text("x", r#"{"widgets":[{"type":"text","x":1}],"periodOverride":"auto"}"#).unwrap();
        assert_ne!(json!(one), json!(more));
    }

    #[test]
    fn a_body_that_is_no_object_cannot_be_read() {
        assert!(Dashboard::from_text("x", "[]").is_none() && Dashboard::from_text("x", "{").is_none());
        assert!(Dashboard::from_text("x", "{}").unwrap().widgets.is_empty());
    }
}
