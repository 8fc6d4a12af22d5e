//! The ways in which a list of objects is sent. Each of them is read by itself: one that cannot be read stays in the list,
//! with the reason, so that the others keep their numbers and are carried out.

use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use crate::tool::Failure;
use crate::tool::input::json_text;
use crate::tool::input::names::field;
use crate::tool::input::refusal::{not_a_row, wrong_type, wrong_value};
use crate::tool::input::row::{READ, REFUSED};
use crate::tool::input::shape::Shape;

const EXPECTED: &str = "a list of objects";

/// The rows in their strict form; `read` reads one of the shape `item`.
///
/// A list, its JSON text, one object for a list of one, and a map of names to objects are taken.
pub(crate) fn read(
    item: &Shape,
    value: Value,
    path: &str,
    read: impl Fn(Value) -> Result<Value, Failure>,
) -> Result<Value, Failure> {
    let rows = match value {
        Value::Null => Vec::new(),
        Value::Array(rows) => rows,
        Value::Object(map) if is_map_of_rows(item, &map) => map.into_iter().map(|(_, row)| row).collect(),
        Value::Object(_) => vec![value],
        Value::String(ref text) if text.trim().is_empty() => Vec::new(),
        Value::String(ref text) => match json_text::parse(text) {
            Some(rows) => return self::read(item, rows, path, read),
            None => return Err(wrong_value(path, &value, "the JSON text of a list of objects")),
        },
        other => return Err(wrong_type(path, &other, EXPECTED)),
    };
    Ok(rows.into_iter().map(|row| strict(row, &read)).collect())
}

/// Whether the values are the rows: `{"1": {"email": ..}, "2": {..}}`.
fn is_map_of_rows(item: &Shape, map: &JsonObject) -> bool {
    let Shape::Object(fields) = item else { return false };
    !map.is_empty()
        && map.values().all(Value::is_object)
        && !map.keys().any(|key| field(key, fields.keys()).is_some())
}

fn strict(row: Value, read: impl Fn(Value) -> Result<Value, Failure>) -> Value {
    let row = match row {
        Value::Null => Value::Object(Map::new()),
        Value::String(text) => json_text::parse(&text).unwrap_or(Value::String(text)),
        row => row,
    };
    let read = if row.is_object() { read(row) } else { Err(not_a_row(&row)) };
    match read {
        Ok(row) => json!({ READ: row }),
        Err(failure) => json!({ REFUSED: { "message": failure.message, "hint": failure.hint } }),
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use crate::tool::Failure;
    use crate::tool::input::parse::parse;
    use crate::tool::input::row::Row;
    use crate::tool::input::shape::Shape;
    use crate::tool::schema::typed_input;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema)]
    struct Person {
        email: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    struct Input {
        people: Vec<Row<Person>>,
    }

    fn rows(sent: Value) -> Result<Vec<String>, Failure> {
        let arguments = Map::from_iter([("people".to_owned(), sent)]);
        let input: Input = parse(&Shape::of(&typed_input::<Input>()), arguments)?;
        let word = |Row(row): Row<Person>| match row {
            Ok(person) => format!("{} {:?}", person.email.unwrap_or_default(), person.tags),
            Err(failure) => failure.text(),
        };
        Ok(input.people.into_iter().map(word).collect())
    }

    #[test]
    fn a_list_in_any_form_is_the_same_list() {
        let expected = ["a@example.com [\"x\", \"y\"]", "b@example.com []"];
        let (a, b) = (json!({"email": "a@example.com", "tags": "x, y"}), json!({"EMAIL": "b@example.com"}));
        for sent in [
            json!([a, b]),
            json!({"1": a, "2": b}),
            json!(json!([a, b]).to_string()),
            json!([a.to_string(), b]),
        ] {
            assert_eq!(rows(sent.clone()).unwrap(), expected, "{sent}");
        }
        for one in [json!([a]), a.clone(), json!({"row": a}), json!(a.to_string())] {
            assert_eq!(rows(one.clone()).unwrap(), expected[..1], "{one}");
        }
        for nothing in [json!([]), json!(""), json!("[]")] {
            assert_eq!(rows(nothing).unwrap(), Vec::<String>::new());
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_keeps_its_place_and_disturbs_no_other() {
        let sent = json!([
            {"email": "a@example.com"}, {"emial": "x"}, null, 3, ["a@example.com"], "a@example.com",
            {"email": {"a": 1}}, {"tags": true}, {"email": "z@example.com"}
        ]);
        let rows = rows(sent).unwrap();
        assert_eq!(rows.len(), 9);
        assert_eq!((&*rows[0], &*rows[2], &*rows[8]), ("a@example.com []", " []", "z@example.com []"));
        for (at, words) in [
            (1, "Unknown field \"emial\". Did you mean \"email\"?"),
            (3, "The row is number `3`; expected an object"),
            (4, "The row is list; expected an object"),
            (5, "The row is string \"a@example.com\"; expected an object"),
            (6, "Field \"email\": invalid type: object"),
            (7, "Field \"tags\": invalid type: boolean `true`"),
        ] {
            assert!(rows[at].contains(words), "{at}: {}", rows[at]);
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (sent, words) in [
            (json!(7), "expected a list of objects"),
            (json!("ada, bob"), "expected the JSON text of a list of objects"),
            (json!("[{\"email\": "), "expected the JSON text of a list of objects"),
        ] {
            let text = rows(sent.clone()).unwrap_err().text();
            assert!(text.contains(words), "{sent}: {text}");
        }
    }
}
