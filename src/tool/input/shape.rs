//! The form of a tool's arguments, from the schema of its input.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use schemars::Schema;
use serde_json::{Map, Value};

use crate::tool::input::row::ROW;

/// What a value may be. Read from a schema once for each tool, so that the schema that a model reads and the
/// check of its arguments cannot differ.
#[derive(Debug, PartialEq)]
pub(crate) enum Shape {
    /// Anything; it is left as it was sent.
    Any,
    /// A text.
    Text,
    /// One of these words.
    Word(Vec<String>),
    /// A whole number.
    Integer(RangeInclusive<i64>),
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of values of one shape.
    List(Box<Shape>),
    /// A list of objects of this shape, each of which is read by itself.
    Rows(Box<Shape>),
    /// A list of fields with their values.
    Pairs,
    /// These fields and no others.
    Object(BTreeMap<String, Field>),
}

/// A field of an object.
#[derive(Debug, PartialEq)]
pub(crate) struct Field {
    /// What its value may be.
    pub(crate) shape: Shape,
    /// Whether it must be there.
    pub(crate) required: bool,
}

impl Shape {
    /// The shape of a tool's arguments, from their schema.
    pub(crate) fn of(input: &Schema) -> Self {
        input.as_object().map_or(Self::Any, Self::from_schema)
    }

    fn from_schema(schema: &Map<String, Value>) -> Self {
        if let Some(Value::Array(words)) = schema.get("enum") {
            return Self::Word(words.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect());
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Self::Text,
            Some("integer") => Self::Integer(range(schema)),
            Some("number") => Self::Number,
            Some("boolean") => Self::Flag,
            Some("array") => match schema.get("items").and_then(Value::as_object) {
                Some(item) if item.contains_key(ROW) => Self::Rows(Box::new(Self::from_schema(item))),
                Some(item) if is_pair(item) => Self::Pairs,
                Some(item) => Self::List(Box::new(Self::from_schema(item))),
                None => Self::List(Box::new(Self::Any)),
            },
            Some("object") if is_map(schema) => Self::Any,
            Some("object") => Self::object(schema),
            _ => Self::Any,
        }
    }

    fn object(schema: &Map<String, Value>) -> Self {
        let required = schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let field = |(name, schema): (&String, &Value)| {
            let shape = schema.as_object().map_or(Self::Any, Self::from_schema);
            (name.clone(), Field { shape, required: required.iter().any(|one| one == name) })
        };
        Self::Object(fields.map(field).collect())
    }
}

/// Whether the sender chooses the names of the object's fields.
fn is_map(schema: &Map<String, Value>) -> bool {
    !schema.contains_key("properties") && schema.get("additionalProperties") != Some(&Value::Bool(false))
}

/// Whether an item is a field, by `id`, with its `value`.
fn is_pair(item: &Map<String, Value>) -> bool {
    let fields = item.get("properties").and_then(Value::as_object);
    fields.is_some_and(|fields| {
        fields.len() == 2 && ["id", "value"].iter().all(|name| fields.contains_key(*name))
    })
}

/// The bounds that the schema states, else those of its Rust type.
fn range(schema: &Map<String, Value>) -> RangeInclusive<i64> {
    let bound = |key| schema.get(key).and_then(Value::as_i64);
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uint32") => u32::MAX.into(),
        Some("int32") => i32::MAX.into(),
        _ => i64::MAX,
    };
    bound("minimum").unwrap_or(-most - 1)..=bound("maximum").unwrap_or(most)
}
