//! Reads what callers send for what was meant: `null` for nothing, `"20"` for 20, `"a, b"` for a list of two.
//!
//! One pass over the arguments makes the strict form of them, or the failure that names the first bad field. A model
//! is told of the strict form only.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rmcp::model::JsonObject;
use serde_json::{Number, Value};

use crate::tool::Failure;
use crate::tool::input::refusal::{
    given_twice, missing, unknown_field, unknown_word, wrong_type, wrong_value,
};
use crate::tool::input::shape::{Field, Shape};
use crate::tool::input::{json_text, names, pairs, rows};

/// The strict form of `arguments`.
pub(crate) fn read_root(shape: &Shape, mut arguments: JsonObject) -> Result<Value, Failure> {
    if let Shape::Object(fields) = shape {
        arguments.retain(|name, _| fields.contains_key(name) || !names::is_host_word(name));
    }
    read(shape, Value::Object(arguments), "")
}

/// The strict form of the value at `path`.
fn read(shape: &Shape, value: Value, path: &str) -> Result<Value, Failure> {
    match shape {
        Shape::Any => Ok(value),
        Shape::Text => text(value, path),
        Shape::Word(words) => word(words, value, path),
        Shape::Integer(range) => integer(range, &value, path),
        Shape::Number => number(value, path),
        Shape::Flag => flag(&value, path),
        Shape::List(item) => list(item, value, path),
        Shape::Rows(item) => rows::read(item, value, path, |row| read(item, row, "")),
        Shape::Pairs => pairs::read(value, path),
        Shape::Object(fields) => object(fields, value, path),
    }
}

/// A string, or a number for one (`94107` for `"94107"`), also as a list of one.
fn text(value: Value, path: &str) -> Result<Value, Failure> {
    match one(value) {
        value @ Value::String(_) => Ok(value),
        // Rust writes 94107.0 as "94107".
        Value::Number(number) => Ok(match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => number.to_string(),
            None => number.to_string(),
        }
        .into()),
        other => Err(wrong_type(path, &other, "a string")),
    }
}

/// The value of a list of one.
fn one(value: Value) -> Value {
    match value {
        Value::Array(mut items) if items.len() == 1 => items.pop().unwrap_or_default(),
        value => value,
    }
}

fn word(words: &[String], value: Value, path: &str) -> Result<Value, Failure> {
    match one(value) {
        Value::String(word) => names::field(&word, words.iter()).map(Into::into).ok_or_else(|| {
            let known: Vec<_> = words.iter().map(String::as_str).collect();
            unknown_word(path, &word, &known)
        }),
        other => Err(wrong_type(path, &other, "a string")),
    }
}

/// A whole number, also as `"20"` or `20.0`.
fn integer(range: &RangeInclusive<i64>, value: &Value, path: &str) -> Result<Value, Failure> {
    let expected = || format!("a whole number from {} to {}", range.start(), range.end());
    let number = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => {
            let digits = text.trim();
            digits.parse().ok().or_else(|| digits.parse().ok().and_then(whole))
        }
        other => return Err(wrong_type(path, other, &expected())),
    };
    match number {
        Some(number) if range.contains(&number) => Ok(number.into()),
        _ => Err(wrong_value(path, value, &expected())),
    }
}

/// A number with nothing after the point, as an integer. Over 2^53, digits are lost before it is read.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let fits = number.fract() == 0.0 && (-EXACT..=EXACT).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "checked on the line above")]
    fits.then_some(number as i64)
}

/// A number, also as a string.
fn number(value: Value, path: &str) -> Result<Value, Failure> {
    match &value {
        Value::Number(_) => Ok(value),
        Value::String(text) => {
            let number = text.trim().parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or_else(|| wrong_value(path, &value, "a number"))
        }
        other => Err(wrong_type(path, other, "a number")),
    }
}

/// `true` or `false`, also as a string or as 1 and 0.
fn flag(value: &Value, path: &str) -> Result<Value, Failure> {
    let word = match value {
        Value::Bool(flag) => return Ok((*flag).into()),
        Value::String(word) => word.trim().to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        other => return Err(wrong_type(path, other, "true or false")),
    };
    match word.as_str() {
        "true" | "yes" | "1" => Ok(true.into()),
        "false" | "no" | "0" => Ok(false.into()),
        _ => Err(wrong_value(path, value, "true or false")),
    }
}

