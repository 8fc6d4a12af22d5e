//! What stands in a cell of a table for tags and for the values of custom fields. What is written here is read back as the same.

use crate::contacts::value::text::clean_value;
use crate::ghl::model::text::clean_line;
use crate::ghl::model::{CustomField, DataType, FieldValue};

/// The cell of these tags: with commas between them, or a JSON list if a tag holds what separates tags.
pub(crate) fn of_tags(tags: &[String]) -> String {
    let tags: Vec<String> = tags.iter().map(|tag| clean_line(tag).trim().to_owned()).collect();
    let is_plain = |tag: &String| !tag.contains([',', ';']) && !tag.starts_with('[');
    if tags.iter().all(is_plain) { tags.join(", ") } else { json(&tags.into()) }
}

/// The tags of a cell: a JSON list, or with commas or semicolons between them.
pub(crate) fn tags(cell: &str) -> Vec<String> {
    if let Some(tags) = FieldValue::from(cell).in_json_text().and_then(|list| list.listed_texts()) {
        return tags;
    }
    cell.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The cell of a custom field's value. The options of a list have commas between them, if each is one of the field's and has
/// no comma itself.
pub(crate) fn of_value(field: &CustomField, value: FieldValue) -> String {
    match clean_value(value, usize::MAX) {
        FieldValue::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        FieldValue::List(list) => {
            let options = field.options();
            let is_plain = |item: &FieldValue| {
                item.as_text().is_some_and(|text| {
                    options.iter().any(|one| one == text) && !text.contains([',', '[', '{'])
                })
            };
            if list.iter().all(is_plain) {
                list.iter().filter_map(FieldValue::as_text).collect::<Vec<_>>().join(", ")
            } else {
                json(&FieldValue::List(list))
            }
        }
        value @ FieldValue::Map(_) if value.is_empty() => String::new(),
        value @ FieldValue::Map(_) => json(&value),
        other => other.to_text().unwrap_or_default(),
    }
}

/// The value of a cell of a custom field; none where the field is not known.
pub(crate) fn value(field: Option<&CustomField>, cell: &str) -> FieldValue {
    let text = FieldValue::from(cell);
    let takes_json = field.is_some_and(|field| {
        matches!(
            field.data_type,
            DataType::MultipleOptions
                | DataType::Checkbox
                | DataType::TextboxList
                | DataType::FileUpload
                | DataType::Other
        )
    });
    let json = takes_json.then(|| text.in_json_text()).flatten();
    json.unwrap_or(text)
}

fn json(value: &FieldValue) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::ghl::model::text::clean;

    fn field(data_type: &str) -> CustomField {
        let options = ["Webinars", "News, weekly", "Events"];
        let definition =
            json!({ "id": "f1", "name": "F", "dataType": data_type, "picklistOptions": options });
        serde_json::from_value(definition).unwrap()
    }

    #[test]
    fn a_list_is_written_as_people_read_it_unless_a_comma_would_divide_an_item() {
        let tags = |tags: &[&str]| of_tags(&tags.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!((tags(&["vip", "lead"]), tags(&[])), ("vip, lead".to_owned(), String::new()));
        assert_eq!(tags(&["a;b", "c"]), r#"["a;b","c"]"#);
        let checkbox = |value| of_value(&field("CHECKBOX"), serde_json::from_value(value).unwrap());
        assert_eq!(checkbox(json!(["Webinars", "Events"])), "Webinars, Events");
        assert_eq!(checkbox(json!(["News, weekly", "Events"])), r#"["News, weekly","Events"]"#);
        assert_eq!(checkbox(json!(["Gone", "Events"])), r#"["Gone","Events"]"#);
        assert_eq!((checkbox(json!([])), checkbox(json!({}))), (String::new(), String::new()));
        let number = |value| of_value(&field("NUMERICAL"), serde_json::from_value(value).unwrap());
        assert_eq!(
            (number(json!(49)), number(json!(1500.0)), number(json!(-1.5))),
            ("49".into(), "1500".into(), "-1.5".into())
        );
    }

    proptest! {
        #[test]
        fn tags_are_read_back_as_they_were(tags in prop::collection::vec("[a-z \\[\\]\",;'=+-]{0,6}", 0..5)) {
            let tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
            prop_assert_eq!(super::tags(&of_tags(&tags)), tags);
        }

        #[test]
        fn a_text_is_read_back_as_it_was(text in "\\PC{0,30}") {
            let cell = of_value(&field("TEXT"), text.as_str().into());
            let read = value(Some(&field("TEXT")), &cell).to_text().unwrap();
            prop_assert_eq!(read, clean(&text).trim().to_owned());
        }
    }
}
