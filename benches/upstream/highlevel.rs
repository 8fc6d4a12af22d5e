//! A HighLevel with prepared answers, so that it costs next to nothing: any number of contacts that are known by their
//! number. It keeps nothing: what a call creates is known by its e-mail.

use bytes::Bytes;
use serde_json::{Value, json};

/// The location of all contacts.
pub(crate) const LOCATION: &str = "BenchLocation0000001";
/// The fields of each contact of the large page.
const FIELDS: usize = 200;
const ID: &str = "BenchContact";
const MADE: &str = "BenchCreated";

/// The prepared answers.
#[derive(Debug)]
pub(crate) struct HighLevel {
    page: Bytes,
    large_page: Bytes,
    fields: Bytes,
    location: Bytes,
}

impl HighLevel {
    pub(crate) fn new() -> Self {
        let page =
            |contacts: Vec<Value>| text(&json!({ "total": 5_000, "contacts": contacts, "traceId": "bench" }));
        let fields = (0..FIELDS).map(|n| {
            json!({ "id": field(n), "name": format!("Field {n}"), "fieldKey": format!("contact.field_{n}"),
                "dataType": "TEXT", "placeholder": "", "position": n * 50, "locationId": LOCATION, "model": "contact",
                "picklistOptions": [] })
        });
        let location = json!({ "location": { "id": LOCATION, "name": "Bench", "country": "US", "timezone": "America/New_York",
            "settings": { "allowDuplicateContact": false, "contactUniqueIdentifiers": ["email", "phone"] } } });
        Self {
            page: page((0..20).map(|n| listed(n, 3)).collect()),
            large_page: page((0..100).map(|n| listed(n, FIELDS)).collect()),
            fields: text(&json!({ "customFields": fields.collect::<Vec<_>>(), "traceId": "bench" })),
            location: text(&location),
        }
    }

    /// The status and the body of the answer. `path` is with its query.
    pub(crate) fn answer(&self, method: &str, path: &str, body: &[u8]) -> (u16, Bytes) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match (method, parts.as_slice()) {
            ("GET", ["contacts", "search", "duplicate"]) => (200, duplicate(query)),
            ("GET", ["contacts"]) => {
                (200, self.page(param(query, "limit").and_then(|limit| limit.parse().ok())))
            }
            ("GET", ["contacts", id]) => (200, contact(id)),
            ("GET", ["locations", _]) => (200, self.location.clone()),
            ("GET", ["locations", _, "customFields"]) => (200, self.fields.clone()),
            ("GET", ["locations", _, "tags"]) => (200, Bytes::from_static(br#"{"tags":[]}"#)),
            ("POST", ["contacts", "search"]) => (200, self.page(property(body, "pageLimit").as_u64())),
            ("POST", ["contacts"] | ["contacts", "upsert"]) => (201, created(body)),
            ("POST", ["contacts", _, "tags"]) => {
                let tags = property(body, "tags");
                (201, text(&json!({ "tags": tags, "tagsAdded": tags })))
            }
            _ => (404, Bytes::from_static(br#"{"statusCode":404,"message":"Cannot find this route"}"#)),
        }
    }

    fn page(&self, limit: Option<u64>) -> Bytes {
        if limit.unwrap_or(20) >= 100 { self.large_page.clone() } else { self.page.clone() }
    }
}

/// The id of a contact.
pub(crate) fn id(n: usize) -> String {
    format!("{ID}{n:08}")
}

fn field(n: usize) -> String {
    format!("BenchField{n:010}")
}

fn text(value: &Value) -> Bytes {
    value.to_string().into()
}

/// A property of a JSON body.
fn property(body: &[u8], name: &str) -> Value {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    body.get_mut(name).map(Value::take).unwrap_or_default()
}

fn param<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// The number in an e-mail such as `c42@example.com`, after a prefix.
fn number<'a>(email: &'a str, prefix: &str) -> Option<&'a str> {
    let email = email.strip_prefix(prefix)?;
    email.split_once("%40").or_else(|| email.split_once('@')).map(|(number, _)| number)
}

/// The contact of this e-mail: `c42@..` is there, any other is not.
fn duplicate(query: &str) -> Bytes {
    match param(query, "email").and_then(|email| number(email, "c")).and_then(|n| n.parse().ok()) {
        Some(n) => contact(&id(n)),
        None => Bytes::from_static(br#"{"contact":null,"traceId":"bench"}"#),
    }
}

fn created(body: &[u8]) -> Bytes {
    let n =
        property(body, "email").as_str().and_then(|email| number(email, "new")).and_then(|n| n.parse().ok());
    contact(&format!("{MADE}{:08}", n.unwrap_or(0_usize)))
}

/// `GET /contacts/{id}`, as text: it is asked for most, and is cheaper than a `Value`.
fn contact(id: &str) -> Bytes {
    let made = id.starts_with(MADE);
    let n: usize = id.get(ID.len()..).and_then(|n| n.parse().ok()).unwrap_or_default();
    let prefix = if made { "new" } else { "c" };
    let tags = if made { "" } else { r#""lead","customer""# };
    format!(
        r#"{{"contact":{{"id":"{id}","locationId":"{LOCATION}","firstName":"Ada","lastName":"Doe","firstNameLowerCase":"ada","lastNameLowerCase":"doe","email":"{prefix}{n}@example.com","emailLowerCase":"{prefix}{n}@example.com","phone":null,"type":"lead","source":null,"country":"US","city":null,"companyName":null,"dnd":false,"tags":[{tags}],"customFields":[{{"id":"BenchField0000000000","value":"one"}},{{"id":"BenchField0000000001","value":"two"}}],"additionalEmails":[],"additionalPhones":[],"dateAdded":"2026-05-04T10:00:00.000Z","dateUpdated":"2026-05-05T10:00:00.000Z","createdBy":{{"source":"INTEGRATION","channel":"OAUTH","sourceId":"bench","timestamp":"2026-05-04T10:00:00.000Z"}}}},"traceId":"bench"}}"#
    )
    .into()
}

/// A contact of a page of `POST /contacts/search`.
fn listed(n: usize, fields: usize) -> Value {
    let values: Vec<Value> = (0..fields)
        .map(|field_number| json!({ "id": field(field_number), "value": format!("value {n}") }))
        .collect();
    json!({
        "id": id(n), "locationId": LOCATION, "firstName": "Ada", "lastName": "Doe", "firstNameLowerCase": "ada",
        "lastNameLowerCase": "doe", "email": format!("c{n}@example.com"), "phone": format!("+1415555{n:04}"), "city": null,
        "state": null, "country": "US", "postalCode": null, "companyName": "Doe Ltd", "businessId": null, "website": null,
        "source": "website form", "type": "lead", "assignedTo": null, "dateAdded": "2026-05-04T10:00:00.000Z",
        "dateUpdated": "2026-05-05T10:00:00.000Z", "dnd": false, "dndSettings": null, "inboundDndSettings": null,
        "attributionSource": null, "lastAttributionSource": null, "tags": ["lead", "customer"], "customFields": values,
        "additionalEmails": [], "additionalPhones": [], "followers": [], "opportunities": [], "address": null,
        "contactName": "Ada Doe", "businessName": "Doe Ltd", "dateOfBirth": null, "phoneLabel": null, "validEmail": null,
        "searchAfter": [1_777_888_800_000_u64, id(n)],
    })
}
