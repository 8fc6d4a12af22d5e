//! The fields of HighLevel's search and their operators: the table of its search guide, with the fields of
//! highlevel-api-docs issue 279.

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::text::clean_line;
use crate::ghl::CustomFieldId;
use crate::ghl::model::Operator;

use crate::ghl::model::Operator::{Contains, Eq, Exists, NotContains, NotEq, NotExists, Range};

const ID: &[Operator] = &[Eq, NotEq];
const EQUAL: &[Operator] = &[Eq, NotEq, Exists, NotExists];
const WORDS: &[Operator] = &[Eq, NotEq, Contains, NotContains, Exists, NotExists];
const TIME: &[Operator] = &[Range, Exists, NotExists];
/// The operators of a custom field depend on its type, which a filter by id does not contain.
const ANY: &[Operator] = &[Eq, NotEq, Contains, NotContains, Exists, NotExists, Range];

/// All fields but the custom ones; the last entry stands for these in an error.
const FIELDS: [(&str, &[Operator]); 36] = [
    ("id", ID),
    ("contactName", EQUAL),
    ("firstNameLowerCase", WORDS),
    ("lastNameLowerCase", WORDS),
    ("address", WORDS),
    ("city", WORDS),
    ("state", WORDS),
    ("postalCode", WORDS),
    ("companyName", WORDS),
    ("businessName", WORDS),
    ("source", WORDS),
    ("phone", WORDS),
    ("tags", WORDS),
    ("email", EQUAL),
    ("website", EQUAL),
    ("country", EQUAL),
    ("assignedTo", EQUAL),
    ("dnd", EQUAL),
    ("followers", EQUAL),
    ("isValidWhatsapp", EQUAL),
    ("timezone", EQUAL),
    ("type", EQUAL),
    ("validEmail", EQUAL),
    ("activeWorkflows", EQUAL),
    ("finishedWorkflows", EQUAL),
    ("dateAdded", TIME),
    ("dateUpdated", TIME),
    ("dateOfBirth", TIME),
    ("lastEmailClickedDate", TIME),
    ("lastEmailOpenedDate", TIME),
    ("lastAppointment", TIME),
    ("dndSettings.Email.status", EQUAL),
    ("dndSettings.SMS.status", EQUAL),
    ("dndSettings.Call.status", EQUAL),
    ("inboundDndSettings.all.status", EQUAL),
    ("customFields.{id}", ANY),
];

/// What is known of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The operators that the field takes.
    pub operators: &'static [Operator],
    /// Whether HighLevel stores the field in lower case.
    pub lower_case: bool,
    /// Whether a range of it is a range of times.
    pub time: bool,
}

/// The field of a filter.
///
/// # Errors
/// HighLevel cannot filter by it; the error names the most similar fields.
pub(crate) fn known(field: &str) -> Result<Known, Error> {
    let operators = match field.strip_prefix("customFields.") {
        Some(rest) => custom(rest),
        None => FIELDS.iter().find(|(name, _)| *name == field).map(|(_, operators)| *operators),
    };
    let lower_case = matches!(field, "firstNameLowerCase" | "lastNameLowerCase" | "email" | "tags");
    operators
        .map(|operators| Known { operators, lower_case, time: operators == TIME })
        .ok_or_else(|| unknown(field))
}

/// The operators for `{id}`, or for `{id}.{entry}`, which is one box of a list of text boxes.
fn custom(rest: &str) -> Option<&'static [Operator]> {
    let is_id = |text: &str| text.parse::<CustomFieldId>().is_ok();
    match rest.split_once('.') {
        None => is_id(rest).then_some(ANY),
        Some((id, entry)) => (is_id(id) && is_id(entry)).then_some(WORDS),
    }
}

fn unknown(field: &str) -> Error {
    let shown = clean_line(field, 60);
    if field.starts_with("opportunities") {
        return Error::invalid(Subject::Filters, "contacts cannot be filtered by their opportunities here");
    }
    if field.starts_with("customFields") {
        let reason = format!("\"{shown}\" is not customFields. and the id of a custom field");
        return Error::invalid(Subject::Filters, reason)
            .with_hint("to go by a name, use the argument customFields");
    }
    let short: String = field.chars().take(60).collect::<String>().to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&short, &name.to_lowercase());
    let mut nearest: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
    nearest.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    nearest.truncate(3);
    let reason = format!("HighLevel cannot filter by \"{shown}\"; the nearest are {}", nearest.join(", "));
    Error::invalid(Subject::Filters, reason)
        .with_hint("use HighLevel's own name of a field in its contact search")
}

/// The operator of a filter.
///
/// # Errors
/// The field does not take it; the error names the operators that it takes.
pub(crate) fn operator(field: &str, known: Known, word: &str) -> Result<Operator, Error> {
    known.operators.iter().copied().find(|operator| operator.as_str() == word.trim()).ok_or_else(|| {
        let takes = known.operators.iter().map(|operator| operator.as_str()).collect::<Vec<_>>().join(", ");
        Error::invalid(
            Subject::Filters,
            format!("{field} does not take {}; it takes {takes}", clean_line(word, 30)),
        )
    })
}
