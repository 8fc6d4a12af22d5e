//! JSON Schemas that every MCP host takes, from Rust types.
//!
//! Hosts differ in what they choke on: references, unions with null, lists of types, root `oneOf`, Rust's own
//! number formats, a bare `true`. The schemas here have none of it, and nothing that a model does not need:
//! every byte of `tools/list` is paid for in each conversation.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The formats that JSON Schema itself knows; the others are Rust's.
const FORMATS: [&str; 5] = ["date-time", "date", "email", "uri", "uuid"];

/// The keywords that hold one schema or a list of them.
const NESTED: [&str; 6] = ["items", "additionalProperties", "prefixItems", "anyOf", "oneOf", "allOf"];

/// The schema of a tool's arguments: what `T` takes when it is read.
#[must_use]
pub fn portable_input<T: JsonSchema>() -> JsonObject {
    let mut root = generate::<T>(SchemaSettings::draft2020_12().for_deserialize());
    Cleaner { input: true }.object(&mut root, false);
    close(root)
}

/// The schema of a tool's answer: what `T` is when it is written.
///
/// Nothing is required at the root and other fields are allowed there, since some clients hold a failure's
/// structured content against this schema too.
#[must_use]
pub fn portable_output<T: JsonSchema>() -> JsonObject {
    let mut root = generate::<T>(SchemaSettings::draft2020_12().for_serialize());
    Cleaner { input: false }.object(&mut root, true);
    root.remove("required");
    close(root)
}

fn generate<T: JsonSchema>(settings: SchemaSettings) -> Map<String, Value> {
    let settings = settings.with(|s| {
        s.inline_subschemas = true;
        s.meta_schema = None;
    });
    match settings.into_generator().into_root_schema_for::<T>().to_value() {
        Value::Object(root) => root,
        _ => Map::new(),
    }
}

/// The root: an object with properties, described by its tool.
fn close(mut root: JsonObject) -> JsonObject {
    root.remove("description");
    root.entry("type").or_insert_with(|| json!("object"));
    root.entry("properties").or_insert_with(|| json!({}));
    root
}

struct Cleaner {
    input: bool,
}

impl Cleaner {
    /// Cleans the schema at `value`; `null` says whether the value may be null (outputs only).
    fn schema(&self, value: &mut Value, null: bool) {
        if value.is_boolean() {
            *value = json!({});
        }
        if let Value::Object(schema) = value {
            self.object(schema, null);
        }
    }

    fn object(&self, schema: &mut Map<String, Value>, null: bool) {
        schema.remove("$schema");
        if schema.get("title").is_some_and(Value::is_string) {
            schema.remove("title");
        }
        drop_rust_formats(schema);
        drop_empty_defaults(schema);
        collapse_words(schema);
        if self.input {
            join_lines(schema);
        } else {
            // An answer explains itself to whoever reads it; its schema is for machines.
            schema.remove("description");
        }
        // Only an input's `false` tells a model anything.
        if schema.get("additionalProperties").and_then(Value::as_bool).is_some_and(|more| more || !self.input)
        {
            schema.remove("additionalProperties");
        }
        self.one_type(schema, null && !self.input);
        self.members(schema);
        if !["type", "anyOf", "oneOf", "allOf", "enum"].iter().any(|key| schema.contains_key(*key)) {
            schema.insert("anyOf".to_owned(), if self.input { any_argument() } else { any_answer(null) });
        }
        if self.input && schema.get("type").is_some_and(|kind| kind == "array") {
            schema.entry("items").or_insert_with(|| json!({"type": "string"}));
        }
    }

