//! One page with what the stack does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    alarms::watched::{Part, parts},
    stack::Stack,
};
use crate::{
    catalog::aws::cloudwatch::{alarm::Alarm, dashboard::Dashboard, metric::Dimension},
    field,
    resource::{
        Place, Resource,
        value::{Address, In, OutRef},
    },
    spec::model::{MetricWord, WatchedMetric, words},
};

pub(super) const COMPONENT: &str = "dashboard";
/// How many columns a page has, and how many of them and how many rows a graph takes
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>).
const COLUMNS: usize = 24;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;
/// How many alarms stand beside each other where only their state is shown.
const BESIDE: usize = 6;

pub(super) fn dashboard(stack: &mut Stack<'_>) {
    if !stack.spec.dashboard {
        return;
    }
    let mut page = Page { region: stack.graph.place.region.clone(), ..Page::default() };
    // Alarms that scale a service tell nobody of anything.
    let scales = |it: &Address| it.name().contains(".scale.");
    let all = stack.graph.nodes.keys().filter(|it| it.kind() == Alarm::FACTS.kind && !scales(it));
    page.states(&all.map(|it| it.name().to_owned()).collect::<Vec<_>>());
    for part in parts(stack) {
        words(part.of).filter(|it| it.shown).for_each(|it| page.metric(&part, it));
    }
    // What has a word is on the page already.
    let others = stack.spec.alarms.iter().filter(|(_, it)| matches!(it.metric, WatchedMetric::Full(_)));
    others.for_each(|(name, _)| page.alarm(name.as_str()));
    let name = stack.graph.scope.global_prefix();
    stack.give(COMPONENT, "url", url(&stack.graph.place, &name));
    let dashboard = Dashboard { dashboard_name: name, widgets: page.widgets, settings: BTreeSet::new() };
    let dashboard = stack.graph.add(COMPONENT, "main", &dashboard);
    stack.give(COMPONENT, "name", dashboard.out(field!(name)));
}

fn url(Place { region, partition, .. }: &Place, name: &str) -> String {
    let host = match partition.as_str() {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{host}/cloudwatch/home?region={region}#dashboards/dashboard/{name}")
}

/// A page that is filled from its top left.
#[derive(Default)]
struct Page {
    region: String,
    widgets: Vec<Value>,
    x: usize,
    y: usize,
}

impl Page {
    /// In which state alarms are.
    fn states(&mut self, alarms: &[String]) {
        if alarms.is_empty() {
            return;
        }
        let arns: Vec<_> = alarms.iter().map(|it| arn(it)).collect();
        let height = 1 + alarms.len().div_ceil(BESIDE);
        self.put("alarm", COLUMNS, height, &json!({ "title": "Alarms", "alarms": arns }));
    }

    /// What an alarm watches, and its threshold.
    fn alarm(&mut self, name: &str) {
        let properties = json!({
            "title": name,
            "region": self.region,
            "view": "timeSeries",
            "annotations": { "alarms": [arn(name)] },
        });
        self.put("metric", WIDTH, HEIGHT, &properties);
    }

    /// A line for each node.
    fn metric(&mut self, part: &Part, word: &MetricWord) {
        let line = |node: &BTreeSet<Dimension>| {
            let start = [json!(part.of.namespace()), json!(word.metric)].into_iter();
            start.chain(node.iter().flat_map(|it| [json!(it.name), json!(it.value)])).collect::<Value>()
        };
        let properties = json!({
            "title": format!("{} {}", part.component, word.word),
            "region": self.region,
            "view": "timeSeries",
            "stat": word.statistic,
            "period": 60,
            "metrics": part.nodes.iter().map(line).collect::<Vec<_>>(),
        });
        self.put("metric", WIDTH, HEIGHT, &properties);
    }

    fn put(&mut self, kind: &str, width: usize, height: usize, properties: &Value) {
        if self.x + width > COLUMNS {
            (self.x, self.y) = (0, self.y + HEIGHT);
        }
        let (x, y) = (self.x, self.y);
        self.widgets
            .push(json!({ "type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties }));
        (self.x, self.y) = if width == COLUMNS { (0, y + height) } else { (x + width, y) };
    }
}

fn arn(alarm: &str) -> In<String> {
    In::Out(OutRef { from: Address::new(Alarm::FACTS.kind, alarm), out: "arn".into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_over_anything_else() {
        let mut page = Page::default();
        let alarms: Vec<_> = (0..8).map(|it| format!("a{it}")).collect();
        page.states(&alarms);
        for it in &alarms {
            page.alarm(it);
        }
        let mut taken = BTreeSet::new();
        for it in &page.widgets {
            let [x, y, width, height] = ["x", "y", "width", "height"].map(|key| it[key].as_u64().unwrap());
            assert!(x + width <= 24, "{it}");
            for cell in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                assert!(taken.insert(cell), "{it} lies over another");
            }
        }
        assert_eq!(page.widgets.len(), 9);
    }
}
