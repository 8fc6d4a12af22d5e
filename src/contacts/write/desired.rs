//! An upsert as it is given, and the same in normal form: what the contact should hold.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::error::{Error, Refusal, Subject};
use crate::contacts::fields::{Definitions, GivenField};
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup::OnConflict;
use crate::contacts::value::country::Country;
use crate::contacts::value::phone::Candidate;
use crate::contacts::value::text::clean_line;
use crate::contacts::value::{field, placeholder, tag};
use crate::ghl::model::text::plain_name;
use crate::ghl::model::{CustomFieldWrite, Field, FieldValue};
use crate::ghl::{ContactId, CustomFieldId};

/// The most characters of a custom field's name in a warning.
const MAX_NAME_CHARS: usize = 60;

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
    /// The contact to update; without one it is found by its keys, or created.
    pub contact_id: Option<ContactId>,
    /// E-mail, as typed.
    pub email: Option<String>,
    /// Phone, as typed.
    pub phone: Option<String>,
    /// The other standard fields.
    pub fields: BTreeMap<Field, String>,
    /// Tags to add.
    pub tags: Vec<String>,
    /// Custom fields by id, key or name.
    pub custom_fields: Vec<GivenField>,
    /// Fields to blank: standard ones, or custom ones by id, key or name.
    pub clear: Vec<String>,
    /// Whether stored values are replaced.
    pub mode: Mode,
    /// What to do when e-mail and phone belong to two contacts.
    pub on_conflict: OnConflict,
    /// Only plan the write.
    pub dry_run: bool,
    /// It is one of a list: tags that an existing contact lacks are left to the list, which sends them for many contacts at
    /// once, and what is known of the location is not read again because of one bad value.
    pub in_list: bool,
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
    /// The countries of custom phones without a country code, beside the contact's own.
    pub phone_candidates: Vec<Candidate>,
    /// Standard fields whose value cannot be taken. The contact may hold it.
    pub refused: BTreeMap<Field, Refusal>,
    /// Custom fields whose value cannot be taken. The contact may hold it.
    pub refused_custom: BTreeMap<CustomFieldId, Refusal>,
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

/// Whether a program wrote this text for no value. A person may be called Null.
fn is_no_value(field: Field, value: &str) -> bool {
    match field {
        Field::FirstName | Field::LastName | Field::Name => placeholder::is_broken(value),
        _ => placeholder::is_placeholder(value),
    }
}

/// The standard field that a name in other letters means, where no custom field has it.
fn standard(name: &str) -> Option<Field> {
    let plain = plain_name(name);
    Field::ALL.iter().copied().find(|field| plain_name(field.as_str()) == plain)
}

/// The error of a name that is no field at all; the nearest field may be a standard or a custom one.
fn not_to_clear(name: &str, definitions: &Definitions) -> Error {
    let short = |text: &str| clean_line(text, MAX_NAME_CHARS).to_lowercase();
    let wanted = short(name);
    let custom = definitions.all().map(|field| field.name.as_str());
    let nearest = Field::ALL.iter().map(|field| field.as_str()).chain(custom).max_by(|a, b| {
        strsim::jaro_winkler(&short(a), &wanted).total_cmp(&strsim::jaro_winkler(&short(b), &wanted))
    });
    let reason = format!(
        "\"{}\" is neither a field of a contact nor a custom field",
        clean_line(name, MAX_NAME_CHARS)
    );
    let error = Error::invalid(Subject::Clear, reason);
    match nearest {
        Some(nearest) => {
            error.with_hint(format!("The nearest is \"{}\".", clean_line(nearest, MAX_NAME_CHARS)))
        }
        None => error,
    }
}