    /// Cleans the schemas inside this one.
    fn members(&self, schema: &mut Map<String, Value>) {
        let required: Vec<String> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
            .unwrap_or_default();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for (name, property) in properties {
                // A field that may be left out is left out; only one that must be there can be null.
                self.schema(property, required.contains(name));
            }
        }
        if let Some(Value::Object(item)) = schema.get_mut("items")
            && item.contains_key("properties")
        {
            // The list is what a model is told about; its element's type is the code's own affair.
            item.remove("description");
            // An unknown field in it is refused all the same, by name; saying so here costs each conversation.
            item.remove("additionalProperties");
        }
        for key in NESTED {
            match schema.get_mut(key) {
                Some(Value::Array(list)) => list.iter_mut().for_each(|one| self.schema(one, true)),
                Some(Value::Bool(false)) | None => {}
                Some(one) => self.schema(one, true),
            }
        }
    }

    /// One `type` a schema: null leaves unions (or stays a branch of its own, where `null` holds).
    fn one_type(&self, schema: &mut Map<String, Value>, null: bool) {
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.retain(|word| !word.is_null());
        }
        if let Some(Value::Array(kinds)) = schema.get("type").cloned() {
            schema.remove("type");
            spread(schema, kinds, null);
        }
        let Some(Value::Array(branches)) = schema.get_mut("anyOf") else { return };
        let nullable = branches.iter().any(is_null);
        if nullable && !null {
            branches.retain(|branch| !is_null(branch));
        }
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
            // What was inside the union is cleaned as if it had never been in one.
            self.object(schema, false);
        }
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

/// A list of words that schemars wrote as one schema a word, because some of them are documented, becomes an
/// `enum` with the documentation in the description.
fn collapse_words(schema: &mut Map<String, Value>) {
    if let Some(word) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([word]));
    }
    let Some(Value::Array(branches)) = schema.get("oneOf") else { return };
    let mut words = Vec::new();
    let mut told = Vec::new();
    for branch in branches {
        let many = branch.get("enum").and_then(Value::as_array);
        let these: Vec<&str> = match (branch.get("const").and_then(Value::as_str), many) {
            (Some(word), _) => vec![word],
            (None, Some(many)) => many.iter().filter_map(Value::as_str).collect(),
            (None, None) => return,
        };
        if let (&[word], Some(about)) = (these.as_slice(), branch.get("description").and_then(Value::as_str))
        {
            told.push(format!("{word}: {}", one_line(about).trim_end_matches('.')));
        }
        words.extend(these.into_iter().map(Value::from));
    }
    schema.remove("oneOf");
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), Value::Array(words));
    // What the argument says of itself is enough; without it the words speak.
    if !told.is_empty() && !schema.contains_key("description") {
        schema.insert("description".to_owned(), json!(told.join("; ")));
    }
}

/// Takes out `uint32`, `double` and their kin, and the `minimum: 0` that comes with the unsigned ones.
fn drop_rust_formats(schema: &mut Map<String, Value>) {
    let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
    if FORMATS.contains(&format) {
        return;
    }
    let unsigned = format.starts_with("uint");
    schema.remove("format");
    if unsigned && schema.get("minimum").and_then(Value::as_f64) == Some(0.0) {
        schema.remove("minimum");
    }
}

/// Takes out a default that only says that a field may be left out.
fn drop_empty_defaults(schema: &mut Map<String, Value>) {
    let empty = match schema.get("default") {
        Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        _ => false,
    };
    if empty {
        schema.remove("default");
    }
}

fn join_lines(schema: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = one_line(text);
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
        {"type": "string"}, {"type": "number"}, {"type": "object"},
        {"type": "array", "items": {"type": "string"}}
    ])
}

