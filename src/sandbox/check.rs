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
mod tests {
    use crate::sandbox::check::{WriteKind, contact_body};
    use crate::sandbox::options::Options;
    use crate::sandbox::response::Payload;
    use serde_json::{Value, json};

    fn problems(body: &Value, kind: WriteKind, options: &Options) -> Value {
        match contact_body(body.as_object().unwrap(), kind, options) {
            Ok(()) => json!([]),
            Err(response) => match response.body {
                Payload::Json(body) => body["message"].clone(),
                Payload::Text(..) => Value::Null,
            },
        }
    }

    #[test]
    fn an_update_accepts_fewer_properties_than_a_create() {
        let body = json!({ "gender": "male", "locationId": "L", "companyName": "Acme" });
        let strict = Options { put_company_name: false, ..Options::default() };
        assert_eq!(problems(&body, WriteKind::Create, &strict), json!([]));
        let mut expected = vec![
            "property companyName should not exist",
            "property gender should not exist",
            "property locationId should not exist",
        ];
        let found = problems(&body, WriteKind::Update, &strict);
        let mut found: Vec<&str> = found.as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn computed_and_additional_properties_are_refused() {
        for property in ["id", "emailLowerCase", "dateAdded", "additionalEmails", "contactName"] {
            let expected = json!([format!("property {property} should not exist")]);
            assert_eq!(problems(&json!({ property: "x" }), WriteKind::Upsert, &Options::default()), expected);
        }
    }

    #[test]
    fn a_wrong_type_is_refused_by_name() {
        let cases = [
            (json!({ "email": "ana" }), "email must be an email"),
            (json!({ "country": "USA" }), "country must be a valid ISO31661 Alpha2 code"),
            (json!({ "customFields": {} }), "customFields must be an array"),
            (json!({ "tags": "vip" }), "tags must be an array"),
            (json!({ "postalCode": 1234 }), "postalCode must be a string"),
            (json!({ "dateOfBirth": "soon" }), "dateOfBirth must be a valid date"),
        ];
        for (body, message) in cases {
            assert_eq!(problems(&body, WriteKind::Create, &Options::default()), json!([message]));
        }
    }
}
