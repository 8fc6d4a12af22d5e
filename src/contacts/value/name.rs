//! A person's full name.

use crate::ghl::model::{Contact, Field};

/// The first and the last name of a contact; only where both are missing its `name`, which HighLevel's lists answer in
/// lower case.
pub(crate) fn full_name(contact: &Contact) -> Option<String> {
    let names = [contact.text(Field::FirstName), contact.text(Field::LastName)];
    let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if full.is_empty() { contact.text(Field::Name) } else { Some(full) }
}