/// The union of what any value of an answer may be; a schema that says nothing is one that hosts stumble over.
fn any_answer(null: bool) -> Value {
    let kinds = ["string", "number", "boolean", "object", "array"];
    kinds.into_iter().chain(null.then_some("null")).map(|kind| json!({"type": kind})).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use crate::tool::{portable_input, portable_output};

    /// How.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    enum Mode {
        /// Change it.
        Overwrite,
        /// Only where
        /// nothing stands.
        FillEmpty,
        Other,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    enum Plain {
        Asc,
        Desc,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Field {
        /// Id, key or name.
        id: String,
        /// Any value.
        value: Value,
    }

    /// The arguments.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Everything {
        /// A name.
        name: String,
        title: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
        /// How many.
        #[schemars(range(min = 1, max = 100))]
        limit: Option<u32>,
        count: u64,
        ratio: Option<f64>,
        #[serde(default)]
        dry_run: bool,
        mode: Option<Mode>,
        order: Plain,
        #[serde(default)]
        fields: Vec<Field>,
        one: Option<Field>,
        any: Value,
        map: BTreeMap<String, Value>,
    }

    #[test]
    fn an_input_is_plain_short_and_closed() {
        let any = json!([
            {"type": "string"}, {"type": "number"}, {"type": "object"},
            {"type": "array", "items": {"type": "string"}}
        ]);
        let field = json!({
            "type": "object", "additionalProperties": false, "required": ["id", "value"],
            "properties": {
                "id": {"type": "string", "description": "Id, key or name."},
                "value": {"description": "Any value.", "anyOf": any}
            }
        });
        let mut element = field.clone();
        element.as_object_mut().unwrap().remove("additionalProperties");
        assert_eq!(
            Value::Object(portable_input::<Everything>()),
            json!({
                "type": "object", "additionalProperties": false,
                "required": ["name", "count", "order", "any", "map"],
                "properties": {
                    "name": {"type": "string", "description": "A name."},
                    "title": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "limit": {"type": "integer", "description": "How many.", "minimum": 1, "maximum": 100},
                    "count": {"type": "integer"},
                    "ratio": {"type": "number"},
                    "dryRun": {"type": "boolean"},
                    "mode": {
                        "type": "string", "enum": ["other", "overwrite", "fillEmpty"],
                        "description": "How."
                    },
                    "order": {"type": "string", "enum": ["asc", "desc"]},
                    "fields": {"type": "array", "items": element},
                    "one": field,
                    "any": {"anyOf": any},
                    "map": {"type": "object"}
                }
            })
        );
    }

    #[derive(Serialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        total: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        before: Option<String>,
        mode: Option<Mode>,
        items: Vec<Item>,
        #[serde(skip_serializing_if = "Option::is_none")]
        sent: Option<Value>,
        stored: Value,
    }

    #[derive(Serialize, JsonSchema)]
    struct Item {
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<Plain>,
    }

    #[test]
    fn an_output_is_open_at_the_root_and_tells_null_only_where_null_is_sent() {
        let any = json!([
            {"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "object"}, {"type": "array"}
        ]);
        let any_or_null = json!([
            {"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "object"}, {"type": "array"},
            {"type": "null"}
        ]);
        assert_eq!(
            Value::Object(portable_output::<Answer>()),
            json!({
                "type": "object",
                "properties": {
                    "total": {"type": "integer"},
                    "note": {"type": "string"},
                    "before": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "mode": {"anyOf": [
                        {"type": "string", "enum": ["other", "overwrite", "fillEmpty"]},
                        {"type": "null"}
                    ]},
                    "items": {"type": "array", "items": {
                        "type": "object", "required": ["id"],
                        "properties": {
                            "id": {"type": "string"}, "order": {"type": "string", "enum": ["asc", "desc"]}
                        }
                    }},
                    "sent": {"anyOf": any},
                    "stored": {"anyOf": any_or_null}
                }
            })
        );
    }

    #[test]
    fn a_tool_without_arguments_still_has_properties() {
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        assert_eq!(
            Value::Object(portable_input::<Nothing>()),
            json!({"type": "object", "additionalProperties": false, "properties": {}})
        );
    }

    #[test]
    fn a_property_may_be_called_title_or_format() {
        #[derive(Deserialize, JsonSchema)]
        struct Odd {
            #[expect(dead_code, reason = "only read by serde")]
            title: String,
            #[expect(dead_code, reason = "only read by serde")]
            format: Option<String>,
        }
        assert_eq!(
            Value::Object(portable_input::<Odd>())["properties"],
            json!({"title": {"type": "string"}, "format": {"type": "string"}})
        );
    }
}
