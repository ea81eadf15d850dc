//! What Cloudflare keeps away.

use super::bench::{Sequence, case};

const RULES: &[&str] = &["update cloudflare.ruleset/http_request_firewall_custom: rules"];
const MANAGED: &[&str] = &["update cloudflare.ruleset/http_request_firewall_managed: rules"];
const DDOS: &[&str] = &["update cloudflare.ruleset/ddos_l7: rules"];

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ x-plan: enterprise, cloudflare: { zone: example.com, waf: { rules: { a: { path: /a, action: block } } } } }",
    cases: &[
        case(
            "cloudflare: { waf: { rules: { a: { path: [/a, /b] } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.uri.path eq "/a": block -> http.request.uri.path in {"/a" "/b"}: block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { host: www.example.com } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.uri.path in {"/a" "/b"}: block -> http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"}: block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { countries: [KP, T1] } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"}: block -> http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"}: block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { ips: [203.0.113.0/24, '2001:db8::/32'] } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"}: block -> http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"} and ip.src in {203.0.113.0/24 2001:db8::/32}: block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { when: 'http.request.method eq \"POST\"' } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"} and ip.src in {203.0.113.0/24 2001:db8::/32}: block -> http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"} and ip.src in {203.0.113.0/24 2001:db8::/32} and http.request.method eq "POST": block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { host: null, path: null, countries: null, ips: null } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.host eq "www.example.com" and http.request.uri.path in {"/a" "/b"} and ip.src.country in {"KP" "T1"} and ip.src in {203.0.113.0/24 2001:db8::/32} and http.request.method eq "POST": block -> http.request.method eq "POST": block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { body: 'no' } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block -> http.request.method eq "POST": block {"response":{"status_code":403,"content":false,"content_type":"text/plain"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { body: never } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":403,"content":false,"content_type":"text/plain"}} -> http.request.method eq "POST": block {"response":{"status_code":403,"content":"never","content_type":"text/plain"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { status: 404 } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":403,"content":"never","content_type":"text/plain"}} -> http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/plain"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { kind: html } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/plain"}} -> http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/html"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { kind: json } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/html"}} -> http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"application/json"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: { kind: text } } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"application/json"}} -> http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/plain"}}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { response: null } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block {"response":{"status_code":404,"content":"never","content_type":"text/plain"}} -> http.request.method eq "POST": block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { action: challenge } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": block -> http.request.method eq "POST": challenge"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { action: js_challenge } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": challenge -> http.request.method eq "POST": js_challenge"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { action: managed_challenge } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": js_challenge -> http.request.method eq "POST": managed_challenge"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { action: log } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": managed_challenge -> http.request.method eq "POST": log"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { action: skip } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": log -> http.request.method eq "POST": skip {"ruleset":"current"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { a: { skip: [rules, rate_limits, managed, bots] } } } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": skip {"ruleset":"current"} -> http.request.method eq "POST": skip {"ruleset":"current","phases":["http_ratelimit","http_request_firewall_managed","http_request_sbfm"]}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { rules: { b: { path: /b, action: block } } } }",
            RULES,
            &[
                "cloudflare.ruleset/http_request_firewall_custom order: waf.rules.a -> waf.rules.a waf.rules.b",
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.b: none -> http.request.uri.path eq "/b": block"#,
            ],
        ),
        case(
            "cloudflare: { waf: { bots: allow } }",
            RULES,
            &[
                "cloudflare.ruleset/http_request_firewall_custom order: waf.rules.a waf.rules.b -> waf.bots waf.rules.a waf.rules.b",
                r#"cloudflare.ruleset/http_request_firewall_custom waf.bots: none -> cf.client.bot: skip {"ruleset":"current","phases":["http_ratelimit"]}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { bots: challenge } }",
            RULES,
            &[
                r#"cloudflare.ruleset/http_request_firewall_custom waf.bots: cf.client.bot: skip {"ruleset":"current","phases":["http_ratelimit"]} -> cf.client.bot: managed_challenge"#,
            ],
        ),
        case(
            "cloudflare: { waf: { bots: block } }",
            RULES,
            &[
                "cloudflare.ruleset/http_request_firewall_custom waf.bots: cf.client.bot: managed_challenge -> cf.client.bot: block",
            ],
        ),
        case(
            "cloudflare: { waf: { rules: null } }",
            RULES,
            &[
                "cloudflare.ruleset/http_request_firewall_custom order: waf.bots waf.rules.a waf.rules.b -> waf.bots",
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.a: http.request.method eq "POST": skip {"ruleset":"current","phases":["http_ratelimit","http_request_firewall_managed","http_request_sbfm"]} -> none"#,
                r#"cloudflare.ruleset/http_request_firewall_custom waf.rules.b: http.request.uri.path eq "/b": block -> none"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: true } }",
            &["create cloudflare.ruleset/http_request_firewall_managed"],
            &[
                r#"+cloudflare.ruleset/http_request_firewall_managed: order=waf.managed, waf.managed=true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { action: log } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"log"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { action: block } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"log"},"version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"block"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { action: challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"block"},"version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { action: js_challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"challenge"},"version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"js_challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { action: managed_challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"js_challenge"},"version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"managed_challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: { disabled: [wordpress] } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"managed_challenge"},"version":"latest"} -> true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"managed_challenge","categories":[{"category":"wordpress","enabled":false}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: true } }",
            MANAGED,
            &[
                "cloudflare.ruleset/http_request_firewall_managed order: waf.managed -> waf.managed waf.owasp",
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: none -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { sensitivity: high } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":25}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { sensitivity: low } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":25}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":60}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { sensitivity: medium } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":60}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { paranoia: 3 } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-2","enabled":false},{"category":"paranoia-level-3","enabled":false},{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { paranoia: 4 } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"categories":[{"category":"paranoia-level-4","enabled":false}],"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { action: log } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"log","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { action: challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"log","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"challenge","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { action: js_challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"challenge","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"js_challenge","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { action: managed_challenge } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"js_challenge","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"managed_challenge","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: { action: block } } }",
            MANAGED,
            &[
                r#"cloudflare.ruleset/http_request_firewall_managed waf.owasp: true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"managed_challenge","score_threshold":40}]},"version":"latest"} -> true: execute {"id":"4814384a9e5d4991b9815dcfc25d2f1f","overrides":{"rules":[{"id":"6179ae15870a4bb7b2d480d4843b323c","action":"block","score_threshold":40}]},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { managed: false } }",
            MANAGED,
            &[
                "cloudflare.ruleset/http_request_firewall_managed order: waf.managed waf.owasp -> waf.owasp",
                r#"cloudflare.ruleset/http_request_firewall_managed waf.managed: true: execute {"id":"efb7b8c949ac4650a09736fc376e9aee","overrides":{"action":"managed_challenge","categories":[{"category":"wordpress","enabled":false}]},"version":"latest"} -> none"#,
            ],
        ),
        case(
            "cloudflare: { waf: { owasp: false } }",
            &["delete cloudflare.ruleset/http_request_firewall_managed"],
            &["-cloudflare.ruleset/http_request_firewall_managed"],
        ),
        case(
            "cloudflare: { waf: { ddos: { sensitivity: high } } }",
            &["create cloudflare.ruleset/ddos_l7"],
            &[
                r#"+cloudflare.ruleset/ddos_l7: order=waf.ddos, waf.ddos=true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"default"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { sensitivity: medium } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"default"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"medium"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { sensitivity: low } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"medium"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"low"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { sensitivity: 'off' } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"low"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { action: block } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"block"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { action: log } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"block"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"log"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { action: challenge } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"log"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { action: js_challenge } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"challenge"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"js_challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: { ddos: { action: managed_challenge } } }",
            DDOS,
            &[
                r#"cloudflare.ruleset/ddos_l7 waf.ddos: true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"js_challenge"},"version":"latest"} -> true: execute {"id":"4d21379b4f9f4bb088e0729962c8b3cf","overrides":{"sensitivity_level":"eoff","action":"managed_challenge"},"version":"latest"}"#,
            ],
        ),
        case(
            "cloudflare: { waf: null }",
            &["delete cloudflare.ruleset/ddos_l7", "delete cloudflare.ruleset/http_request_firewall_custom"],
            &["-cloudflare.ruleset/ddos_l7", "-cloudflare.ruleset/http_request_firewall_custom"],
        ),
    ],
};
