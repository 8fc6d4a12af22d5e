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
