//! Encodes a value in the form that a custom field's type takes. The forms are those of HighLevel's OpenAPI
//! (`customFields` of `CreateContactDto`); the form of a date is the one that HighLevel was seen to store.

use std::collections::BTreeMap;

use crate::contacts::fields::names::quoted;
use crate::contacts::value::email::Email;
use crate::contacts::value::{date, number};
use crate::ghl::model::text::clean;
use crate::ghl::model::{CustomField, DataType, FieldValue};

/// The most characters of a text that is sent.
const MAX_CHARS: usize = 50_000;
/// The most options that an error lists.
const MAX_LISTED: usize = 10;
/// The most characters of that list; the whole error has 500.
const MAX_LISTED_CHARS: usize = 260;

/// The value in the form that the field's type takes.
///
/// # Errors
/// Why the type does not take the value. The reason follows the field's name in a sentence.
pub(crate) fn encoded(field: &CustomField, value: &FieldValue) -> Result<FieldValue, String> {
    if let Some(property) = field.unreadable {
        return Err(format!(
            "cannot be used: HighLevel answers its {property} in a form that cannot be read, so no value can be checked"
        ));
    }
    check_length(value)?;
    let data_type = field.data_type;
    if data_type == DataType::FileUpload {
        return Err("holds files, which cannot be written here".to_owned());
    }
    if clears(data_type, value) {
        return Ok(FieldValue::Null);
    }
    let parsed = parsed(data_type, value);
    let value = parsed.as_ref().unwrap_or(value);
    match data_type {
        DataType::Text | DataType::LargeText => {
            scalar(value).map(|text| FieldValue::Text(clean(&text).into_owned()))
        }
        DataType::Numerical | DataType::Monetory => number::number(value).map(FieldValue::Number),
        DataType::Date => date::date(value).map(|date| FieldValue::Text(date.to_string())),
        DataType::Phone => phone(value),
        DataType::Email => email(value),
        DataType::Radio | DataType::SingleOptions => choice(field, value),
        DataType::MultipleOptions | DataType::Checkbox => choices(field, value),
        DataType::TextboxList => textboxes(field, value),
        DataType::FileUpload | DataType::Other => Ok(value.clone()),
    }
}

/// The value of a field whose definition is unknown.
pub(crate) fn unchecked(value: &FieldValue) -> Result<FieldValue, String> {
    check_length(value)?;
    Ok(if clears(DataType::Other, value) { FieldValue::Null } else { value.clone() })
}

fn check_length(value: &FieldValue) -> Result<(), String> {
    let check = |text: &str| {
        if text.chars().count() > MAX_CHARS {
            return Err("takes at most 50,000 characters".to_owned());
        }
        Ok(())
    };
    match value {
        FieldValue::Text(text) => check(text),
        FieldValue::List(list) => list.iter().try_for_each(check_length),
        FieldValue::Map(map) => {
            map.iter().try_for_each(|(key, item)| check(key).and_then(|()| check_length(item)))
        }
        FieldValue::Null | FieldValue::Bool(_) | FieldValue::Number(_) => Ok(()),
    }
}

/// Whether the value blanks the field. In a list of text boxes, an empty box is a value of its own.
fn clears(data_type: DataType, value: &FieldValue) -> bool {
    match value {
        FieldValue::List(list) if data_type == DataType::TextboxList => list.is_empty(),
        FieldValue::Map(map) => map.is_empty(),
        other => other.is_empty(),
    }
}

/// The list or the object that a text is, where the field's type takes one.
fn parsed(data_type: DataType, value: &FieldValue) -> Option<FieldValue> {
    let takes = matches!(data_type, DataType::MultipleOptions | DataType::Checkbox | DataType::TextboxList);
    if takes { value.in_json_text() } else { None }
}

fn scalar(value: &FieldValue) -> Result<String, String> {
    value.to_text().ok_or_else(|| "takes one text, not a list or an object".to_owned())
}

fn phone(value: &FieldValue) -> Result<FieldValue, String> {
    let text = scalar(value)?.trim().to_owned();
    if text.chars().filter(char::is_ascii_digit).count() < 7 {
        return Err("takes a phone number of at least 7 digits".to_owned());
    }
    Ok(FieldValue::Text(text))
}

fn email(value: &FieldValue) -> Result<FieldValue, String> {
    let email =
        Email::read(&scalar(value)?).map_err(|reason| format!("takes one e-mail address; {reason}"))?;
    Ok(FieldValue::Text(email.to_string()))
}

fn choice(field: &CustomField, value: &FieldValue) -> Result<FieldValue, String> {
    let value = match value {
        FieldValue::List(list) => match list.as_slice() {
            [one] => one,
            _ => return Err("takes one of its options, not several".to_owned()),
        },
        other => other,
    };
    option(field, &field.options(), value).map(FieldValue::Text)
}

fn choices(field: &CustomField, value: &FieldValue) -> Result<FieldValue, String> {
    let options = field.options();
    let items = chosen_items(&options, value)?;
    let mut chosen: Vec<String> = Vec::with_capacity(items.len());
    for item in items.iter().filter(|item| !item.is_empty()) {
        let option = option(field, &options, item)?;
        if !chosen.contains(&option) {
            chosen.push(option);
        }
    }
    Ok(if chosen.is_empty() { FieldValue::Null } else { chosen.into() })
}