/// A list. One value is a list of one; a text is one too, unless it is a JSON list or holds several values, with commas
/// or line ends between them. Items that are empty say nothing.
fn list(item: &Shape, value: Value, path: &str) -> Result<Value, Failure> {
    match value {
        Value::Array(items) => {
            let items = items.into_iter().enumerate().filter(|(_, one)| !is_nothing(item, one));
            items.map(|(at, one)| read_item(item, one, &format!("{path}[{at}]"))).collect()
        }
        Value::Null => Ok(Value::Array(Vec::new())),
        Value::Bool(_) => Err(wrong_type(path, &value, "a list")),
        Value::String(text) => match json_text::parse(&text) {
            Some(Value::Array(items)) => list(item, Value::Array(items), path),
            Some(object) => list(item, Value::Array(vec![object]), path),
            None if json_text::looks_like(&text) => Err(wrong_value(path, &text.into(), "a JSON list")),
            None => {
                let parts =
                    parts(&text).ok_or_else(|| wrong_value(path, &text.clone().into(), "a list of texts"))?;
                parts.into_iter().map(|part| read(item, part.into(), path)).collect()
            }
        },
        one => Ok(Value::Array(vec![read_item(item, one, path)?])),
    }
}

/// The values in one text, with commas or line ends between them, each of which may stand in quotes. None where they may be
/// separated in another way: by semicolons, or by commas of which one stands in quotes.
fn parts(text: &str) -> Option<Vec<&str>> {
    let parts = text.split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
    if text.contains(';') { None } else { parts.map(without_quotes).collect() }
}

/// The text without the quotes around it; none where there is only one of them.
fn without_quotes(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim();
    (!inner.starts_with('"') && !inner.ends_with('"')).then_some(inner)
}

/// An item of a list: its own text is not split, and is no list either.
fn read_item(item: &Shape, value: Value, path: &str) -> Result<Value, Failure> {
    match (item, &value) {
        (Shape::Object(_), Value::String(text)) => match json_text::parse(text) {
            Some(object) => read(item, object, path),
            None => read(item, value, path),
        },
        (Shape::Text, Value::String(text)) if json_text::parse(text).is_some() => {
            Err(wrong_value(path, &value, "one text, not the JSON text of a list"))
        }
        (Shape::Text, Value::Array(_)) => Err(wrong_type(path, &value, "a string")),
        _ => read(item, value, path),
    }
}

fn object(fields: &BTreeMap<String, Field>, value: Value, path: &str) -> Result<Value, Failure> {
    let Value::Object(sent) = value else { return Err(wrong_type(path, &value, "an object")) };
    let mut strict = JsonObject::new();
    for (key, value) in sent {
        let Some((name, field)) =
            names::field(&key, fields.keys()).and_then(|name| fields.get_key_value(name))
        else {
            if is_absent(&value) {
                continue;
            }
            let known: Vec<_> = fields.keys().map(String::as_str).collect();
            return Err(unknown_field(path, &key, &known));
        };
        if field.required || !is_nothing(&field.shape, &value) {
            let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if strict.insert(name.clone(), read(&field.shape, value, &place)?).is_some() {
                return Err(given_twice(path, name));
            }
        }
    }
    let absent = |(name, field): &(&String, &Field)| field.required && !strict.contains_key(*name);
    match fields.iter().find(absent) {
        Some((name, _)) => Err(missing(path, name)),
        None => Ok(Value::Object(strict)),
    }
}

/// Whether an optional field of this value is as good as left out: some clients send every field of the schema.
fn is_nothing(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        // Null is a value there: it blanks a custom field.
        (Shape::Any, _) => false,
        (Shape::Integer(range), Value::Number(number)) => number.as_f64() == Some(0.0) && !range.contains(&0),
        (_, value) => is_absent(value),
    }
}

/// Null, a blank text, and a list or an object of nothing else.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_absent),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests;
