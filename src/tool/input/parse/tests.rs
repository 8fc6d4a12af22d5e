use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::tool::Failure;
use crate::tool::input::parse::{MAX_BYTES, parse};
use crate::tool::input::shape::Shape;
use crate::tool::schema::typed_input;

fn read<T: DeserializeOwned + JsonSchema>(arguments: Value) -> Result<T, Failure> {
    let Value::Object(arguments) = arguments else { panic!("an object") };
    parse(&Shape::of(&typed_input::<T>()), arguments)
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Overwrite,
    FillEmpty,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Field {
    #[expect(dead_code, reason = "only read by serde")]
    id: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Input {
    first_name: String,
    limit: Option<u32>,
    mode: Option<Mode>,
    #[serde(default)]
    custom_fields: Vec<Field>,
}

fn refused(arguments: Value) -> Failure {
    let failure = read::<Input>(arguments).unwrap_err();
    assert_eq!(failure.code.word(), "invalid_arguments");
    failure
}

#[test]
fn good_arguments_are_read() {
    let good = json!({"firstName": "Jane", "mode": "fillEmpty"});
    assert_eq!(read::<Input>(good).unwrap().first_name, "Jane");
}

#[test]
fn an_unknown_field_names_itself_the_nearest_and_the_known_ones() {
    assert_eq!(
        refused(json!({"first_nam": "Jane"})).text(),
        "Unknown field \"first_nam\". Did you mean \"firstName\"? \
         Known fields: customFields, firstName, limit, mode."
    );
}

#[test]
fn an_unknown_field_inside_a_list_names_its_path() {
    let text = refused(json!({"firstName": "J", "customFields": [{"id": "a"}, {"key": "b"}]})).text();
    assert!(text.starts_with("Unknown field \"key\" at customFields[1].key. Known"), "{text}");
    assert!(text.ends_with("Known fields: id."), "{text}");
}

#[test]
fn a_wrong_type_names_the_field_what_came_and_what_was_expected() {
    let text = refused(json!({"firstName": "J", "limit": "many"})).text();
    assert!(
        text.starts_with(
            "Field \"limit\": invalid value: string \"many\", expected a whole number from 0 to 4294967295."
        ),
        "{text}"
    );
}

#[test]
fn a_missing_field_is_named() {
    assert!(refused(json!({})).message.starts_with("The field \"firstName\" is missing."));
    let text = refused(json!({"firstName": "J", "customFields": [{"name": null}]})).text();
    assert!(text.starts_with("The field \"id\" is missing in customFields[0]."), "{text}");
}

#[test]
fn an_unknown_word_is_answered_with_the_known_ones() {
    let text = refused(json!({"firstName": "J", "mode": "fill_emty"})).text();
    assert!(text.starts_with("Field \"mode\": \"fill_emty\" is not one of its values."), "{text}");
    assert!(text.ends_with("Did you mean \"fillEmpty\"? Known values: overwrite, fillEmpty."), "{text}");
}

#[test]
fn a_callers_text_is_repeated_short_and_clean() {
    let evil = format!("\u{202e}\u{200b}\u{1b}[31m{}", "x".repeat(5000));
    for arguments in [
        json!({"firstName": "J", "limit": evil}),
        json!({"firstName": "J", "mode": evil}),
        json!({"firstName": "J", evil.clone(): 1}),
    ] {
        let text = refused(arguments).text();
        assert!(text.chars().count() <= 500);
        assert!(!text.contains(['\u{202e}', '\u{200b}', '\u{1b}']), "{text}");
        assert!(!text.contains(&"x".repeat(81)), "{text}");
    }
}

#[test]
fn a_tool_without_fields_says_so() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    assert_eq!(
        read::<Nothing>(json!({"limit": 1})).unwrap_err().text(),
        "Unknown field \"limit\". Known fields: none."
    );
}

proptest::proptest! {
    #[test]
    fn every_refusal_is_short_and_clean(key: String, value: String) {
        let twice = format!("{key}`, expected `{value}");
        for arguments in [
            json!({"firstName": "J", "limit": format!("x{value}")}),
            json!({"firstName": "J", "mode": format!("x{value}")}),
            json!({"firstName": "J", "customFields": [{"id": "a", twice: format!("x{value}")}]}),
            json!({"firstName": [key, value, "x"]}),
        ] {
            let text = refused(arguments).text();
            assert!(text.chars().count() <= 500);
            assert_eq!(text, crate::tool::clean(&text));
        }
    }
}

#[test]
fn arguments_over_a_mebibyte_are_refused() {
    let text = refused(json!({"firstName": "x".repeat(MAX_BYTES)})).text();
    assert!(text.starts_with("The arguments are larger than 1048576 bytes."), "{text}");
}
