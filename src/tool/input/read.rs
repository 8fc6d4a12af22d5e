//! Reads what models send for what was meant: `null` for nothing, `"20"` for 20, one string for a list of one.
//!
//! One pass over the arguments makes the strict form of them, or the failure that names the first bad field. A model
//! is told of the strict form only.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rmcp::model::JsonObject;
use serde_json::{Number, Value};

use crate::tool::Failure;
use crate::tool::input::names;
use crate::tool::input::refusal::{
    given_twice, missing, unknown_field, unknown_word, wrong_type, wrong_value,
};
use crate::tool::input::shape::{Field, Shape};

/// The strict form of `arguments`.
pub(crate) fn read_root(shape: &Shape, arguments: JsonObject) -> Result<Value, Failure> {
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
        Shape::Object(fields) => object(fields, value, path),
    }
}

/// A string, or a number for one (`94107` for `"94107"`).
fn text(value: Value, path: &str) -> Result<Value, Failure> {
    match value {
        Value::String(_) => Ok(value),
        // Rust writes 94107.0 as "94107".
        Value::Number(number) => Ok(match number.as_f64().filter(|_| number.is_f64()) {
            Some(number) => number.to_string(),
            None => number.to_string(),
        }
        .into()),
        other => Err(wrong_type(path, &other, "a string")),
    }
}