/// The options that are meant: a list, `{"Webinars": true}`, `true` where there is one option only, or a text with commas.
fn chosen_items(options: &[String], value: &FieldValue) -> Result<Vec<FieldValue>, String> {
    Ok(match value {
        FieldValue::List(list) => list.clone(),
        FieldValue::Map(map) => {
            let one = |(option, value): (&String, &FieldValue)| match value.to_bool() {
                Some(true) => Ok(Some(option.as_str().into())),
                Some(false) => Ok(None),
                None => Err(format!("takes its options, or true or false for {}", quoted(option))),
            };
            let chosen: Vec<FieldValue> =
                map.iter().map(one).filter_map(Result::transpose).collect::<Result<_, _>>()?;
            if chosen.is_empty() && map.len() < options.len() {
                return Err("is told only what is not chosen; give the options that are, or null".to_owned());
            }
            chosen
        }
        FieldValue::Bool(is_chosen) => match options {
            [only] => is_chosen.then(|| only.as_str().into()).into_iter().collect(),
            _ => return Err(format!("takes its options, not true or false: {}", listed(options))),
        },
        FieldValue::Text(text) if text.contains(',') && !is_option(options, text) => {
            text.split(',').map(|part| part.trim().into()).collect()
        }
        other => vec![other.clone()],
    })
}

fn is_option(options: &[String], text: &str) -> bool {
    find_spelling(options.iter().map(|option| (option.as_str(), option.as_str())), text).is_some()
}

/// The option in its own spelling. Where HighLevel does not list the options, any text is taken.
fn option(field: &CustomField, options: &[String], value: &FieldValue) -> Result<String, String> {
    let text = scalar(value)?;
    if let Some(option) =
        find_spelling(options.iter().map(|option| (option.as_str(), option.as_str())), &text)
    {
        return Ok(option.to_owned());
    }
    if options.is_empty() || field.is_allowed_custom_option {
        return Ok(text.trim().to_owned());
    }
    Err(format!("has no option {}; it takes {}", quoted(&text), listed(options)))
}

/// Finds `text` among pairs of a spelling and its meaning: the exact spelling, otherwise the only one that differs just in
/// case and spaces.
fn find_spelling<'a>(
    spellings: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    text: &str,
) -> Option<&'a str> {
    if let Some((_, exact)) = spellings.clone().find(|(spelling, _)| *spelling == text) {
        return Some(exact);
    }
    let loose = |text: &str| clean(text).to_lowercase().split_whitespace().collect::<String>();
    let wanted = loose(text);
    let mut fits = spellings.filter(|(spelling, _)| loose(spelling) == wanted).map(|(_, meaning)| meaning);
    let first = fits.next()?;
    fits.all(|other| other == first).then_some(first)
}

fn listed(options: &[String]) -> String {
    let mut listed = String::new();
    let mut count = 0;
    for option in options.iter().take(MAX_LISTED).map(|option| quoted(option)) {
        if count > 0 {
            if listed.chars().count() + option.chars().count() > MAX_LISTED_CHARS {
                break;
            }
            listed.push_str(", ");
        }
        listed.push_str(&option);
        count += 1;
    }
    match options.len() - count {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

fn textboxes(field: &CustomField, value: &FieldValue) -> Result<FieldValue, String> {
    let entries = field.entries();
    let mut boxes = BTreeMap::new();
    let mut set = |id: &str, item: &FieldValue| {
        let text = if item.is_empty() { String::new() } else { scalar(item)? };
        match boxes.insert(id.to_owned(), FieldValue::Text(text)) {
            Some(_) => Err(format!("names box {} twice", quoted(id))),
            None => Ok(()),
        }
    };
    match value {
        FieldValue::Map(map) => {
            for (name, item) in map {
                set(box_id(&entries, name)?, item)?;
            }
        }
        FieldValue::List(list) if list.len() > entries.len() => {
            return Err(format!("has {} boxes, fewer than the texts given", entries.len()));
        }
        FieldValue::List(list) => {
            for ((id, _), item) in entries.iter().zip(list) {
                set(id, item)?;
            }
        }
        _ => return Err("takes an object of a label and a text for each of its boxes".to_owned()),
    }
    Ok(FieldValue::Map(boxes))
}

/// The id of a box, by its id or its label.
fn box_id<'a>(entries: &'a [(String, String)], name: &'a str) -> Result<&'a str, String> {
    if entries.is_empty() {
        return Ok(name);
    }
    if let Some((id, _)) = entries.iter().find(|(id, _)| id == name) {
        return Ok(id);
    }
    let labels = entries.iter().map(|(id, label)| (label.as_str(), id.as_str()));
    find_spelling(labels, name).ok_or_else(|| {
        let labels: Vec<String> = entries.iter().map(|(_, label)| label.clone()).collect();
        format!("has no box {}; it has {}", quoted(name), listed(&labels))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_options_are_listed_as_fit() {
        let options = |length: usize| (0..12).map(|n| format!("{n:0>length$}")).collect::<Vec<_>>();
        // Six options of 42 characters with quotes, and five commas, are 262 characters; the limit does not count the last comma.
        for (length, shown) in [(40, 6), (41, 5), (300, 4), (3, 10)] {
            let list = listed(&options(length));
            assert_eq!(list.matches('"').count() / 2, shown, "{length}: {list}");
            assert!(list.ends_with(&format!(" and {} more", 12 - shown)), "{list}");
        }
        assert_eq!(listed(&["Small".to_owned(), "Large".to_owned()]), r#""Small", "Large""#);
    }
}
