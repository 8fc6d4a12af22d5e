//! JSON Schemas that every MCP host takes, from Rust types.
//!
//! Some hosts refuse references, unions with null, lists of types, `oneOf`, Rust's own number formats or a bare `true`.
//! These schemas have none of them, and nothing that a model does not need: every conversation pays for every byte of
//! `tools/list`.

use rmcp::model::JsonObject;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, ReplaceBoolSchemas, RestrictFormats, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::tool::input::ROW;

/// The mark of an argument that is not shown.
const HIDDEN: &str = "x-hidden";

/// The schema of a tool's arguments as a model reads it, from [`typed_input`].
pub(crate) fn portable_input(mut schema: Schema) -> JsonObject {
    each(&mut schema, brief);
    each(&mut schema, brief_input);
    finish(schema)
}

/// The schema of a tool's answer: what `T` is when it is written.
///
/// Nothing is required and other fields are allowed, since some clients hold a failure's structured content against this
/// schema too.
pub(crate) fn portable_output<T: JsonSchema>() -> JsonObject {
    let mut schema = generate::<T>(SchemaSettings::draft2020_12().for_serialize());
    each(&mut schema, |schema| {
        optional_without_null(schema);
        one_type(schema, true);
        any_type(schema, || any_answer(true));
    });
    each(&mut schema, brief);
    each(&mut schema, brief_output);
    finish(schema)
}

/// The schema of a tool's arguments with one type for each value, and with the formats of Rust's numbers.
pub(crate) fn typed_input<T: JsonSchema>() -> Schema {
    let mut schema = generate::<T>(SchemaSettings::draft2020_12().for_deserialize());
    each(&mut schema, |schema| one_type(schema, false));
    schema
}

/// One schema without references, in which every list of words is an `enum`.
fn generate<T: JsonSchema>(settings: SchemaSettings) -> Schema {
    let mut bools = ReplaceBoolSchemas::default();
    bools.skip_additional_properties = true;
    let settings = settings.with(|s| s.inline_subschemas = true).with_transform(bools);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    each(&mut schema, collapse_words);
    schema
}

/// Applies `change` to the schema and then to those inside it.
fn each(schema: &mut Schema, change: impl FnMut(&mut Schema)) {
    RecursiveTransform(change).transform(schema);
}

/// Takes out what only Rust needs, and defaults that only say that a field may be left out.
fn brief(schema: &mut Schema) {
    let unsigned =
        schema.get("format").and_then(Value::as_str).is_some_and(|format| format.starts_with("uint"));
    if unsigned && schema.get("minimum").and_then(Value::as_f64) == Some(0.0) {
        schema.remove("minimum");
    }
    let empty = match schema.get("default") {
        Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        _ => false,
    };
    if empty {
        schema.remove("default");
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(true)) {
        schema.remove("additionalProperties");
    }
}

fn brief_input(schema: &mut Schema) {
    // What is understood and not shown: a host that sends it has read of it elsewhere in the schema.
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|_, property| property.get(HIDDEN).is_none());
    }
    schema.remove(ROW);
    any_type(schema, any_argument);
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = one_line(text);
    }
    if schema.get("type").is_some_and(|kind| kind == "array") {
        schema.ensure_object().entry("items").or_insert_with(|| json!({"type": "string"}));
    }
    if let Some(Value::Object(item)) = schema.get_mut("items")
        && item.contains_key("properties")
    {
        // The list is described to the model; the description of the element's type is dropped.
        item.remove("description");
    }
    // Unknown fields are refused by name all the same. The keyword costs bytes in each conversation, and the Python SDK
    // of Gemini refuses the tools of a server that has it (google-genai 3.6.1, `mcp_to_gemini_tool`).
    schema.remove("additionalProperties");
}

fn brief_output(schema: &mut Schema) {
    // Answers are read as they are; their schema is for machines, which find out what is there.
    schema.remove("description");
    schema.remove("required");
    if schema.get("additionalProperties").is_some_and(Value::is_boolean) {
        schema.remove("additionalProperties");
    }
}

