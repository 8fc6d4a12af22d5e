//! Compares every request that the server sent with HighLevel's OpenAPI, if `HIGHLEVEL_OPENAPI` names the folder with
//! its `apps/contacts.json`, `apps/locations.json` and `apps/users.json`. Without the variable nothing is checked.

#![expect(clippy::disallowed_methods, reason = "HighLevel's documents lie outside the repository")]

use std::path::Path;
use std::sync::OnceLock;

use ghl_contacts_mcp::sandbox::{Exchange, Sandbox};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

struct Documents {
    list: Vec<Value>,
}

fn documents() -> Option<&'static Documents> {
    static READ: OnceLock<Option<Documents>> = OnceLock::new();
    READ.get_or_init(|| {
        let folder = std::env::var("HIGHLEVEL_OPENAPI").ok()?;
        let read = |name: &str| {
            let path = Path::new(&folder).join("apps").join(name);
            let text =
                std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let mut document: Value = serde_json::from_str(&text).expect("an OpenAPI document");
            translate(&mut document);
            document
        };
        Some(Documents { list: ["contacts.json", "locations.json", "users.json"].map(read).into() })
    })
    .as_ref()
}

/// Turns OpenAPI 3.0's `nullable` into JSON Schema's `null`, and corrects errors of HighLevel's documents. The reason for
/// each correction stands beside it.
fn translate(document: &mut Value) {
    let Value::Object(schema) = document else {
        if let Value::Array(list) = document {
            list.iter_mut().for_each(translate);
        }
        return;
    };
    for (name, reason_for_any_type) in [
        ("dateOfBirth", "is `type: object` with the example \"1990-09-25\""),
        ("field_value", "is `type: object` with the example 100 for numbers; null clears a field"),
    ] {
        let _ = reason_for_any_type;
        if let Some(Value::Object(property)) = schema.get_mut(name)
            && property.get("type") == Some(&json!("object"))
        {
            property.remove("type");
        }
    }
    schema.remove("example");
    if schema.remove("nullable") == Some(json!(true))
        && let Some(kind) = schema.get("type").cloned()
    {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    schema.values_mut().for_each(translate);
}

/// A check of one request. `None` without the documents.
pub fn checker() -> Option<impl Fn(&Exchange) -> Result<(), String>> {
    documents().map(|documents| move |exchange: &Exchange| complaint(documents, exchange))
}

/// Panics if the server sent something that HighLevel's documents do not have.
pub fn check(sandbox: &Sandbox) {
    let Some(documents) = documents() else { return };
    for exchange in sandbox.wire() {
        if let Err(wrong) = complaint(documents, &exchange) {
            panic!("{exchange}\nis not HighLevel's: {wrong}");
        }
    }
}

fn complaint(documents: &Documents, exchange: &Exchange) -> Result<(), String> {
    let (path, query) = exchange.path.split_once('?').unwrap_or((&exchange.path, ""));
    let (document, operation) =
        operation(documents, &exchange.method, path).ok_or("there is no such operation")?;
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let given: Vec<String> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    let of = |place: &'static str| parameters.iter().filter(move |parameter| parameter["in"] == place);
    for name in &given {
        if !of("query").any(|parameter| parameter["name"] == name.as_str()) {
            return Err(format!("no query parameter {name}"));
        }
    }
    for parameter in of("query").filter(|parameter| parameter["required"] == true) {
        if !given.iter().any(|name| parameter["name"] == name.as_str()) {
            return Err(format!("without the query parameter {}", parameter["name"]));
        }
    }
    for parameter in of("header").filter(|parameter| parameter["required"] == true) {
        let name = parameter["name"].as_str().unwrap_or_default().to_lowercase();
        let value =
            exchange.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| json!(value));
        let value = value.ok_or_else(|| format!("without the header {name}"))?;
        if parameter["schema"]["enum"].as_array().is_some_and(|values| !values.contains(&value)) {
            return Err(format!("{name} is {value}"));
        }
    }
    body(document, operation, exchange.body.as_ref())
}

fn body(document: &Value, operation: &Value, body: Option<&Value>) -> Result<(), String> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let Some(reference) = schema["$ref"].as_str() else {
        return if body.is_some() { Err("a body where there is none".to_owned()) } else { Ok(()) };
    };
    // The documents leave the body of the search undefined and refer to an external guide.
    if reference.ends_with("/SearchBodyV2DTO") {
        return Ok(());
    }
    let body = body.ok_or("without its body")?;
    let schema = json!({ "$ref": reference, "components": document["components"] });
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    if let Some(error) = validator.iter_errors(body).next() {
        return Err(format!("{}: {error}", error.instance_path()));
    }
    let dto = document.pointer(reference.trim_start_matches('#')).ok_or("no such schema")?;
    let known = dto["properties"].as_object().cloned().unwrap_or_default();
    let sent = body.as_object().cloned().unwrap_or_else(Map::new);
    match sent.keys().find(|property| !known.contains_key(*property) && !tolerated(reference, property)) {
        Some(property) => Err(format!("{property} is no property of {reference}")),
        None => Ok(()),
    }
}

/// `companyName` is missing in `UpdateContactDto` by mistake (highlevel-api-docs issue 314). The server tries it, and after a
/// refusal writes the rest without it.
fn tolerated(reference: &str, property: &str) -> bool {
    reference.ends_with("/UpdateContactDto") && property == "companyName"
}

/// The operation whose path matches best: a literal segment beats a parameter.
fn operation<'a>(documents: &'a Documents, method: &str, path: &str) -> Option<(&'a Value, &'a Value)> {
    let mut best: Option<(usize, &Value, &Value)> = None;
    for document in &documents.list {
        for (template, operations) in document["paths"].as_object()? {
            let Some(operation) = operations.get(method.to_lowercase()) else { continue };
            let Some(literals) = fits(template, path) else { continue };
            if best.is_none_or(|(most, _, _)| literals > most) {
                best = Some((literals, document, operation));
            }
        }
    }
    best.map(|(_, document, operation)| (document, operation))
}

/// How many literal segments are equal. `None` if one differs.
fn fits(template: &str, path: &str) -> Option<usize> {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut literals = 0;
    for (expected, given) in template.iter().zip(&path) {
        if expected.starts_with('{') {
            if given.is_empty() {
                return None;
            }
        } else if expected == given {
            literals += 1;
        } else {
            return None;
        }
    }
    Some(literals)
}
