//! The fields of HighLevel's search and their operators: the table of its search guide, with the fields of
//! highlevel-api-docs issue 279.

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::text::clean_line;
use crate::ghl::CustomFieldId;
use crate::ghl::model::Operator;
use crate::ghl::model::text::plain_name;

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

/// Fields under the names that the tools use for them.
const OUR_NAMES: [(&str, &str); 7] = [
    ("firstName", "firstNameLowerCase"),
    ("lastName", "lastNameLowerCase"),
    ("name", "contactName"),
    ("address1", "address"),
    ("createdAt", "dateAdded"),
    ("updatedAt", "dateUpdated"),
    ("tag", "tags"),
];

/// The form in which HighLevel stores and compares a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it was written.
    Plain,
    /// In lower case.
    LowerCase,
    /// A point in time.
    Time,
    /// `true` or `false`.
    Truth,
    /// A country's code.
    Country,
    /// A phone number.
    Phone,
    /// `active`, `inactive` or `permanent`.
    Status,
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// HighLevel's name of it.
    pub(crate) name: String,
    /// The operators that the search guide gives it.
    pub(crate) operators: &'static [Operator],
    /// The form of its values.
    pub(crate) kind: Kind,
}

/// The field of a filter, also in other letters or in `snake_case`.
///
/// # Errors
/// HighLevel cannot filter by it; the error names the most similar fields.
pub(crate) fn known(field: &str) -> Result<Known, Error> {
    let field = field.trim();
    if let Some(rest) = field.strip_prefix("customFields.") {
        let operators = custom(rest).ok_or_else(|| unknown(field))?;
        return Ok(Known { name: field.to_owned(), operators, kind: Kind::Plain });
    }
    let wanted = plain_name(field);
    let ours =
        OUR_NAMES.iter().find(|(name, _)| plain_name(name) == wanted).map(|(_, name)| plain_name(name));
    let wanted = ours.unwrap_or(wanted);
    let (name, operators) =
        FIELDS.iter().find(|(name, _)| plain_name(name) == wanted).ok_or_else(|| unknown(field))?;
    let kind = match *name {
        "firstNameLowerCase" | "lastNameLowerCase" | "email" | "tags" => Kind::LowerCase,
        "dnd" | "isValidWhatsapp" | "validEmail" => Kind::Truth,
        "country" => Kind::Country,
        "phone" => Kind::Phone,
        name if name.ends_with(".status") => Kind::Status,
        _ if *operators == TIME => Kind::Time,
        _ => Kind::Plain,
    };
    Ok(Known { name: (*name).to_owned(), operators, kind })
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

/// Operators that the search guide does not have, and that other programs were seen to use. HighLevel decides.
const UNLISTED: [Operator; 6] =
    [Operator::Gt, Operator::Gte, Operator::Lt, Operator::Lte, Operator::Wildcard, Operator::ContainsSet];

/// Other usual words for an operator.
const OTHER_WORDS: [(&str, &str); 11] = [
    ("equals", "eq"),
    ("=", "eq"),
    ("==", "eq"),
    ("is", "eq"),
    ("ne", "not_eq"),
    ("neq", "not_eq"),
    ("!=", "not_eq"),
    (">", "gt"),
    (">=", "gte"),
    ("<", "lt"),
    ("<=", "lte"),
];

/// The operator of a filter.
///
/// # Errors
/// The field does not take it; the error names the operators that it takes.
pub(crate) fn operator(known: &Known, word: &str) -> Result<Operator, Error> {
    let wanted = plain_name(word);
    let other = OTHER_WORDS.iter().find(|(other, _)| *other == wanted).map(|(_, word)| plain_name(word));
    let wanted = other.unwrap_or(wanted);
    let time_as_range =
        matches!(wanted.as_str(), "eq").then_some(Operator::Eq).filter(|_| known.kind == Kind::Time);
    let mut taken = known.operators.iter().copied().chain(UNLISTED).chain(time_as_range);
    taken.find(|operator| plain_name(operator.as_str()) == wanted).ok_or_else(|| not_taken(known, word))
}

/// The error of an operator that the field does not take.
pub(crate) fn not_taken(known: &Known, word: &str) -> Error {
    let takes = known.operators.iter().map(|operator| operator.as_str()).collect::<Vec<_>>().join(", ");
    Error::invalid(
        Subject::Filters,
        format!("{} does not take {}; it takes {takes}", clean_line(&known.name, 60), clean_line(word, 30)),
    )
}
