//! A location's custom fields: found by name, key or id; values checked by type before they are sent, decoded when
//! they are read. HighLevel drops an unknown field, a wrong type and an unknown option in silence and answers 2xx,
//! so whatever can be known to be wrong is refused here.

mod encoding;
mod names;
mod stored;

use std::collections::BTreeMap;

use crate::contacts::error::Error;
use crate::contacts::fields::names::{Names, label};
use crate::ghl::CustomFieldId;
use crate::ghl::model::{CustomField, CustomFieldValue, CustomFieldWrite, FieldValue};

/// The argument that errors of this file speak of.
const ARGUMENT: &str = "customFields";

/// A definition whose id is one.
#[derive(Debug, Clone)]
struct Definition {
    id: CustomFieldId,
    field: CustomField,
    /// A name that [`Definitions::find`] finds this one by.
    name: String,
}

/// The custom fields of one location, indexed.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    list: Vec<Definition>,
    names: Names,
}

impl Definitions {
    /// From what `GET /locations/{id}/customFields` answers. A definition without a usable id is left out, and of
    /// two with one id the first is kept.
    #[must_use]
    pub fn new(fields: Vec<CustomField>) -> Self {
        let mut list: Vec<Definition> = Vec::with_capacity(fields.len());
        let mut names = Names::default();
        for field in fields {
            if let Ok(id) = field.id.parse()
                && names.add(&field, list.len())
            {
                list.push(Definition { id, name: String::new(), field });
            }
        }
        for (at, definition) in list.iter_mut().enumerate() {
            definition.name = names.settle(&definition.field, at);
        }
        Self { list, names }
    }

    /// All definitions, as HighLevel lists them.
    pub fn all(&self) -> impl Iterator<Item = &CustomField> {
        self.list.iter().map(|definition| &definition.field)
    }

    /// The field that is meant by an id, a key (`contact.lead_score`, `lead_score`, `{{contact.lead_score}}`) or a
    /// name. Case, spaces, `_` and `-` are forgiven in a name. What fits two fields, or none, is refused.
    pub fn find(&self, reference: &str) -> Result<&CustomField, Error> {
        self.definition(reference).map(|definition| &definition.field)
    }

    /// The definition of an id.
    #[must_use]
    pub fn by_id(&self, id: &CustomFieldId) -> Option<&CustomField> {
        self.by_exact_id(id).map(|definition| &definition.field)
    }

    /// What to call a field in an answer: its name, with its key where the name alone is not enough to find it
    /// again; the id itself where the definition is not known.
    #[must_use]
    pub fn name_of<'a>(&'a self, id: &'a CustomFieldId) -> &'a str {
        self.by_exact_id(id).map_or(id.as_str(), |definition| &definition.name)
    }

    /// The value in the form that the field's type takes. Null and the empty text clear.
    pub fn encode(&self, reference: &str, value: &FieldValue) -> Result<CustomFieldWrite, Error> {
        let Definition { id, field, .. } = self.definition(reference)?;
        match encoding::encoded(field, value) {
            Ok(value) => Ok(CustomFieldWrite { id: id.clone(), value }),
            Err(reason) => Err(Error::invalid(ARGUMENT, format!("{} {reason}", label(field)))),
        }
    }

    /// Whether what HighLevel stores is what was wanted: numbers by value, dates by day, lists as sets, e-mails
    /// without case, phones by digits, texts without the space around them.
    #[must_use]
    pub fn same(&self, id: &CustomFieldId, stored: &FieldValue, wanted: &FieldValue) -> bool {
        stored::same(self.by_id(id), stored, wanted)
    }

    /// A contact's values by the names of [`Definitions::name_of`]. Dates are days, files are names and addresses.
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
        self.names.by_id(id.as_str()).and_then(|at| self.list.get(at))
    }

    fn definition(&self, reference: &str) -> Result<&Definition, Error> {
        let fits: Vec<&Definition> =
            self.names.fits(reference).into_iter().filter_map(|at| self.list.get(at)).collect();
        match fits.as_slice() {
            [one] => Ok(one),
            [] => Err(names::unknown(reference, self.all())),
            several => Err(names::ambiguous(reference, several.iter().map(|definition| &definition.field))),
        }
    }
}

/// A value for a field whose definition cannot be read, because the token lacks `locations/customFields.readonly`.
/// Only an id is taken, since HighLevel ignores anything else in silence; the value is sent as it is.
pub fn encode_unchecked(reference: &str, value: &FieldValue) -> Result<CustomFieldWrite, Error> {
    let reference = reference.trim();
    // HighLevel's ids are 20 letters and digits, in older accounts other unguessable ones; a key is words.
    let is_id = (20..=36).contains(&reference.len())
        && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && reference.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let Some(id) = is_id.then(|| reference.parse().ok()).flatten() else {
        let reason = format!("{} is not the id of a custom field", names::quoted(reference));
        return Err(Error::invalid(ARGUMENT, reason).with_hint(
            "The token may not read the location's custom fields, so only their ids can be used: give the id, or \
             give the token the scope locations/customFields.readonly.",
        ));
    };
    match encoding::unchecked(value) {
        Ok(value) => Ok(CustomFieldWrite { id, value }),
        Err(reason) => Err(Error::invalid(ARGUMENT, format!("{} {reason}", names::quoted(reference)))),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
