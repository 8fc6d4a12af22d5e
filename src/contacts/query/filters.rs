//! The conditions of a query as HighLevel's filters.

use std::collections::BTreeMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::query::conditions::{CustomFieldMatch, Query, RawFilter, check_length, filled};
use crate::contacts::query::fields::{self, Known};
use crate::contacts::query::time::{self, Edge};
use crate::ghl::CustomFieldId;
use crate::ghl::model::{DataType, Field, FieldValue, Filter, Operator, normal_tag};

/// The most conditions of a search.
const MAX_CONDITIONS: usize = 50;

/// All conditions but the free text.
///
/// # Errors
/// The first condition that HighLevel cannot answer.
pub(crate) fn of(query: &Query) -> Result<Vec<Filter>, Error> {
    let mut filters = Vec::new();
    let texts = [
        (Field::Email, &query.email),
        (Field::Phone, &query.phone),
        (Field::CompanyName, &query.company_name),
    ];
    for (field, text) in texts {
        if let Some(text) = filled(text.as_deref()) {
            check_length(&field.into(), text)?;
            filters.push(equal(field.as_str(), text));
        }
    }
    for tag in tags(&Subject::Tags, &query.tags)? {
        filters.push(equal("tags", tag));
    }
    let mut any: Vec<Filter> =
        tags(&Subject::AnyTag, &query.any_tag)?.into_iter().map(|tag| equal("tags", tag)).collect();
    let any_tags = any.len();
    match any_tags {
        0 => {}
        1 => filters.append(&mut any),
        _ => filters.push(Filter::Group { group: "OR", filters: any }),
    }
    filters.extend(between(
        "dateAdded",
        (&Subject::CreatedAfter, &query.created_after),
        (&Subject::CreatedBefore, &query.created_before),
    )?);
    filters.extend(between(
        "dateUpdated",
        (&Subject::UpdatedAfter, &query.updated_after),
        (&Subject::UpdatedBefore, &query.updated_before),
    )?);
    for custom in &query.custom_fields {
        filters.extend(custom_field(custom)?);
    }
    for filter in &query.filters {
        filters.push(raw(filter)?);
    }
    // The group is one filter of the list, but each of its tags counts.
    if filters.len() + any_tags.saturating_sub(1) > MAX_CONDITIONS {
        return Err(Error::invalid(
            Subject::Filters,
            format!("a search takes at most {MAX_CONDITIONS} conditions in all"),
        ));
    }
    Ok(filters)
}

fn on(field: impl Into<String>, operator: Operator, value: Option<FieldValue>) -> Filter {
    Filter::On { field: field.into(), operator, value }
}

fn equal(field: impl Into<String>, value: impl Into<FieldValue>) -> Filter {
    on(field, Operator::Eq, Some(value.into()))
}

/// The tags in HighLevel's form, each once.
fn tags(subject: &Subject, tags: &[String]) -> Result<Vec<String>, Error> {
    let mut written: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = normal_tag(tag);
        if tag.is_empty() {
            return Err(Error::invalid(subject.clone(), "a tag is empty"));
        }
        check_length(subject, &tag)?;
        if !written.contains(&tag) {
            written.push(tag);
        }
    }
    Ok(written)
}

type Bound<'a> = (&'a Subject, &'a Option<String>);

fn between(field: &str, after: Bound<'_>, before: Bound<'_>) -> Result<Option<Filter>, Error> {
    let read = |(subject, text): Bound<'_>, edge| {
        filled(text.as_deref()).map(|text| time::parse(subject, text, edge)).transpose()
    };
    let (from, to) = (read(after, Edge::Start)?, read(before, Edge::End)?);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Error::invalid(before.0.clone(), "is earlier than the beginning of the range"));
    }
    let bounds = [("gte", from), ("lte", to)].into_iter();
    let bounds: BTreeMap<String, FieldValue> = bounds
        .filter_map(|(word, time)| time.map(|time| (word.to_owned(), time::written(time).into())))
        .collect();
    Ok((!bounds.is_empty()).then(|| on(field, Operator::Range, Some(FieldValue::Map(bounds)))))
}

