use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::sandbox::Options;
use crate::sandbox::request::Request;
use crate::sandbox::routes;
use crate::sandbox::state::State;

const NAMES: &[&str] = &[
    "email",
    "phone",
    "firstName",
    "tags",
    "customFields",
    "filters",
    "sort",
    "page",
    "pageLimit",
    "searchAfter",
    "dateOfBirth",
    "id",
    "key",
    "field_value",
    "field",
    "operator",
    "value",
    "group",
    "contacts",
    "dndSettings",
    "query",
];
const TEXTS: &[&str] =
    &["", "eq", "range", "OR", "dateAdded", "tags", "a@example.com", "+14155550101", "1990-01-01", "é\u{0}"];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..TEXTS.len()).prop_map(|index| json!(TEXTS[index])),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((0..NAMES.len(), inner), 0..5).prop_map(object),
        ]
    })
}

fn object(pairs: Vec<(usize, Value)>) -> Value {
    Value::Object(pairs.into_iter().map(|(index, value)| (NAMES[index].to_owned(), value)).collect())
}

#[test]
fn the_sandbox_answers_any_body_with_a_known_status() {
    const ROUTES: &[(&str, &str)] = &[
        ("POST", "/contacts/"),
        ("POST", "/contacts/upsert"),
        ("POST", "/contacts/search"),
        ("PUT", "/contacts/SFRJKd3tQl9HhoZCTFzB"),
        ("POST", "/contacts/SFRJKd3tQl9HhoZCTFzB/tags"),
        ("POST", "/contacts/bulk/tags/update/remove"),
    ];
    let state = State::new(Options { burst: u32::MAX, daily: u32::MAX, ..Options::default() });
    let headers: Vec<(String, String)> = [
        ("user-agent", String::from("x")),
        ("version", String::from("2021-07-28")),
        ("content-type", String::from("application/json")),
        ("authorization", format!("Bearer {}", state.options.token)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = proptest::collection::vec((0..NAMES.len(), value()), 0..6).prop_map(object);
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) });
    let outcome = runner.run(&(0..ROUTES.len(), any::<bool>(), body), |(route, located, mut body)| {
        let (method, path) = ROUTES[route];
        if located {
            body["locationId"] = json!(state.options.location_id);
        }
        let request = Request {
            method: method.into(),
            path: path.into(),
            headers: headers.clone(),
            body: body.to_string().into_bytes(),
            ..Request::default()
        };
        let response = runtime.block_on(routes::serve(&state, &request));
        proptest::prop_assert!([200, 201, 400, 403, 422].contains(&response.status), "{}", response.status);
        Ok(())
    });
    outcome.unwrap();
}
