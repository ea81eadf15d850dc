//! What is at Upstash.

use infractl::api::ReadCx;
use serde_json::Value;

use super::Looking;

const LIST: &str = "upstash:ListDatabases";

impl Looking {
    /// A name says whose it is: `shop--default--eu-central-1--main`. Others know it by where it is reached as well.
    pub(super) async fn upstash(&mut self, cx: &ReadCx) {
        for it in cx.vendors.upstash().unwrap().list(LIST, "/redis/databases", &[]).await.unwrap() {
            self.moves |= !text(&it, "modifying_state").is_empty();
            let name = text(&it, "database_name");
            let [stack, env, _, cache] = name.split("--").collect::<Vec<_>>()[..] else { continue };
            let address = format!("upstash.database/{cache}");
            let tags = [("stack", stack), ("env", env), ("id", &address)];
            let tags = tags.map(|(key, value)| (format!("infractl:{key}"), value.to_owned()));
            let regions: Vec<_> =
                it["read_regions"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
            let is = |key: &str| if it[key] == true { "yes".into() } else { String::new() };
            let facts = vec![
                ("auto_upgrade", is("auto_upgrade")),
                ("budget", it["budget"].to_string()),
                ("eviction", is("eviction")),
                ("name", name.to_owned()),
                ("reads", regions.join(" ")),
                ("region", text(&it, "primary_region").to_owned()),
                ("room", format!("{} MiB, {}", it["db_disk_threshold"].as_u64().unwrap() >> 20, text(&it, "type"))),
                ("tls", is("tls")),
            ];
            self.see(Some(text(&it, "database_id")), &tags, facts);
            self.names.insert(text(&it, "endpoint").to_owned(), "ENDPOINT".to_owned());
        }
    }
}

fn text<'a>(it: &'a Value, key: &str) -> &'a str {
    it[key].as_str().unwrap()
}