/// The filters for a custom field's value: for a date its day, otherwise one for each option and for each box.
fn custom_field(custom: &CustomFieldMatch) -> Result<Vec<Filter>, Error> {
    let id = &custom.wanted.id;
    let subject = Subject::CustomField(id.to_string());
    let field = format!("customFields.{id}");
    let value = &custom.wanted.value;
    if custom.data_type == DataType::FileUpload {
        return Err(Error::invalid(subject, "HighLevel cannot search for files"));
    }
    if value.is_empty() {
        return Ok(vec![on(field, Operator::NotExists, None)]);
    }
    for text in value.to_texts() {
        check_length(&subject, &text)?;
    }
    match (custom.data_type, value) {
        (DataType::Date, FieldValue::Text(day)) => {
            let day = Some(day.clone());
            Ok(between(&field, (&subject, &day), (&subject, &day))?.into_iter().collect())
        }
        (_, FieldValue::Map(boxes)) => boxes.iter().map(|(entry, text)| text_box(id, entry, text)).collect(),
        (_, FieldValue::List(_)) => {
            Ok(value.to_texts().into_iter().map(|option| equal(field.clone(), option)).collect())
        }
        _ => Ok(vec![equal(field, value.clone())]),
    }
}

fn text_box(id: &CustomFieldId, entry: &str, value: &FieldValue) -> Result<Filter, Error> {
    let field = format!("customFields.{id}.{entry}");
    let subject = Subject::CustomField(id.to_string());
    let Some(text) = value.to_text().filter(|_| fields::known(&field).is_ok()) else {
        return Err(Error::invalid(subject, "HighLevel cannot search for this box of a text box list"));
    };
    check_length(&subject, &text)?;
    Ok(if text.trim().is_empty() { on(field, Operator::NotExists, None) } else { equal(field, text) })
}

fn raw(filter: &RawFilter) -> Result<Filter, Error> {
    let field = filter.field.trim();
    let known = fields::known(field)?;
    let operator = fields::operator(field, known, &filter.operator)?;
    let value = filter.value.as_ref().filter(|value| **value != FieldValue::Null);
    let value = match (operator, value) {
        (Operator::Exists | Operator::NotExists, None) => None,
        (Operator::Exists | Operator::NotExists, Some(_)) => {
            return Err(refused(field, operator, "takes no value"));
        }
        (_, None) => return Err(refused(field, operator, "needs a value")),
        (Operator::Range, Some(value)) => Some(range(field, known, value)?),
        (_, Some(value)) => Some(compared(field, known, operator, value)?),
    };
    Ok(on(field, operator, value))
}

fn refused(field: &str, operator: Operator, why: &str) -> Error {
    Error::invalid(Subject::Filters, format!("{field} {}: {why}", operator.as_str()))
}

fn compared(field: &str, known: Known, operator: Operator, value: &FieldValue) -> Result<FieldValue, Error> {
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
            Ok(if known.lower_case { text.to_lowercase().into() } else { text.into() })
        }
        FieldValue::Bool(_) | FieldValue::Number(_) => Ok(value.clone()),
        FieldValue::List(list)
            if matches!(operator, Operator::Eq | Operator::NotEq)
                && (1..=MAX_CONDITIONS).contains(&list.len()) =>
        {
            let items = list.iter().map(|item| match item {
                FieldValue::List(_) | FieldValue::Null => {
                    Err(refused(field, operator, "takes texts and numbers"))
                }
                item => compared(field, known, operator, item),
            });
            Ok(FieldValue::List(items.collect::<Result<_, _>>()?))
        }
        _ => Err(refused(field, operator, "takes a text, a number or a truth value")),
    }
}

fn range(field: &str, known: Known, value: &FieldValue) -> Result<FieldValue, Error> {
    const FORM: &str = "takes an object of gte, lte, gt or lt";
    let refused = |why| refused(field, Operator::Range, why);
    let FieldValue::Map(bounds) = value else { return Err(refused(FORM)) };
    let mut read = BTreeMap::new();
    for (word, bound) in bounds {
        // `gt` and `lte` of a date mean the end of the day.
        let edge = match word.as_str() {
            "gte" | "lt" => Edge::Start,
            "lte" | "gt" => Edge::End,
            _ => return Err(refused(FORM)),
        };
        let bound = match bound {
            FieldValue::Number(_) => bound.clone(),
            FieldValue::Text(text) => match (time::parse(&Subject::Filters, text, edge), text.trim().parse())
            {
                (Ok(time), _) => time::written(time).into(),
                // The range of a custom field may be one of numbers.
                (Err(_), Ok(number)) if !known.time => FieldValue::Number(number),
                (Err(error), _) => return Err(error),
            },
            _ => return Err(refused("takes dates or numbers as bounds")),
        };
        read.insert(word.clone(), bound);
    }
    if read.is_empty() {
        return Err(refused(FORM));
    }
    Ok(FieldValue::Map(read))
}
