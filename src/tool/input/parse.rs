//! A call's arguments into a tool's input; a bad argument into words the model can act on.

use std::io;

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::tool::words::{cut, echo, nearest};
use crate::tool::{Failure, clean};

/// The most bytes that the arguments of one call may have, as JSON.
pub(crate) const MOST_BYTES: usize = 1024 * 1024;

/// The code of every failure in this file.
const CODE: &str = "invalid_arguments";

/// Reads `arguments` as a tool's input.
///
/// # Errors
///
/// An `invalid_arguments` failure that names the field, what was expected, and for an unknown field the known
/// ones and the nearest of them.
pub(crate) fn parse<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, Failure> {
    if !fits(&arguments) {
        return Err(invalid(&format!("The arguments are larger than {MOST_BYTES} bytes."))
            .with_hint("Send less in one call."));
    }
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, &error.into_inner().to_string())
    })
}

/// The failure of a call whose `arguments` are not an object.
pub(crate) fn not_an_object(arguments: &Value) -> Failure {
    let kind = match arguments {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    invalid(&format!("The arguments are {kind}; expected a JSON object."))
        .with_hint("Send the arguments as an object of named fields.")
}

fn invalid(what: &str) -> Failure {
    Failure::new(CODE, format!("{} Nothing was written.", cut(what, 300)))
}

/// Whether the arguments stay within [`MOST_BYTES`]; stops counting when they do not.
fn fits(arguments: &JsonObject) -> bool {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => self.0 = left,
                None => return Err(io::ErrorKind::FileTooLarge.into()),
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    serde_json::to_writer(Counter(MOST_BYTES), arguments).is_ok()
}

/// serde's words about the field at `path`, turned into a failure.
fn explain(path: &str, said: &str) -> Failure {
    // What was found is the caller's text and stands before the last ", expected "; what was expected is ours.
    let (found, expected) = match said.rsplit_once(", expected ") {
        Some((found, expected)) => (found, Some(expected)),
        None => (said, None),
    };
    let expected = expected.map(|text| text.strip_prefix("one of ").unwrap_or(text));
    let known = expected.map(quoted).unwrap_or_default();
    if let Some(word) = found.strip_prefix("unknown field `") {
        let word = word.strip_suffix(", there are no fields").unwrap_or(word).trim_end_matches('`');
        let place = if path.contains('.') { format!(" at {}", echo(path)) } else { String::new() };
        return invalid(&format!("Unknown field \"{}\"{place}.", echo(word)))
            .with_hint(choices("fields", word, &known));
    }
    if let Some(word) = found.strip_prefix("unknown variant `") {
        let word = word.trim_end_matches('`');
        return invalid(&format!("{}: \"{}\" is not one of its values.", place(path), echo(word)))
            .with_hint(choices("values", word, &known));
    }
    if let Some(field) = said.strip_prefix("missing field `") {
        let field = field.trim_end_matches('`');
        let inside = if path == "." { String::new() } else { format!(" in {}", echo(path)) };
        return invalid(&format!("The field \"{}\" is missing{inside}.", echo(field)))
            .with_hint("Send it and call again.");
    }
    match expected {
        Some(expected) => {
            let expected = plain_type(expected);
            invalid(&format!("{}: {}, expected {}.", place(path), echo(found), cut(&clean(expected), 120)))
                .with_hint("Correct it and call again.")
        }
        None => invalid(&format!("{}: {}.", place(path), cut(&clean(&cut(said, 400)), 200)))
            .with_hint("Correct it and call again."),
    }
}

fn place(path: &str) -> String {
    if path == "." { "The arguments".to_owned() } else { format!("Field \"{}\"", echo(path)) }
}

fn choices(what: &str, word: &str, known: &[&str]) -> String {
    let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    match nearest(word, known) {
        Some(near) => format!("Did you mean \"{near}\"? Known {what}: {list}."),
        None => format!("Known {what}: {list}."),
    }
}

/// The words that serde put between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A Rust type's name in the words of JSON.
fn plain_type(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use crate::tool::Failure;
    use crate::tool::input::parse::{MOST_BYTES, parse};

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Mode {
        Overwrite,
        FillEmpty,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Field {
        #[expect(dead_code, reason = "only read by serde")]
        id: String,
    }

    #[derive(Debug, Deserialize)]
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
        let Value::Object(arguments) = arguments else { panic!("an object") };
        let failure = parse::<Input>(arguments).unwrap_err();
        assert_eq!(failure.code, "invalid_arguments");
        assert!(failure.message.ends_with("Nothing was written."), "{failure:?}");
        failure
    }

    #[test]
    fn good_arguments_are_read() {
        let Value::Object(good) = json!({"firstName": "Jane", "mode": "fillEmpty"}) else { panic!() };
        assert_eq!(parse::<Input>(good).unwrap().first_name, "Jane");
    }

    #[test]
    fn an_unknown_field_names_itself_the_nearest_and_the_known_ones() {
        assert_eq!(
            refused(json!({"first_name": "Jane"})).text(),
            "Unknown field \"first_name\". Nothing was written. Did you mean \"firstName\"? \
             Known fields: firstName, limit, mode, customFields."
        );
    }

    #[test]
    fn an_unknown_field_deep_down_names_its_place() {
        let text = refused(json!({"firstName": "J", "customFields": [{"id": "a"}, {"key": "b"}]})).text();
        assert!(text.starts_with("Unknown field \"key\" at customFields[1].key. Nothing"), "{text}");
        assert!(text.ends_with("Known fields: id."), "{text}");
    }

    #[test]
    fn a_wrong_type_names_the_field_what_came_and_what_was_expected() {
        let text = refused(json!({"firstName": "J", "limit": "many"})).text();
        assert!(
            text.starts_with(
                "Field \"limit\": invalid type: string \"many\", expected a whole number, 0 or more."
            ),
            "{text}"
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        assert!(refused(json!({})).message.starts_with("The field \"firstName\" is missing."));
        let text = refused(json!({"firstName": "J", "customFields": [{}]})).text();
        assert!(text.starts_with("The field \"id\" is missing in customFields[0]."), "{text}");
    }

    #[test]
    fn a_word_outside_a_list_of_words_is_answered_with_the_list() {
        let text = refused(json!({"firstName": "J", "mode": "fill_empty"})).text();
        assert!(text.starts_with("Field \"mode\": \"fill_empty\" is not one of its values."), "{text}");
        assert!(text.ends_with("Did you mean \"fillEmpty\"? Known values: overwrite, fillEmpty."), "{text}");
    }

    #[test]
    fn what_the_caller_sent_is_repeated_short_and_clean() {
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
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let Value::Object(arguments) = json!({"limit": 1}) else { panic!() };
        assert_eq!(
            parse::<Nothing>(arguments).unwrap_err().text(),
            "Unknown field \"limit\". Nothing was written. Known fields: none."
        );
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_sent_is_refused_in_few_and_plain_words(key: String, value: String) {
            let twice = format!("{key}`, expected `{value}");
            for arguments in [
                json!({"firstName": "J", "limit": value}),
                json!({"firstName": "J", "mode": value}),
                json!({"firstName": "J", "customFields": [{"id": "a", twice: value}]}),
                json!({"firstName": [key, value]}),
            ] {
                let text = refused(arguments).text();
                assert!(text.chars().count() <= 500);
                assert_eq!(text, crate::tool::clean(&text));
            }
        }
    }

    #[test]
    fn arguments_over_a_mebibyte_are_refused() {
        let text = refused(json!({"firstName": "x".repeat(MOST_BYTES)})).text();
        assert!(text.starts_with("The arguments are larger than 1048576 bytes."), "{text}");
    }
}
