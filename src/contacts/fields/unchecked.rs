//! Custom fields whose definitions are unknown: the token may lack `locations/customFields.readonly`.

use crate::contacts::error::{Error, Subject};
use crate::contacts::fields::{encoding, names};
use crate::ghl::model::{CustomFieldWrite, FieldValue};

/// The value for a field, sent as it is. Only an id is taken: HighLevel ignores anything else in silence. `unreadable`:
/// HighLevel answered, and its answer was no list of definitions.
pub(crate) fn encode(
    reference: &str,
    value: &FieldValue,
    unreadable: bool,
) -> Result<CustomFieldWrite, Error> {
    let reference = reference.trim();
    let invalid = |reason| {
        Error::invalid(
            Subject::CustomField(reference.to_owned()),
            format!("{} {reason}", names::quoted(reference)),
        )
    };
    // HighLevel's ids are 20 letters and digits, in older accounts other unguessable ones; a key consists of words.
    let is_id = (20..=36).contains(&reference.len())
        && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && reference.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let Some(id) = is_id.then(|| reference.parse().ok()).flatten() else {
        let hint = if unreadable {
            "HighLevel's list of custom fields could not be read, so only their ids can be used: give the id, or try \
             again in a minute."
        } else {
            "The token may not read the location's custom fields, so only their ids can be used: give the id, or \
             give the token the scope locations/customFields.readonly."
        };
        return Err(invalid("is not the id of a custom field".to_owned()).with_hint(hint));
    };
    let value = encoding::unchecked(value).map_err(invalid)?;
    Ok(CustomFieldWrite { id, value })
}

/// Whether two values are equal, or equal as texts.
pub(crate) fn same(stored: &FieldValue, wanted: &FieldValue) -> bool {
    stored == wanted || (stored.to_text().is_some() && stored.to_text() == wanted.to_text())
}