fn word(words: &[String], value: Value, path: &str) -> Result<Value, Failure> {
    match &value {
        Value::String(word) if words.contains(word) => Ok(value),
        Value::String(word) => {
            let known: Vec<_> = words.iter().map(String::as_str).collect();
            Err(unknown_word(path, word, &known))
        }
        other => Err(wrong_type(path, other, "a string")),
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

/// `true` or `false`, also as a string.
fn flag(value: &Value, path: &str) -> Result<Value, Failure> {
    match value {
        Value::Bool(flag) => Ok((*flag).into()),
        Value::String(word) if word.trim().eq_ignore_ascii_case("true") => Ok(true.into()),
        Value::String(word) if word.trim().eq_ignore_ascii_case("false") => Ok(false.into()),
        Value::String(_) => Err(wrong_value(path, value, "true or false")),
        other => Err(wrong_type(path, other, "true or false")),
    }
}

/// A list; one value is a list of one, `null` is an empty list.
fn list(item: &Shape, value: Value, path: &str) -> Result<Value, Failure> {
    match value {
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            items.map(|(at, one)| read(item, one, &format!("{path}[{at}]"))).collect()
        }
        Value::Null => Ok(Value::Array(Vec::new())),
        Value::Bool(_) => Err(wrong_type(path, &value, "a list")),
        one => Ok(Value::Array(vec![read(item, one, path)?])),
    }
}

fn object(fields: &BTreeMap<String, Field>, value: Value, path: &str) -> Result<Value, Failure> {
    let Value::Object(sent) = value else { return Err(wrong_type(path, &value, "an object")) };
    let mut strict = JsonObject::new();
    for (key, value) in sent {
        let Some((name, field)) =
            names::field(&key, |name| fields.contains_key(name)).and_then(|name| fields.get_key_value(name))
        else {
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
        // A custom field is blanked by null.
        (Shape::Any, _) => false,
        (_, Value::Null) => true,
        (Shape::Integer(_) | Shape::Number | Shape::Flag, Value::String(text)) => text.trim().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use crate::tool::Failure;
    use crate::tool::input::parse::parse;
    use crate::tool::input::shape::Shape;

    #[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Pair {
        id: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Input {
        required: String,
        text: Option<String>,
        count: Option<u32>,
        truth: Option<bool>,
        #[serde(default)]
        flag: bool,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        pairs: Vec<Pair>,
        pair: Option<Pair>,
    }

    fn parsed(mut arguments: Value) -> Result<Input, Failure> {
        let arguments = arguments.as_object_mut().unwrap();
        arguments.entry("required").or_insert_with(|| "".into());
        parse(&Shape::of::<Input>(), std::mem::take(arguments))
    }

    fn read(arguments: Value) -> Input {
        parsed(arguments).unwrap()
    }

    fn refused(arguments: Value) -> String {
        parsed(arguments).unwrap_err().text()
    }

    #[test]
    fn null_is_nothing_for_everything_optional() {
        let nothing = json!({
            "text": null, "count": null, "truth": null, "flag": null, "tags": null, "pairs": null, "pair": null
        });
        assert_eq!(read(nothing), Input::default());
        assert_eq!(read(json!({})), Input::default());
    }

    #[test]
    fn a_number_will_do_for_a_string() {
        for number in [json!(94107), json!(94107.0), json!("94107")] {
            let input = read(json!({"text": number, "required": number}));
            assert_eq!((input.text.as_deref(), &*input.required), (Some("94107"), "94107"));
        }
        assert_eq!(read(json!({"text": -5})).text.as_deref(), Some("-5"));
        assert_eq!(read(json!({"text": 1.5})).text.as_deref(), Some("1.5"));
        assert_eq!(read(json!({"text": ""})).text.as_deref(), Some(""));
    }

    #[test]
    fn neither_a_truth_nor_an_object_will_do_for_a_string() {
        assert!(refused(json!({"text": true})).contains("expected a string"));
        assert!(refused(json!({"text": {}})).contains("expected a string"));
        assert!(refused(json!({"required": null})).contains("expected a string"));
    }

    #[test]
    fn twenty_is_twenty_however_it_is_written() {
        for twenty in [json!(20), json!(20.0), json!("20"), json!(" 20 "), json!("20.0")] {
            assert_eq!(read(json!({"count": twenty})).count, Some(20));
        }
        assert_eq!(read(json!({"count": ""})).count, None);
        assert_eq!(read(json!({"count": u32::MAX})).count, Some(u32::MAX));
    }

    #[test]
    fn a_number_that_is_no_count_is_refused_with_what_is() {
        for wrong in
            [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("many"), json!(1e300), json!("1e300")]
        {
            assert!(
                refused(json!({"count": wrong})).contains("expected a whole number from 0 to 4294967295")
            );
        }
        assert!(refused(json!({"count": true})).contains("expected a whole number"));
    }

    #[test]
    fn a_truth_may_be_a_word() {
        for yes in [json!(true), json!("true"), json!("True")] {
            let input = read(json!({"truth": yes, "flag": yes}));
            assert_eq!((input.truth, input.flag), (Some(true), true));
        }
        assert_eq!(read(json!({"truth": "false"})).truth, Some(false));
        assert!(refused(json!({"truth": "yes"})).contains("expected true or false"));
        assert!(refused(json!({"flag": 1})).contains("expected true or false"));
    }

    #[test]
    fn one_string_is_a_list_of_one() {
        assert_eq!(read(json!({"tags": "vip"})).tags, ["vip"]);
        assert_eq!(read(json!({"tags": 2026})).tags, ["2026"]);
        assert_eq!(read(json!({"tags": ["a", 1]})).tags, ["a", "1"]);
        assert_eq!(read(json!({"tags": []})).tags, Vec::<String>::new());
        assert!(refused(json!({"tags": [{}]})).contains("expected a string"));
        assert!(refused(json!({"tags": true})).contains("expected a list"));
    }

    #[test]
    fn one_object_is_a_list_of_one() {
        let pair = || Pair { id: "a".to_owned() };
        assert_eq!(read(json!({"pairs": {"id": "a"}})).pairs, [pair()]);
        assert_eq!(read(json!({"pairs": [{"id": "a"}], "pair": {"id": "a"}})).pair, Some(pair()));
        assert!(refused(json!({"pairs": {"key": "a"}})).starts_with("Unknown field \"key\" at pairs.key."));
    }
}
