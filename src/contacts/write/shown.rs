//! How much of a contact an answer shows. What it does not show is not known to be empty.

use crate::contacts::fields::Definitions;
use crate::contacts::value::name::full_name;
use crate::ghl::model::{Contact, CustomFieldWrite, Field, FieldValue};

/// Whether these are the properties of a contact, and not only its id: HighLevel leaves out what a contact does not have.
pub(crate) fn is_whole(contact: &Contact) -> bool {
    ["email", "phone", "firstName", "lastName", "contactName", "name", "companyName", "dateAdded"]
        .iter()
        .any(|property| contact.get(property).is_some())
}

/// Whether the custom fields that the contact has are listed.
pub(crate) fn lists_custom_fields(contact: &Contact) -> bool {
    ["customFields", "customField"]
        .iter()
        .any(|property| matches!(contact.properties().get(*property), Some(FieldValue::List(_))))
}

/// Whether a read of the contact shows that it has nothing in this field. A value of another type is something.
pub(crate) fn shows_as_empty(contact: &Contact, field: Field) -> bool {
    let parts = [Field::Name, Field::FirstName, Field::LastName];
    let fields = if field == Field::Name { parts.as_slice() } else { std::slice::from_ref(&field) };
    let names = fields.iter().flat_map(|field| [field.as_str(), field.in_search()]);
    is_whole(contact) && names.filter_map(|name| contact.get(name)).all(FieldValue::is_empty)
}

/// What a contact holds in a custom field.
pub(crate) fn custom_value(contact: &Contact, write: &CustomFieldWrite) -> Option<FieldValue> {
    contact.custom_fields().into_iter().find(|field| field.id == write.id).map(|field| field.value)
}

/// The name of a custom field; its id where the definition is not known.
pub(crate) fn custom_name(definitions: &Definitions, write: &CustomFieldWrite) -> String {
    definitions.by_id(&write.id).map_or_else(|| write.id.to_string(), |definition| definition.name.clone())
}

/// What a contact holds in a field. A full name is compared with both parts of the stored one.
pub(crate) fn stored(contact: &Contact, field: Field) -> Option<String> {
    if field == Field::Name { full_name(contact) } else { contact.text(field) }
}