/// The root: an object with properties, described by its tool. Only the formats of JSON Schema itself stay.
fn finish(mut schema: Schema) -> JsonObject {
    RestrictFormats::default().transform(&mut schema);
    let root = schema.ensure_object();
    for word in ["$schema", "title", "description"] {
        root.remove(word);
    }
    root.entry("type").or_insert_with(|| json!("object"));
    root.entry("properties").or_insert_with(|| json!({}));
    std::mem::take(root)
}

/// A field of an answer that may be left out is left out; only one that is always there can be null.
fn optional_without_null(schema: &mut Schema) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    let optional = properties.iter_mut().filter(|(name, _)| !required.iter().any(|one| one == *name));
    for property in optional.filter_map(|(_, property)| <&mut Schema>::try_from(property).ok()) {
        one_type(property, false);
        any_type(property, || any_answer(false));
    }
}

/// One `type` a schema: a union keeps null, as a branch of its own, where `null` allows it.
fn one_type(schema: &mut Schema, null: bool) {
    // `additionalProperties` may be true or false.
    let Some(schema) = schema.as_object_mut() else { return };
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        branches.retain(|branch| null || !is_null(branch));
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
        schema.remove("type");
        spread(schema, kinds, null);
    }
}

/// Writes a list of types as one type, or as a union of single ones.
fn spread(schema: &mut Map<String, Value>, kinds: Vec<Value>, null: bool) {
    let kinds: Vec<Value> = kinds.into_iter().filter(|kind| null || kind != "null").collect();
    if let [only] = kinds.as_slice() {
        schema.insert("type".to_owned(), only.clone());
        return;
    }
    let keys: Vec<String> = schema.keys().filter(|key| *key != "description").cloned().collect();
    let rest: Map<String, Value> =
        keys.into_iter().filter_map(|key| schema.remove(&key).map(|value| (key, value))).collect();
    let branch = |kind: Value| {
        let mut one = if kind == "null" { Map::new() } else { rest.clone() };
        one.insert("type".to_owned(), kind);
        Value::Object(one)
    };
    schema.insert("anyOf".to_owned(), kinds.into_iter().map(branch).collect());
}

/// Some hosts refuse a schema without a type: it becomes the union of `any`.
fn any_type(schema: &mut Schema, any: impl Fn() -> Value) {
    if schema.as_bool().is_none()
        && !["type", "anyOf", "oneOf", "allOf", "enum"].iter().any(|key| schema.get(*key).is_some())
    {
        schema.insert("anyOf".to_owned(), any());
    }
}

/// schemars writes a list of words as one schema for each word if some of them are documented: it becomes an `enum`,
/// with the documentation in the description.
fn collapse_words(schema: &mut Schema) {
    if let Some(word) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([word]));
    }
    let Some(Value::Array(branches)) = schema.get("oneOf") else { return };
    let mut words = Vec::new();
    let mut described = Vec::new();
    for branch in branches {
        let many = branch.get("enum").and_then(Value::as_array);
        let these: Vec<&str> = match (branch.get("const").and_then(Value::as_str), many) {
            (Some(word), _) => vec![word],
            (None, Some(many)) => many.iter().filter_map(Value::as_str).collect(),
            (None, None) => return,
        };
        if let (&[word], Some(about)) = (these.as_slice(), branch.get("description").and_then(Value::as_str))
        {
            described.push(format!("{word}: {}", one_line(about).trim_end_matches('.')));
        }
        words.extend(these.into_iter().map(Value::from));
    }
    schema.remove("oneOf");
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), Value::Array(words));
    // The argument's own description is enough.
    if !described.is_empty() && schema.get("description").is_none() {
        schema.insert("description".to_owned(), json!(described.join("; ")));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "null")
}

/// The union of what an argument of any type may be.
fn any_argument() -> Value {
    json!([
        {"type": "string"}, {"type": "number"}, {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}}, {"type": "object"}
    ])
}

/// The union of what any value of an answer may be.
fn any_answer(null: bool) -> Value {
    let kinds = ["string", "number", "boolean", "object", "array"];
    kinds.into_iter().chain(null.then_some("null")).map(|kind| json!({"type": kind})).collect()
}

#[cfg(test)]
mod tests;
