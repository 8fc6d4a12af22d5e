//! An upsert as it is given, and the same in normal form: what the contact should hold.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::{Error, Subject};
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup::OnConflict;
use crate::contacts::value::country::Country;
use crate::contacts::value::{field, tag};
use crate::ghl::ContactId;
use crate::ghl::model::{CustomFieldWrite, Field, FieldValue};

/// Whether a value that is there may be replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Every given value replaces the stored one.
    #[default]
    Overwrite,
    /// Only empty fields are filled.
    FillEmpty,
}

/// An upsert as the caller gives it.
#[derive(Debug, Clone, Default)]
pub struct Upsert {
    /// E-mail, as typed.
    pub email: Option<String>,
    /// Phone, as typed.
    pub phone: Option<String>,
    /// The other standard fields.
    pub fields: BTreeMap<Field, String>,
    /// Tags to add.
    pub tags: Vec<String>,
    /// Custom fields by id, key or name.
    pub custom_fields: Vec<(String, FieldValue)>,
    /// Fields to blank: standard ones, or custom ones by id, key or name.
    pub clear: Vec<String>,
    /// Whether stored values are replaced.
    pub mode: Mode,
    /// What to do when e-mail and phone belong to two contacts.
    pub on_conflict: OnConflict,
    /// Only plan the write.
    pub dry_run: bool,
}

/// What a contact should hold, in normal form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desired {
    /// Standard fields.
    pub fields: BTreeMap<Field, String>,
    /// Standard fields to blank.
    pub clear: BTreeSet<Field>,
    /// Custom fields; a null value blanks.
    pub custom_fields: Vec<CustomFieldWrite>,
    /// Tags to add.
    pub tags: Vec<String>,
    /// Whether stored values are replaced.
    pub mode: Mode,
    /// What the caller should know of the given values: which were ignored, and why.
    pub warnings: Vec<String>,
    /// The countries in which a stored phone without a country code is read, after the contact's own.
    pub countries: Vec<Country>,
}

impl Upsert {
    /// Whether custom fields are given, so that their definitions are needed.
    pub(crate) fn has_custom_fields(&self) -> bool {
        !self.custom_fields.is_empty() || self.custom_fields_to_clear().next().is_some()
    }

    fn custom_fields_to_clear(&self) -> impl Iterator<Item = &str> {
        self.clear.iter().map(String::as_str).filter(|name| name.parse::<Field>().is_err())
    }
}

impl Desired {
    /// What can be read without a request: all but the keys and the custom fields.
    ///
    /// # Errors
    /// The first given value that cannot be used.
    pub(crate) fn standard(upsert: &Upsert) -> Result<Self, Error> {
        let mut desired = Self { mode: upsert.mode, tags: tag::list(&upsert.tags)?, ..Self::default() };
        for (field, value) in &upsert.fields {
            match field::read(*field, value)? {
                Some(value) => drop(desired.fields.insert(*field, value)),
                None => {
                    desired.warnings.push(format!("{field} was empty and ignored; use clear to blank it"));
                }
            }
        }
        let has_parts =
            desired.fields.contains_key(&Field::FirstName) || desired.fields.contains_key(&Field::LastName);
        if has_parts && desired.fields.remove(&Field::Name).is_some() {
            desired.warnings.push("name was ignored: firstName or lastName was given too".to_owned());
        }
        if desired.mode == Mode::FillEmpty && !upsert.clear.is_empty() {
            return Err(Error::invalid(
                Subject::Clear,
                "contradicts mode fillEmpty, which never changes a value that is there",
            ));
        }
        desired.clear = desired.fields_to_clear(upsert)?;
        Ok(desired)
    }

    /// Adds the keys as fields: a new contact gets them, and an existing one is compared with them.
    pub(crate) fn add_keys(&mut self, keys: &Keys) {
        self.fields.extend(keys.email.as_ref().map(|email| (Field::Email, email.to_string())));
        self.fields.extend(keys.phone.as_ref().map(|phone| (Field::Phone, phone.to_string())));
    }

    /// Adds the custom fields to set and to blank, checked by their definitions where these are known.
    ///
    /// # Errors
    /// A field that does not exist, a value that it does not take, or one field twice.
    pub(crate) fn add_custom_fields(
        &mut self,
        upsert: &Upsert,
        definitions: &Definitions,
    ) -> Result<(), Error> {
        let set = upsert.custom_fields.iter().map(|(name, value)| (name.as_str(), value));
        let clear = upsert.custom_fields_to_clear().map(|name| (name, &FieldValue::Null));
        for (name, value) in set.chain(clear) {
            let write = definitions.encode(name, value)?;
            if self.custom_fields.iter().any(|one| one.id == write.id) {
                let subject = Subject::CustomField(name.to_owned());
                return Err(Error::invalid(subject, format!("\"{name}\" is given twice")));
            }
            self.custom_fields.push(write);
        }
        if !definitions.are_known() && !self.custom_fields.is_empty() {
            let why = if definitions.are_unreadable() {
                "HighLevel's list of their definitions could not be read"
            } else {
                "their definitions cannot be read (scope locations/customFields.readonly)"
            };
            self.warnings.push(format!("custom fields were not checked: {why}"));
        }
        Ok(())
    }

    /// Leaves out a key that another contact has and keeps.
    pub(crate) fn leave_out(&mut self, key: Field, owner: &ContactId) {
        self.fields.remove(&key);
        self.warnings.push(format!("{key} was not written: it belongs to contact {owner}"));
    }

    /// Leaves out a key that the contact does not show: it may have another value there, which would be replaced.
    pub(crate) fn leave_unseen(&mut self, key: Field) {
        if self.fields.remove(&key).is_some() {
            self.warnings.push(format!(
                "{key} was not written: HighLevel answered this contact and does not show its {key}, so another value \
                 could be replaced"
            ));
        }
        self.clear.remove(&key);
    }

    fn fields_to_clear(&self, upsert: &Upsert) -> Result<BTreeSet<Field>, Error> {
        let mut clear = BTreeSet::new();
        for field in upsert.clear.iter().filter_map(|name| name.parse::<Field>().ok()) {
            let is_set = match field {
                Field::Email => upsert.email.is_some(),
                Field::Phone => upsert.phone.is_some(),
                other => self.fields.contains_key(&other),
            };
            if is_set {
                return Err(Error::invalid(Subject::Clear, format!("{field} is both set and cleared")));
            }
            if !field.clearable() {
                return Err(Error::invalid(Subject::Clear, format!("HighLevel has no way to blank {field}"))
                    .with_hint("Set it to another value instead."));
            }
            clear.insert(field);
        }
        if upsert.clear.iter().any(|name| name == "tags") {
            return Err(Error::invalid(
                Subject::Clear,
                "names tags, which are only added here, never cleared",
            ));
        }
        Ok(clear)
    }
}
