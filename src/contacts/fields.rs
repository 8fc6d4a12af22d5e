//! A location's custom fields: found by name, key or id; values checked by type before they are sent, and decoded when
//! they are read. HighLevel answers success to an unknown field, a wrong type and an unknown option, and does not store
//! them; so these are refused here.

mod encoding;
mod given;
mod names;
mod stored;
mod unchecked;

use std::collections::BTreeMap;

use crate::contacts::error::{Error, Subject};
pub use crate::contacts::fields::given::GivenField;
use crate::contacts::fields::names::{Index, label, quoted};
use crate::ghl::CustomFieldId;
use crate::ghl::model::{CustomField, CustomFieldValue, CustomFieldWrite, FieldValue};

/// A definition with a usable id.
#[derive(Debug, Clone)]
struct Definition {
    id: CustomFieldId,
    field: CustomField,
    /// A name by which [`Definitions::find`] finds this field and no other.
    name: String,
}

/// The custom fields of one location, indexed; or unknown, where they cannot be read or are not read yet. By default they
/// are unknown.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    known: bool,
    list: Vec<Definition>,
    index: Index,
    /// Definitions whose id or name cannot be read.
    nameless: usize,
    /// HighLevel's answer was no list of definitions.
    unreadable: bool,
}

impl Definitions {
    /// From what `GET /locations/{id}/customFields` answers. A definition without a usable id is left out, and of
    /// two with one id the first is kept.
    #[must_use]
    pub fn new(fields: Vec<CustomField>) -> Self {
        let mut list: Vec<Definition> = Vec::with_capacity(fields.len());
        let mut index = Index::default();
        let nameless =
            fields.iter().filter(|field| field.id.is_empty() || field.name.trim().is_empty()).count();
        for field in fields {
            if let Ok(id) = field.id.parse()
                && index.add(&field, list.len())
            {
                list.push(Definition { id, name: String::new(), field });
            }
        }
        for (at, definition) in list.iter_mut().enumerate() {
            definition.name = index.unique_name(&definition.field, at);
        }
        Self { known: true, list, index, nameless, unreadable: false }
    }

    /// No definitions: custom fields go by id, and their values are sent unchecked.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The same, because HighLevel's answer was no list of definitions.
    #[must_use]
    pub fn unreadable() -> Self {
        Self { unreadable: true, ..Self::default() }
    }

    /// Whether HighLevel's answer was no list of definitions, so that it should be asked again.
    #[must_use]
    pub fn are_unreadable(&self) -> bool {
        self.unreadable
    }

    /// Whether these are the location's definitions, even if it has none.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.known
    }

    /// All definitions, as HighLevel lists them.
    pub fn all(&self) -> impl Iterator<Item = &CustomField> {
        self.list.iter().map(|definition| &definition.field)
    }

    /// The field of an id, a key (`contact.lead_score`, `lead_score`, `{{contact.lead_score}}`) or a name. In a name, case
    /// does not count, and spaces, `_` and `-` are the same.
    ///
    /// # Errors
    /// The reference fits no field, or several.
    pub fn find(&self, reference: &str) -> Result<&CustomField, Error> {
        self.definition(reference).map(|definition| &definition.field)
    }

    /// Whether a reference fits at least one field.
    pub(crate) fn has(&self, reference: &str) -> bool {
        !self.index.fits(reference).is_empty()
    }

    /// The definition of an id.
    #[must_use]
    pub fn by_id(&self, id: &CustomFieldId) -> Option<&CustomField> {
        self.by_exact_id(id).map(|definition| &definition.field)
    }

    /// The name of a field in an answer. It contains the key where the name alone does not find the field again, and is
    /// the id where the definition is not known.
    #[must_use]
    pub fn name_of<'a>(&'a self, id: &'a CustomFieldId) -> &'a str {
        self.by_exact_id(id).map_or(id.as_str(), |definition| &definition.name)
    }

    /// The value in the form that the field's type takes. Null and the empty text blank the field. Where the definitions
    /// are unknown, the reference has to be an id and the value is sent as it is.
    ///
    /// # Errors
    /// The reference fits no field or several, or the field does not take the value.
    pub fn encode(&self, reference: &str, value: &FieldValue) -> Result<CustomFieldWrite, Error> {
        if !self.known {
            return unchecked::encode(reference, value, self.unreadable);
        }
        let Definition { id, field, .. } = self.definition(reference)?;
        match encoding::encoded(field, value) {
            Ok(value) => Ok(CustomFieldWrite { id: id.clone(), value }),
            Err(reason) => {
                let subject = Subject::CustomField(reference.to_owned());
                Err(Error::invalid(subject, format!("{} {reason}", label(field))))
            }
        }
    }

    /// What is to be written to a field as it is given; none where it is left as it is.
    ///
    /// # Errors
    /// As of [`Definitions::encode`]; or the names that were given mean several fields.
    pub fn encode_given(&self, given: &GivenField) -> Result<Option<CustomFieldWrite>, Error> {
        if self.known {
            self.id_of(given)?;
        }
        given.to_write().map(|value| self.encode(&given.field, value)).transpose()
    }

    /// The id of a field as it is given. Where the definitions are unknown, it has to be an id.
    ///
    /// # Errors
    /// The reference fits no field or several, or the names that were given mean several fields.
    pub(crate) fn id_of(&self, given: &GivenField) -> Result<CustomFieldId, Error> {
        if !self.known {
            return unchecked::encode(&given.field, &FieldValue::Null, self.unreadable).map(|write| write.id);
        }
        let field = self.definition(&given.field)?;
        for other in &given.also {
            if self.definition(other).is_ok_and(|other| other.id != field.id) {
                let subject = Subject::CustomField(given.field.clone());
                let reason = format!("{} and {} are two fields", quoted(&given.field), quoted(other));
                return Err(Error::invalid(subject, reason).with_hint("Name one field in each item."));
            }
        }
        Ok(field.id.clone())
    }

    /// Whether a stored value and a wanted one are the same: numbers by value, dates by day, lists as sets, e-mails
    /// without case, phones by digits, texts without the space around them. Where the definitions are unknown, only texts
    /// and their like are compared across types.
    #[must_use]
    pub fn same(&self, id: &CustomFieldId, stored: &FieldValue, wanted: &FieldValue) -> bool {
        if !self.known {
            return unchecked::same(stored, wanted);
        }
        stored::same(self.by_id(id), stored, wanted)
    }

    /// A contact's values by the names of [`Definitions::name_of`]. A date is read as a day, a file as a name and an
    /// address.
    #[must_use]
    pub fn read(&self, values: &[CustomFieldValue]) -> BTreeMap<String, FieldValue> {
        let mut read = BTreeMap::new();
        for CustomFieldValue { id, value } in values {
            let value = self.by_id(id).map_or_else(|| value.clone(), |field| stored::decoded(field, value));
            let mut name = self.name_of(id).to_owned();
            if read.contains_key(&name) {
                name = format!("{name} ({id})");
            }
            read.insert(name, value);
        }
        read
    }

    fn by_exact_id(&self, id: &CustomFieldId) -> Option<&Definition> {
        self.index.by_id(id.as_str()).and_then(|at| self.list.get(at))
    }

    fn definition(&self, reference: &str) -> Result<&Definition, Error> {
        let fits: Vec<&Definition> =
            self.index.fits(reference).into_iter().filter_map(|at| self.list.get(at)).collect();
        match fits.as_slice() {
            [one] => Ok(one),
            [] => Err(names::unknown(reference, self.all(), self.nameless)),
            several => Err(names::ambiguous(reference, several.iter().map(|definition| &definition.field))),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
