//! A condition on a custom field: a value, several of which one is enough, a range, a part of a text, or whether the field
//! is set at all.

use std::collections::BTreeMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::fields::{Definitions, GivenField};
use crate::contacts::query::build::{all_of, any_of, equal, is_reversed, on};
use crate::contacts::query::conditions::{check_length, with_json_read};
use crate::contacts::value::phone::Phone;
use crate::contacts::value::{date, number};
use crate::ghl::CustomFieldId;
use crate::ghl::model::{DataType, FieldValue, Filter, Operator};

/// The words of a condition that is an object.
const WORDS: [&str; 6] = ["gte", "lte", "gt", "lt", "contains", "exists"];

/// The filters of one custom field.
///
/// # Errors
/// The field does not exist, has no value to look for, or HighLevel cannot compare it so.
pub(crate) fn filters(given: &GivenField, definitions: &Definitions) -> Result<Vec<Filter>, Error> {
    let subject = Subject::CustomField(given.field.clone());
    let refused = |why: &str| Error::invalid(subject.clone(), format!("{} {why}", given.field.trim()));
    let id = definitions.id_of(given)?;
    let data_type = definitions.by_id(&id).map(|field| field.data_type).unwrap_or_default();
    if data_type == DataType::FileUpload {
        return Err(refused("holds files, which HighLevel cannot search for"));
    }
    let value =
        given.value.clone().map(with_json_read).filter(|value| !value.is_empty()).ok_or_else(|| {
            refused("has no value to look for").with_hint(
                "Give a value, or {\"exists\": true}, or {\"exists\": false} for contacts without one.",
            )
        })?;
    let field = format!("customFields.{id}");
    let one = |value: &FieldValue| -> Result<Vec<Filter>, Error> {
        is(&subject, &id, data_type, &definitions.encode(&given.field, value)?.value)
    };
    match &value {
        FieldValue::Map(map) if map.keys().all(|word| WORDS.contains(&word.as_str())) => {
            condition(&subject, &field, data_type, map)
        }
        FieldValue::List(list) => {
            let options = list.iter().map(|value| one(value).map(all_of)).collect::<Result<Vec<_>, _>>()?;
            Ok(vec![any_of(options)])
        }
        value => one(value),
    }
}

/// The filters for one encoded value: for a date its day, otherwise one for each option and for each box.
fn is(
    subject: &Subject,
    id: &CustomFieldId,
    data_type: DataType,
    value: &FieldValue,
) -> Result<Vec<Filter>, Error> {
    let field = format!("customFields.{id}");
    for text in value.to_texts() {
        check_length(subject, &text)?;
    }
    match (data_type, value) {
        (DataType::Date, FieldValue::Text(day)) => {
            let bounds = ["gte", "lte"].map(|word| (word.to_owned(), date_bound(word, day)));
            Ok(vec![on(field, Operator::Range, Some(FieldValue::Map(bounds.into())))])
        }
        (_, FieldValue::Map(boxes)) => {
            boxes.iter().map(|(entry, text)| text_box(subject, id, entry, text)).collect()
        }
        (DataType::Phone, FieldValue::Text(text)) => Ok(vec![phone(&field, text)]),
        (_, FieldValue::List(_)) => {
            Ok(value.to_texts().into_iter().map(|option| equal(field.clone(), option)).collect())
        }
        _ => Ok(vec![equal(field, value.clone())]),
    }
}

/// A phone in E.164, and as it is written: HighLevel may hold either. One without its country code is a part of the
/// number in E.164.
fn phone(field: &str, text: &str) -> Filter {
    let written = equal(field, text);
    match Phone::parse(text, None) {
        Ok(phone) if phone.as_str() == text => written,
        Ok(phone) => any_of(vec![equal(field, phone.as_str()), written]),
        Err(_) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let national = digits.trim_start_matches('0');
            any_of(vec![written, on(field, Operator::Contains, Some(national.into()))])
        }
    }
}

fn text_box(subject: &Subject, id: &CustomFieldId, entry: &str, value: &FieldValue) -> Result<Filter, Error> {
    let field = format!("customFields.{id}.{entry}");
    let is_id = entry.parse::<CustomFieldId>().is_ok();
    let Some(text) = value.to_text().filter(|_| is_id) else {
        return Err(Error::invalid(
            subject.clone(),
            "HighLevel cannot search for this box of a text box list",
        ));
    };
    check_length(subject, &text)?;
    Ok(if text.trim().is_empty() { on(field, Operator::NotExists, None) } else { equal(field, text) })
}

/// `{gte, lte, gt, lt, contains, exists}`: all that are given must hold. Strict hosts send the others empty.
fn condition(
    subject: &Subject,
    field: &str,
    data_type: DataType,
    words: &BTreeMap<String, FieldValue>,
) -> Result<Vec<Filter>, Error> {
    let refused = |why: String| Error::invalid(subject.clone(), why);
    let mut filters = Vec::new();
    let mut bounds: BTreeMap<String, FieldValue> = BTreeMap::new();
    for (word, value) in words.iter().filter(|(_, value)| !value.is_empty()) {
        match word.as_str() {
            "exists" => {
                let exists =
                    value.to_bool().ok_or_else(|| refused("exists takes true or false".to_owned()))?;
                let operator = if exists { Operator::Exists } else { Operator::NotExists };
                filters.push(on(field, operator, None));
            }
            "contains" => {
                if !takes_parts(data_type) {
                    return Err(refused("HighLevel looks for a part only in a text or a choice".to_owned())
                        .with_hint("Give the value itself, or a range with gte and lte."));
                }
                let text = value.to_text().ok_or_else(|| refused("contains takes one text".to_owned()))?;
                check_length(subject, &text)?;
                filters.push(on(field, Operator::Contains, Some(text.trim().into())));
            }
            _ => drop(bounds.insert(word.clone(), bound(subject, data_type, word, value)?)),
        }
    }
    if is_reversed(&bounds) {
        return Err(refused("the range ends before it begins".to_owned()));
    }
    if !bounds.is_empty() {
        filters.push(on(field, Operator::Range, Some(FieldValue::Map(bounds))));
    }
    Ok(filters)
}

fn takes_parts(data_type: DataType) -> bool {
    matches!(
        data_type,
        DataType::Text
            | DataType::LargeText
            | DataType::SingleOptions
            | DataType::Radio
            | DataType::Phone
            | DataType::Email
            | DataType::Other
    )
}

/// A bound of a range, in the form that HighLevel compares with.
fn bound(
    subject: &Subject,
    data_type: DataType,
    word: &str,
    value: &FieldValue,
) -> Result<FieldValue, Error> {
    let refused = |why: String| Error::invalid(subject.clone(), format!("{word} {why}"));
    let day = |value| date::date(value).map(|day| date_bound(word, &day.to_string()));
    match data_type {
        DataType::Numerical | DataType::Monetory => {
            number::number(value).map(FieldValue::Number).map_err(refused)
        }
        DataType::Date => day(value).map_err(refused),
        DataType::Other => {
            number::number(value).map(FieldValue::Number).or_else(|_| day(value)).map_err(refused)
        }
        _ => Err(refused("is for a number or a date, and this field is neither".to_owned())),
    }
}

/// `gt` and `lte` of a day mean its end. The day of a date field has no time zone; HighLevel keeps it as UTC.
fn date_bound(word: &str, day: &str) -> FieldValue {
    let time = if matches!(word, "gte" | "lt") { "T00:00:00.000Z" } else { "T23:59:59.999Z" };
    format!("{day}{time}").into()
}
