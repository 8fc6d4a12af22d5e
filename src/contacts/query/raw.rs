//! Filters that the caller writes in HighLevel's own grammar, with what has one reading put into HighLevel's form.

use std::collections::BTreeMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::query::build::{MAX_CONDITIONS, all_of, any_of, is_reversed, on};
use crate::contacts::query::conditions::{Group, RawFilter, check_length, filled, with_json_read};
use crate::contacts::query::fields::{self, Kind, Known};
use crate::contacts::query::time::{self, Edge};
use crate::contacts::value::country;
use crate::contacts::value::phone::Phone;
use crate::contacts::value::zone::Zone;
use crate::ghl::model::{FieldValue, Filter, Operator};

/// How deep groups may lie in each other.
const MAX_DEPTH: usize = 5;

/// One filter, or a group of them.
///
/// # Errors
/// HighLevel cannot answer it; the error names the operators that the field takes.
pub(crate) fn read(filter: &RawFilter, zone: Zone) -> Result<Filter, Error> {
    read_at(filter, zone, 0)
}

/// Whether a filter holds a day, of which the time zone says when it begins.
pub(crate) fn needs_zone(filter: &RawFilter) -> bool {
    let is_time = || {
        let known = filled(filter.field.as_deref()).and_then(|field| fields::known(field).ok());
        known.is_some_and(|known| known.kind == Kind::Time && known.name != "dateOfBirth")
    };
    let has_day = |value: &FieldValue| match value {
        FieldValue::Map(bounds) => {
            bounds.values().flat_map(FieldValue::to_texts).any(|text| !time::is_absolute(&text))
        }
        other => other.to_text().is_some_and(|text| !time::is_absolute(&text)),
    };
    let value = filter.value.clone().map(with_json_read);
    filter.filters.iter().any(needs_zone) || (value.as_ref().is_some_and(has_day) && is_time())
}

