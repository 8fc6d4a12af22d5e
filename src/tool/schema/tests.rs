use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::tool::schema::{portable_input, portable_output, typed_input};

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
fn an_input_is_plain_and_short() {
    let any = json!([
        {"type": "string"}, {"type": "number"}, {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}}, {"type": "object"}
    ]);
    let field = json!({
        "type": "object", "required": ["id", "value"],
        "properties": {
            "id": {"type": "string", "description": "Id, key or name."},
            "value": {"description": "Any value.", "anyOf": any}
        }
    });
    assert_eq!(
        Value::Object(portable_input(typed_input::<Everything>())),
        json!({
            "type": "object",
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
                "fields": {"type": "array", "items": field},
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
                    "type": "object",
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
        Value::Object(portable_input(typed_input::<Nothing>())),
        json!({"type": "object", "properties": {}})
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
        Value::Object(portable_input(typed_input::<Odd>()))["properties"],
        json!({"title": {"type": "string"}, "format": {"type": "string"}})
    );
}