impl Desired {
    /// What can be read without a request: all but the keys and the custom fields. A birthday is at most `today`.
    ///
    /// # Errors
    /// The first given value that cannot be used.
    pub(crate) fn standard(upsert: &Upsert, today: Date) -> Result<Self, Error> {
        let mut desired = Self { mode: upsert.mode, tags: tag::list(&upsert.tags)?, ..Self::default() };
        for (field, value) in &upsert.fields {
            if is_no_value(*field, value) {
                desired
                    .warnings
                    .push(format!("{field} was ignored: \"{}\" stands for no value", value.trim()));
                continue;
            }
            let read = match field::read(*field, value, today) {
                Err(error) if field::has_a_form(*field) => {
                    desired.refuse(*field, value, Refusal::of(error)?);
                    continue;
                }
                read => read?,
            };
            match read {
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

    /// Keeps a value that cannot be taken, to compare it with the stored one.
    pub(crate) fn refuse(&mut self, field: Field, value: &str, refusal: Refusal) {
        self.fields.insert(field, value.trim().to_owned());
        self.refused.insert(field, refusal);
    }

    /// Whether a value cannot be taken unless the contact holds it.
    pub(crate) fn has_refused(&self) -> bool {
        !self.refused.is_empty() || !self.refused_custom.is_empty()
    }

    /// Adds the keys as fields: a new contact gets them, and an existing one is compared with them.
    pub(crate) fn add_keys(&mut self, keys: &Keys) {
        self.fields.extend(keys.email.as_ref().map(|email| (Field::Email, email.to_string())));
        self.fields.extend(keys.phone.as_ref().map(|phone| (Field::Phone, phone.to_string())));
        if let (Some(phone), Some(by)) = (&keys.phone, keys.phone_by) {
            self.warnings.push(format!("phone was read as {phone}, a number of {by}"));
        }
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
        let mut clear = Vec::new();
        for name in upsert.custom_fields_to_clear() {
            if definitions.are_known() && !definitions.has(name) {
                let field = standard(name).ok_or_else(|| not_to_clear(name, definitions))?;
                self.clear.insert(self.field_to_clear(upsert, field)?);
                continue;
            }
            let value = Some(FieldValue::Null);
            clear.push(GivenField { field: name.to_owned(), value, ..GivenField::default() });
        }
        for given in upsert.custom_fields.iter().cloned().chain(clear) {
            let name = &given.field;
            let encoded = match definitions.encode_given(&given) {
                Err(error) => Some(self.refuse_custom(&given, definitions, error)?),
                Ok(encoded) => encoded,
            };
            let Some(write) = encoded else {
                self.warnings.push(format!(
                    "custom field {} was left as it is: its value is empty; null or clear blanks it",
                    clean_line(name, MAX_NAME_CHARS)
                ));
                continue;
            };
            if self.custom_fields.iter().any(|one| one.id == write.id) {
                let subject = Subject::CustomField(name.clone());
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

    /// Keeps a value of a custom field that cannot be taken, to compare it with the stored one.
    fn refuse_custom(
        &mut self,
        given: &GivenField,
        definitions: &Definitions,
        error: Error,
    ) -> Result<CustomFieldWrite, Error> {
        let refusal = Refusal::of(error)?;
        let id = definitions.are_known().then(|| definitions.id_of(given).ok()).flatten();
        match (id, given.to_write()) {
            (Some(id), Some(value)) => {
                self.refused_custom.insert(id.clone(), refusal);
                Ok(CustomFieldWrite { id, value: value.clone() })
            }
            _ => Err(refusal.into()),
        }
    }

    /// Leaves out a key that another contact has and keeps.
    pub(crate) fn leave_out(&mut self, key: Field, owner: &ContactId) {
        self.fields.remove(&key);
        self.warnings.push(format!("{key} was not written: it belongs to contact {owner}"));
    }

    /// Leaves out a key of which the contact keeps its own value.
    pub(crate) fn leave_own(&mut self, key: Field) {
        if self.fields.remove(&key).is_some() {
            self.warnings.push(format!("{key} was not written: the contact keeps its own"));
        }
    }

    /// The full name that is given, if one is.
    pub(crate) fn full_name(&self) -> Option<String> {
        let part = |field| self.fields.get(&field).cloned();
        match (part(Field::FirstName), part(Field::LastName)) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            _ => part(Field::Name),
        }
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
        let named = upsert.clear.iter().filter_map(|name| name.parse::<Field>().ok());
        let clear = named.map(|field| self.field_to_clear(upsert, field)).collect::<Result<_, _>>()?;
        if upsert.clear.iter().any(|name| name == "tags") {
            return Err(Error::invalid(
                Subject::Clear,
                "names tags, which are only added here, never cleared",
            ));
        }
        Ok(clear)
    }

    fn field_to_clear(&self, upsert: &Upsert, field: Field) -> Result<Field, Error> {
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
        Ok(field)
    }
}
