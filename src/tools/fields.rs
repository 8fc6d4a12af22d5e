//! The fields of a contact, as the tools take them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::value::contact_ref;
use crate::contacts::{Error, Subject, Upsert};
use crate::ghl::LocationId;
use crate::ghl::model::Field;
use crate::tools::shared::CustomField;

/// The keys and values of one contact. Unknown fields are refused before this is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactFields {
    email: Option<String>,
    phone: Option<String>,
    contact_id: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    /// Full name, if the parts are not known
    name: Option<String>,
    company_name: Option<String>,
    address1: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    website: Option<String>,
    timezone: Option<String>,
    date_of_birth: Option<String>,
    source: Option<String>,
    /// User's id, email or name
    assigned_to: Option<String>,
    /// Only on a new contact
    gender: Option<String>,
    /// Added; others stay
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    custom_fields: Vec<CustomField>,
    /// Fields to blank
    #[serde(default)]
    clear: Vec<String>,
}

impl ContactFields {
    /// The upsert of these values, with default options.
    ///
    /// # Errors
    /// `contactId` is no id of a contact of this location.
    pub(crate) fn into_upsert(self, location: &LocationId) -> Result<Upsert, Error> {
        let id = self.contact_id.as_deref();
        let contact_id = id.map(|id| contact_ref::read(&Subject::ContactId, id, location)).transpose()?;
        let fields = [
            (Field::FirstName, self.first_name),
            (Field::LastName, self.last_name),
            (Field::Name, self.name),
            (Field::CompanyName, self.company_name),
            (Field::Address1, self.address1),
            (Field::City, self.city),
            (Field::State, self.state),
            (Field::PostalCode, self.postal_code),
            (Field::Country, self.country),
            (Field::Website, self.website),
            (Field::Timezone, self.timezone),
            (Field::DateOfBirth, self.date_of_birth),
            (Field::Source, self.source),
            (Field::AssignedTo, self.assigned_to),
            (Field::Gender, self.gender),
        ];
        let given = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        Ok(Upsert {
            contact_id,
            email: self.email,
            phone: self.phone,
            fields: given.collect::<BTreeMap<_, _>>(),
            tags: self.tags,
            custom_fields: self.custom_fields.into_iter().map(Into::into).collect(),
            clear: self.clear,
            ..Upsert::default()
        })
    }
}
