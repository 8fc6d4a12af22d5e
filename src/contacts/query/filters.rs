//! The conditions of a query as HighLevel's filters.

use std::collections::BTreeMap;

use crate::contacts::error::{Error, Subject};
use crate::contacts::query::build::{MAX_CONDITIONS, any_of, count, equal, on};
use crate::contacts::query::conditions::{Assignee, Query, check_length, filled};
use crate::contacts::query::raw;
use crate::contacts::query::time::{self, Edge};
use crate::contacts::value::placeholder;
use crate::contacts::value::zone::Zone;
use crate::ghl::model::{Field, FieldValue, Filter, Operator, normal_tag};

/// All conditions but the free text.
///
/// # Errors
/// The first condition that HighLevel cannot answer.
pub(crate) fn of(query: &Query) -> Result<Vec<Filter>, Error> {
    let mut filters = Vec::new();
    for (field, text) in [(Field::Email, &query.email), (Field::Phone, &query.phone)] {
        if let Some(text) = filled(text.as_deref()) {
            check_length(&field.into(), text)?;
            filters.push(equal(field.as_str(), text));
        }
    }
    if let Some(name) = filled(query.company_name.as_deref()) {
        check_length(&Field::CompanyName.into(), name)?;
        filters.push(on(Field::CompanyName.as_str(), company_operator(name), Some(name.into())));
    }
    filters.extend(tags(&Subject::Tags, &query.tags)?.into_iter().map(|tag| equal("tags", tag)));
    let any = tags(&Subject::AnyTag, &query.any_tag)?;
    if !any.is_empty() {
        filters.push(any_of(any.into_iter().map(|tag| equal("tags", tag)).collect()));
    }
    match &query.assigned_to {
        None => {}
        Some(Assignee::User(id)) => filters.push(equal("assignedTo", id.as_str())),
        Some(Assignee::Unassigned) => filters.push(on("assignedTo", Operator::NotExists, None)),
    }
    filters.extend(between(
        "dateAdded",
        (&Subject::CreatedAfter, &query.created_after),
        (&Subject::CreatedBefore, &query.created_before),
        query.zone,
    )?);
    filters.extend(between(
        "dateUpdated",
        (&Subject::UpdatedAfter, &query.updated_after),
        (&Subject::UpdatedBefore, &query.updated_before),
        query.zone,
    )?);
    filters.extend(query.custom_fields.iter().cloned());
    for filter in &query.filters {
        filters.push(raw::read(filter, query.zone)?);
    }
    if count(&filters) > MAX_CONDITIONS {
        return Err(Error::invalid(
            Subject::Filters,
            format!("a search takes at most {MAX_CONDITIONS} conditions in all"),
        ));
    }
    Ok(filters)
}

/// HighLevel looks for a part of a name only where it has no special characters.
pub(crate) fn company_operator(name: &str) -> Operator {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    if is_plain { Operator::Contains } else { Operator::Eq }
}

/// The tags in HighLevel's form, each once.
fn tags(subject: &Subject, tags: &[String]) -> Result<Vec<String>, Error> {
    let mut written: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        placeholder::check(subject, tag)?;
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

fn between(field: &str, after: Bound<'_>, before: Bound<'_>, zone: Zone) -> Result<Option<Filter>, Error> {
    let read = |(subject, text): Bound<'_>, edge| {
        filled(text.as_deref()).map(|text| time::parse(subject, text, edge, zone)).transpose()
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
