//! The parts of HighLevel's filters.

use std::collections::BTreeMap;

use crate::ghl::model::{FieldValue, Filter, Operator};

/// The most conditions of a search.
pub(crate) const MAX_CONDITIONS: usize = 50;

/// A filter on one field.
pub(crate) fn on(field: impl Into<String>, operator: Operator, value: Option<FieldValue>) -> Filter {
    Filter::On { field: field.into(), operator, value }
}

/// A filter that a field has this value.
pub(crate) fn equal(field: impl Into<String>, value: impl Into<FieldValue>) -> Filter {
    on(field, Operator::Eq, Some(value.into()))
}

/// One of the filters is enough.
pub(crate) fn any_of(mut filters: Vec<Filter>) -> Filter {
    match filters.len() {
        1 => filters.remove(0),
        _ => Filter::Group { group: "OR", filters },
    }
}

/// All of the filters must hold.
pub(crate) fn all_of(mut filters: Vec<Filter>) -> Filter {
    match filters.len() {
        1 => filters.remove(0),
        _ => Filter::Group { group: "AND", filters },
    }
}

/// The conditions in these filters; each one inside a group counts.
pub(crate) fn count(filters: &[Filter]) -> usize {
    let one = |filter: &Filter| match filter {
        Filter::On { .. } => 1,
        Filter::Group { filters, .. } => count(filters),
    };
    filters.iter().map(one).sum()
}

/// Whether a range ends before it begins, so that nothing lies in it. Times are written in one form, which sorts.
pub(crate) fn is_reversed(bounds: &BTreeMap<String, FieldValue>) -> bool {
    let of = |words: [&str; 2]| words.into_iter().filter_map(|word| bounds.get(word)).collect::<Vec<_>>();
    let is_after = |from: &FieldValue, to: &FieldValue| match (from, to) {
        (FieldValue::Number(from), FieldValue::Number(to)) => from.as_f64() > to.as_f64(),
        (FieldValue::Text(from), FieldValue::Text(to)) => from > to,
        _ => false,
    };
    let ends = of(["lte", "lt"]);
    of(["gte", "gt"]).into_iter().any(|from| ends.iter().any(|to| is_after(from, to)))
}
