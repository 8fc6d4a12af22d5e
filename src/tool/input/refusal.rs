//! The failure of each kind of bad argument: names the field with its path, what was found and what was expected.

use serde_json::Value;

use crate::ghl::model::text::{clean_line as clean, cut};
use crate::tool::input::names::advice;
use crate::tool::words::{echo, nearest};
use crate::tool::{Code, Failure};

/// The failure of arguments over `most` bytes.
pub(crate) fn too_large(most: usize) -> Failure {
    invalid(&format!("The arguments are larger than {most} bytes.")).with_hint("Send less in one call.")
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

/// The failure of arguments that have a key twice, at `path`.
pub(crate) fn repeated_key(path: &str) -> Failure {
    invalid(&format!("The field \"{}\" is there twice.", echo(path))).with_hint("Send it once.")
}

/// The object at `parent` ("" for the arguments themselves) has a field `name` that is none of `known`.
pub(crate) fn unknown_field(parent: &str, name: &str, known: &[&str]) -> Failure {
    let name = echo(name);
    let place = if parent.is_empty() { String::new() } else { format!(" at {parent}.{name}") };
    let failure = invalid(&format!("Unknown field \"{name}\"{place}."));
    match advice(&name, known).filter(|_| parent.is_empty()) {
        Some(advice) => failure.with_hint(format!("{advice}.")),
        None => failure.with_hint(choices("fields", &name, known)),
    }
}

/// The text at `path` is none of the `known` words.
pub(crate) fn unknown_word(path: &str, word: &str, known: &[&str]) -> Failure {
    let word = echo(word);
    invalid(&format!("Field \"{path}\": \"{word}\" is not one of its values."))
        .with_hint(choices("values", &word, known))
}

/// The object at `parent` lacks its required field `name`.
pub(crate) fn missing(parent: &str, name: &str) -> Failure {
    invalid(&format!("The field \"{name}\" is missing{}.", inside(parent)))
        .with_hint("Send it and call again.")
}

/// The object at `parent` has the field `name` under two of its names.
pub(crate) fn given_twice(parent: &str, name: &str) -> Failure {
    invalid(&format!("The field \"{name}\" is there under two names{}.", inside(parent)))
        .with_hint("Send it once.")
}

/// A row of a list is no object.
pub(crate) fn not_a_row(row: &Value) -> Failure {
    invalid(&format!("The row is {}; expected an object of named fields.", describe(row)))
        .with_hint("Send each row as an object, like {\"email\": \"jane.smith@example.com\"}.")
}

/// The value at `path` is of another JSON type.
pub(crate) fn wrong_type(path: &str, value: &Value, expected: &str) -> Failure {
    mismatch(path, "type", value, expected)
}

/// The value at `path` is of a type that is taken, but is none that `expected` describes.
pub(crate) fn wrong_value(path: &str, value: &Value, expected: &str) -> Failure {
    mismatch(path, "value", value, expected)
}

/// The failure of arguments that fit the schema and that the tool's input refuses all the same.
pub(crate) fn unreadable(error: &serde_json::Error) -> Failure {
    let said = cut(&error.to_string(), 400);
    invalid(&format!("The arguments cannot be read: {}.", cut(&clean(&said), 200)))
        .with_hint("Correct them and call again.")
}

fn mismatch(path: &str, what: &str, value: &Value, expected: &str) -> Failure {
    invalid(&format!("Field \"{path}\": invalid {what}: {}, expected {expected}.", describe(value)))
        .with_hint("Correct it and call again.")
}

fn inside(parent: &str) -> String {
    if parent.is_empty() { String::new() } else { format!(" in {parent}") }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("boolean `{flag}`"),
        Value::Number(number) => format!("number `{number}`"),
        Value::String(text) => format!("string \"{}\"", echo(text)),
        Value::Array(_) => "list".to_owned(),
        Value::Object(_) => "object".to_owned(),
    }
}

fn choices(what: &str, word: &str, known: &[&str]) -> String {
    let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    match nearest(word, known) {
        Some(near) => format!("Did you mean \"{near}\"? Known {what}: {list}."),
        None => format!("Known {what}: {list}."),
    }
}

fn invalid(what: &str) -> Failure {
    Failure::new(Code::InvalidArguments, cut(what, 300))
}
