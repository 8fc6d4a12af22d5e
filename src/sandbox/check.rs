//! The strict reading of request bodies: unknown properties and wrong types are refused by name with a 422.

use serde_json::{Map, Value};

use crate::sandbox::options::Options;
use crate::sandbox::response::Response;
use crate::sandbox::text;

/// Which body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Create,
    Upsert,
    Update,
}

#[derive(Clone, Copy)]
enum Form {
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

/// `CreateContactDto` of HighLevel's OpenAPI (2021-07-28).
const PROPERTIES: &[(&str, Form)] = &[
    ("firstName", Form::Nullable),
    ("lastName", Form::Nullable),
    ("name", Form::Nullable),
    ("email", Form::Email),
    ("locationId", Form::Text),
    ("gender", Form::Text),
    ("phone", Form::Nullable),
    ("address1", Form::Nullable),
    ("city", Form::Nullable),
    ("state", Form::Nullable),
    ("postalCode", Form::Text),
    ("website", Form::Nullable),
    ("timezone", Form::Nullable),
    ("dnd", Form::Flag),
    ("dndSettings", Form::Object),
    ("inboundDndSettings", Form::Object),
    ("tags", Form::Tags),
    ("customFields", Form::Fields),
    ("source", Form::NullableOnUpdate),
    ("dateOfBirth", Form::Birthday),
    ("country", Form::Country),
    ("companyName", Form::Nullable),
    ("assignedTo", Form::NullableOnUpdate),
];

/// Everything that is wrong with a contact body, in one 422.
pub(crate) fn contact(body: &Map<String, Value>, kind: Body, options: &Options) -> Result<(), Response> {
    let mut wrong: Vec<String> = Vec::new();
    for (property, value) in body {
        match form_of(property, kind, options) {
            None => wrong.push(format!("property {property} should not exist")),
            Some(form) => wrong.extend(complaint(property, value, form, kind)),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Response::unprocessable(&wrong)) }
}

/// Refuses properties other than those allowed (`tags` bodies, search bodies).
pub(crate) fn only(body: &Map<String, Value>, allowed: &[&str]) -> Vec<String> {
    let strange = body.keys().filter(|property| !allowed.contains(&property.as_str()));
    strange.map(|property| format!("property {property} should not exist")).collect()
}

/// What is wrong with a `tags` array, if anything.
pub(crate) fn tags(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => None,
        Some(Value::Array(_)) => Some(String::from("each value in tags must be a string")),
        _ => Some(String::from("tags must be an array")),
    }
}

fn form_of(property: &str, kind: Body, options: &Options) -> Option<Form> {
    match (kind, property) {
        (Body::Update, "gender" | "locationId") => return None,
        (Body::Update, "companyName") if !options.put_company_name => return None,
        (Body::Upsert, "createNewIfDuplicateAllowed") => return Some(Form::Flag),
        _ => {}
    }
    PROPERTIES.iter().find(|(name, _)| *name == property).map(|(_, form)| *form)
}

fn complaint(property: &str, value: &Value, form: Form, kind: Body) -> Option<String> {
    let text = value.as_str();
    let must = |rule: &str, fits: bool| (!fits).then(|| format!("{property} must be {rule}"));
    match form {
        Form::Nullable => must("a string", value.is_null() || text.is_some()),
        Form::NullableOnUpdate if kind == Body::Update => must("a string", value.is_null() || text.is_some()),
        Form::Text | Form::NullableOnUpdate => must("a string", text.is_some()),
        Form::Email => must("an email", value.is_null() || text.is_some_and(text::is_email)),
        Form::Birthday => must(
            "a valid date",
            value.is_null() || text.is_some_and(|date| date.is_empty() || text::birthday(date).is_some()),
        ),
        Form::Country => must(
            "a valid ISO31661 Alpha2 code",
            text.is_some_and(|code| code.is_empty() || text::is_country(code)),
        ),
        Form::Flag => must("a boolean value", value.is_boolean()),
        Form::Object => must("an object", value.is_object()),
        Form::Tags => tags(Some(value)),
        Form::Fields => must("an array", value.is_array()),
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::check::{Body, contact};
    use crate::sandbox::options::Options;
    use crate::sandbox::response::Payload;
    use serde_json::{Value, json};

    fn complaints(body: &Value, kind: Body, options: &Options) -> Value {
        match contact(body.as_object().unwrap(), kind, options) {
            Ok(()) => json!([]),
            Err(answer) => match answer.body {
                Payload::Json(body) => body["message"].clone(),
                Payload::Text(..) => Value::Null,
            },
        }
    }

    #[test]
    fn an_update_is_narrower_than_a_create() {
        let body = json!({ "gender": "male", "locationId": "L", "companyName": "Acme" });
        let strict = Options { put_company_name: false, ..Options::default() };
        assert_eq!(complaints(&body, Body::Create, &strict), json!([]));
        let mut expected = vec![
            "property companyName should not exist",
            "property gender should not exist",
            "property locationId should not exist",
        ];
        let found = complaints(&body, Body::Update, &strict);
        let mut found: Vec<&str> = found.as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn computed_and_additional_properties_are_refused() {
        for property in ["id", "emailLowerCase", "dateAdded", "additionalEmails", "contactName"] {
            let expected = json!([format!("property {property} should not exist")]);
            assert_eq!(complaints(&json!({ property: "x" }), Body::Upsert, &Options::default()), expected);
        }
    }

    #[test]
    fn wrong_types_are_named() {
        let cases = [
            (json!({ "email": "ana" }), "email must be an email"),
            (json!({ "country": "USA" }), "country must be a valid ISO31661 Alpha2 code"),
            (json!({ "customFields": {} }), "customFields must be an array"),
            (json!({ "tags": "vip" }), "tags must be an array"),
            (json!({ "postalCode": 1234 }), "postalCode must be a string"),
            (json!({ "dateOfBirth": "soon" }), "dateOfBirth must be a valid date"),
        ];
        for (body, message) in cases {
            assert_eq!(complaints(&body, Body::Create, &Options::default()), json!([message]));
        }
    }
}