fn read_at(filter: &RawFilter, zone: Zone, depth: usize) -> Result<Filter, Error> {
    let field = filled(filter.field.as_deref());
    match (filter.group, field) {
        (Some(group), None) if !filter.filters.is_empty() && depth < MAX_DEPTH => {
            let inner = filter.filters.iter().map(|one| read_at(one, zone, depth + 1));
            let inner = inner.collect::<Result<_, _>>()?;
            Ok(match group {
                Group::And => all_of(inner),
                Group::Or => any_of(inner),
            })
        }
        (None, Some(field)) if filter.filters.is_empty() => on_field(field, filter, zone),
        (Some(_), None) if depth >= MAX_DEPTH => {
            Err(Error::invalid(Subject::Filters, format!("groups lie at most {MAX_DEPTH} deep")))
        }
        _ => Err(Error::invalid(
            Subject::Filters,
            "each one is a field with an operator, or a group with filters",
        )
        .with_hint(r#"Send {"field", "operator", "value"}, or {"group": "OR", "filters": [..]}."#)),
    }
}

fn on_field(field: &str, filter: &RawFilter, zone: Zone) -> Result<Filter, Error> {
    let known = fields::known(field)?;
    let operator = fields::operator(&known, filter.operator.as_deref().unwrap_or("eq"))?;
    let value = filter.value.clone().map(with_json_read).filter(|value| *value != FieldValue::Null);
    let field = known.name.as_str();
    let (operator, value) = match (operator, value) {
        (Operator::Exists | Operator::NotExists, None) => (operator, None),
        // `exists: false` is how some hosts write `not_exists`.
        (Operator::Exists | Operator::NotExists, Some(value)) => match value.to_bool() {
            Some(true) => (operator, None),
            Some(false) if operator == Operator::Exists => (Operator::NotExists, None),
            Some(false) => (Operator::Exists, None),
            None if value.is_empty() => (operator, None),
            None => return Err(refused(field, operator, "takes no value")),
        },
        (_, None) => return Err(refused(field, operator, "needs a value")),
        (Operator::Range, Some(value)) => (operator, Some(range(&known, &value, zone)?)),
        (operator, Some(value)) if known.kind == Kind::Time => {
            (Operator::Range, Some(range(&known, &as_range(&known, operator, &value)?, zone)?))
        }
        (_, Some(value)) => (operator, Some(compared(&known, operator, &value)?)),
    };
    Ok(on(known.name, operator, value))
}

/// A time that is compared by another operator: HighLevel takes ranges of times only.
fn as_range(known: &Known, operator: Operator, value: &FieldValue) -> Result<FieldValue, Error> {
    let words: &[&str] = match operator {
        Operator::Eq => &["gte", "lte"],
        Operator::Gt => &["gt"],
        Operator::Gte => &["gte"],
        Operator::Lt => &["lt"],
        Operator::Lte => &["lte"],
        _ => return Err(fields::not_taken(known, operator.as_str())),
    };
    Ok(FieldValue::Map(words.iter().map(|word| ((*word).to_owned(), value.clone())).collect()))
}

fn refused(field: &str, operator: Operator, why: &str) -> Error {
    Error::invalid(Subject::Filters, format!("{field} {}: {why}", operator.as_str()))
}

fn compared(known: &Known, operator: Operator, value: &FieldValue) -> Result<FieldValue, Error> {
    let field = known.name.as_str();
    match value {
        FieldValue::Text(text) => {
            let text = text.trim();
            check_length(&Subject::Filters, text)?;
            if text.is_empty() {
                return Err(refused(
                    field,
                    operator,
                    "needs a value; to find what is not set, use not_exists",
                ));
            }
            text_in_form(known, operator, text)
        }
        FieldValue::Bool(true) if known.kind == Kind::Status => Ok("active".into()),
        FieldValue::Bool(false) if known.kind == Kind::Status => Ok("inactive".into()),
        FieldValue::Bool(_) | FieldValue::Number(_) => Ok(value.clone()),
        FieldValue::List(list)
            if matches!(operator, Operator::Eq | Operator::NotEq | Operator::ContainsSet)
                && (1..=MAX_CONDITIONS).contains(&list.len()) =>
        {
            let items = list.iter().map(|item| match item {
                FieldValue::List(_) | FieldValue::Null => {
                    Err(refused(field, operator, "takes texts and numbers"))
                }
                item => compared(known, operator, item),
            });
            Ok(FieldValue::List(items.collect::<Result<_, _>>()?))
        }
        _ => Err(refused(field, operator, "takes a text, a number or a truth value")),
    }
}

/// A text in the form in which HighLevel stores the field.
fn text_in_form(known: &Known, operator: Operator, text: &str) -> Result<FieldValue, Error> {
    let value = FieldValue::from(text);
    Ok(match known.kind {
        Kind::Truth => value
            .to_bool()
            .map(FieldValue::Bool)
            .ok_or_else(|| refused(&known.name, operator, "takes true or false"))?,
        Kind::Status => match (value.to_bool(), text.to_lowercase()) {
            (Some(true), _) => "active".into(),
            (Some(false), _) => "inactive".into(),
            (None, word) if ["active", "inactive", "permanent"].contains(&word.as_str()) => word.into(),
            _ => {
                let why = "takes active (do not disturb), inactive or permanent";
                return Err(refused(&known.name, operator, why));
            }
        },
        Kind::Country => country::code(text)?.into(),
        Kind::Phone => phone(operator, text)?,
        Kind::LowerCase => text.to_lowercase().into(),
        Kind::Plain | Kind::Time => value,
    })
}

/// A number is compared in E.164; any other operator looks for a part of it.
fn phone(operator: Operator, text: &str) -> Result<FieldValue, Error> {
    if !matches!(operator, Operator::Eq | Operator::NotEq) {
        return Ok(text.into());
    }
    match Phone::parse(text, None) {
        Ok(phone) => Ok(phone.as_str().into()),
        Err(Error::Invalid { reason, .. }) => {
            let hint = "Write it with its country code, like +14155550101, or send it as phone.";
            Err(Error::invalid(Subject::Filters, format!("phone {reason}")).with_hint(hint))
        }
        Err(other) => Err(other),
    }
}

fn range(known: &Known, value: &FieldValue, zone: Zone) -> Result<FieldValue, Error> {
    const FORM: &str = "takes an object of gte, lte, gt or lt";
    let refused = |why| refused(&known.name, Operator::Range, why);
    let FieldValue::Map(bounds) = value else { return Err(refused(FORM)) };
    // A birthday and a date field are days without a time zone; HighLevel keeps them as UTC.
    let zone = if known.kind == Kind::Time && known.name != "dateOfBirth" { zone } else { Zone::default() };
    let mut read = BTreeMap::new();
    // Strict hosts send every bound, and those that are not meant empty.
    for (word, bound) in bounds.iter().filter(|(_, bound)| !bound.is_empty()) {
        // `gt` and `lte` of a date mean the end of the day.
        let edge = match word.as_str() {
            "gte" | "lt" => Edge::Start,
            "lte" | "gt" => Edge::End,
            _ => return Err(refused(FORM)),
        };
        let bound = match bound {
            FieldValue::Number(_) => bound.clone(),
            FieldValue::Text(text) => {
                // The range of a custom field may be one of numbers.
                match (known.kind == Kind::Time, text.trim().parse()) {
                    (false, Ok(number)) => FieldValue::Number(number),
                    _ => time::written(time::parse(&Subject::Filters, text, edge, zone)?).into(),
                }
            }
            _ => return Err(refused("takes dates or numbers as bounds")),
        };
        read.insert(word.clone(), bound);
    }
    if read.is_empty() {
        return Err(refused(FORM));
    }
    if is_reversed(&read) {
        return Err(refused("the range ends before it begins"));
    }
    Ok(FieldValue::Map(read))
}
