//! Checks of request bodies: a 422 names each unknown property and each wrong type.

use serde_json::{Map, Value};

use crate::sandbox::options::Options;
use crate::sandbox::response::Response;
use crate::sandbox::text;

/// The operation that a contact body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteKind {
    /// `POST /contacts/`
    Create,
    /// `POST /contacts/upsert`
    Upsert,
    /// `PUT /contacts/{id}`
    Update,
}

/// What a property accepts.
#[derive(Clone, Copy)]
enum Accepts {
    /// A string or null.
    Nullable,
    /// A string.
    Text,
    /// A string; on an update also null.
    NullableOnUpdate,
    Email,
    Birthday,
    Country,
    Flag,
    Object,
    Tags,
    Fields,
}

/// The properties of `CreateContactDto` in HighLevel's OpenAPI (version 2021-07-28).
const PROPERTIES: &[(&str, Accepts)] = &[
    ("firstName", Accepts::Nullable),
    ("lastName", Accepts::Nullable),
    ("name", Accepts::Nullable),
    ("email", Accepts::Email),
    ("locationId", Accepts::Text),
    ("gender", Accepts::Text),
    ("phone", Accepts::Nullable),
    ("address1", Accepts::Nullable),
    ("city", Accepts::Nullable),
    ("state", Accepts::Nullable),
    ("postalCode", Accepts::Text),
    ("website", Accepts::Nullable),
    ("timezone", Accepts::Nullable),
    ("dnd", Accepts::Flag),
    ("dndSettings", Accepts::Object),
    ("inboundDndSettings", Accepts::Object),
    ("tags", Accepts::Tags),
    ("customFields", Accepts::Fields),
    ("source", Accepts::NullableOnUpdate),
    ("dateOfBirth", Accepts::Birthday),
    ("country", Accepts::Country),
    ("companyName", Accepts::Nullable),
    ("assignedTo", Accepts::NullableOnUpdate),
];

/// Checks the body of a contact write. One 422 lists all problems.
pub(crate) fn contact_body(
    body: &Map<String, Value>,
    kind: WriteKind,
    options: &Options,
) -> Result<(), Response> {
    let mut problems: Vec<String> = Vec::new();
    for (property, value) in body {
        match accepted(property, kind, options) {
            None => problems.push(format!("property {property} should not exist")),
            Some(accepts) => problems.extend(problem(property, value, accepts, kind)),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Response::unprocessable(&problems)) }
}

/// One message for each property that is not in `allowed`.
pub(crate) fn unknown_properties(body: &Map<String, Value>, allowed: &[&str]) -> Vec<String> {
    let unknown = body.keys().filter(|property| !allowed.contains(&property.as_str()));
    unknown.map(|property| format!("property {property} should not exist")).collect()
}

/// The problem of a `tags` value, if it has one.
pub(crate) fn tags_problem(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => None,
        Some(Value::Array(_)) => Some(String::from("each value in tags must be a string")),
        _ => Some(String::from("tags must be an array")),
    }
}

/// What a property accepts in this operation; nothing for an unknown property.
fn accepted(property: &str, kind: WriteKind, options: &Options) -> Option<Accepts> {
    match (kind, property) {
        (WriteKind::Update, "gender" | "locationId") => return None,
        (WriteKind::Update, "companyName") if !options.put_company_name => return None,
        (WriteKind::Upsert, "createNewIfDuplicateAllowed") => return Some(Accepts::Flag),
        _ => {}
    }
    PROPERTIES.iter().find(|(name, _)| *name == property).map(|(_, accepts)| *accepts)
}

fn problem(property: &str, value: &Value, accepts: Accepts, kind: WriteKind) -> Option<String> {
    let text = value.as_str();
    let must = |rule: &str, valid: bool| (!valid).then(|| format!("{property} must be {rule}"));
    match accepts {
        Accepts::Nullable => must("a string", value.is_null() || text.is_some()),
        Accepts::NullableOnUpdate if kind == WriteKind::Update => {
            must("a string", value.is_null() || text.is_some())
        }
        Accepts::Text | Accepts::NullableOnUpdate => must("a string", text.is_some()),
        Accepts::Email => must("an email", value.is_null() || text.is_some_and(text::is_email)),
        Accepts::Birthday => must(
            "a valid date",
            value.is_null() || text.is_some_and(|date| date.is_empty() || text::birthday(date).is_some()),
        ),
        Accepts::Country => must(
            "a valid ISO31661 Alpha2 code",
            text.is_some_and(|code| code.is_empty() || text::is_country(code)),
        ),
        Accepts::Flag => must("a boolean value", value.is_boolean()),
        Accepts::Object => must("an object", value.is_object()),
        Accepts::Tags => tags_problem(Some(value)),
        Accepts::Fields => must("an array", value.is_array()),
    }
}

#[cfg(test)]
mod tests;
