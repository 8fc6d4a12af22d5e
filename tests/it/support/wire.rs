//! The requests that went over the wire, as text that is the same in every run.

use ghl_contacts_mcp::sandbox::Exchange;
use serde_json::Value;
use url::form_urlencoded;

use crate::support::Crm;

/// One line for each request, with its body.
pub fn lines(crm: &Crm) -> Vec<String> {
    let write = |exchange: &Exchange| {
        let body = exchange.body.as_ref().map(|body| format!(" {}", without_location(body)));
        stable(crm, &format!("{}{} -> {}", head(exchange), body.unwrap_or_default(), status(exchange)))
    };
    Crm::wire_of(crm).iter().map(write).collect()
}

/// One line for each request, without its body.
pub fn short(crm: &Crm) -> Vec<String> {
    let write = |exchange: &Exchange| stable(crm, &format!("{} -> {}", head(exchange), status(exchange)));
    Crm::wire_of(crm).iter().map(write).collect()
}

impl Crm {
    fn wire_of(&self) -> Vec<Exchange> {
        ghl_contacts_mcp::sandbox::Sandbox::wire(self)
    }
}

fn status(exchange: &Exchange) -> String {
    if exchange.status == 0 { "cut".to_owned() } else { exchange.status.to_string() }
}

/// Method and path. The query is decoded, without the location, which every request has.
fn head(exchange: &Exchange) -> String {
    let (path, query) = exchange.path.split_once('?').unwrap_or((&exchange.path, ""));
    let pairs = form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.filter(|(name, _)| name != "locationId").map(|(name, value)| format!("{name}={value}"));
    let query = pairs.collect::<Vec<_>>().join("&");
    let query = if query.is_empty() { query } else { format!("?{query}") };
    format!("{} {path}{query}", exchange.method)
}

fn without_location(body: &Value) -> Value {
    let mut body = body.clone();
    if let Value::Object(body) = &mut body {
        body.remove("locationId");
    }
    body
}

/// Replaces ids that the CRM made up by placeholders.
fn stable(crm: &Crm, line: &str) -> String {
    let mut line = line.replace(crm.location_id(), "{location}");
    for field in crm.custom_fields() {
        let (id, name) =
            (field["id"].as_str().unwrap_or_default(), field["name"].as_str().unwrap_or_default());
        line = line.replace(id, &format!("{{{name}}}"));
    }
    let made = crm.contacts().into_iter().filter_map(|contact| contact["id"].as_str().map(str::to_owned));
    for (id, number) in made.filter(|id| id.len() == 20).zip(1..) {
        line = line.replace(&id, &format!("{{new{number}}}"));
    }
    line
}
