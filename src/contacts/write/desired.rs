//! An upsert as it was given, in normal form, or the first thing in it that cannot be used.

use std::collections::BTreeSet;

use crate::contacts::fields::{self, Definitions};
use crate::contacts::identity::lookup::Keys;
use crate::contacts::value::field;
use crate::contacts::write::plan::{Mode, Wanted};
use crate::contacts::{Error, Upsert};
use crate::ghl::model::{CustomFieldWrite, Field, FieldValue};

/// What can be judged without asking anybody: everything but the keys and the custom fields.
pub(crate) fn standard(upsert: &Upsert, warnings: &mut Vec<String>) -> Result<Wanted, Error> {
    let mut wanted = Wanted { mode: upsert.mode, tags: field::tags(&upsert.tags)?, ..Wanted::default() };
    for (field, value) in &upsert.fields {
        match field::field(*field, value)? {
            Some(value) => drop(wanted.fields.insert(*field, value)),
            None => warnings.push(format!("{field} was empty and left alone; use clear to blank it")),
        }
    }
    let has_parts =
        wanted.fields.contains_key(&Field::FirstName) || wanted.fields.contains_key(&Field::LastName);
    if has_parts && wanted.fields.remove(&Field::Name).is_some() {
        warnings.push("name was ignored: firstName or lastName was given too".to_owned());
    }
    if wanted.mode == Mode::FillEmpty && !upsert.clear.is_empty() {
        return Err(Error::invalid(
            "clear",
            "contradicts mode fillEmpty, which never changes a value that is there",
        ));
    }
    wanted.clear = clear(upsert, &wanted)?;
    Ok(wanted)
}

/// The keys as fields: a new contact is given them, an existing one is compared with them.
pub(crate) fn with_keys(mut wanted: Wanted, keys: &Keys) -> Wanted {
    wanted.fields.extend(keys.email.as_ref().map(|email| (Field::Email, email.to_string())));
    wanted.fields.extend(keys.phone.as_ref().map(|phone| (Field::Phone, phone.to_string())));
    wanted
}

fn clear(upsert: &Upsert, wanted: &Wanted) -> Result<BTreeSet<Field>, Error> {
    let mut clear = BTreeSet::new();
    for field in upsert.clear.iter().filter_map(|name| name.parse::<Field>().ok()) {
        let is_set = match field {
            Field::Email => upsert.email.is_some(),
            Field::Phone => upsert.phone.is_some(),
            other => wanted.fields.contains_key(&other),
        };
        if is_set {
            return Err(Error::invalid("clear", format!("{field} is both set and cleared")));
        }
        if !field.clearable() {
            return Err(Error::invalid("clear", format!("HighLevel has no way to blank {field}"))
                .with_hint("Set it to another value instead."));
        }
        clear.insert(field);
    }
    if upsert.clear.iter().any(|name| name == "tags") {
        return Err(Error::invalid("clear", "tags are only ever added here, never cleared"));
    }
    Ok(clear)
}

/// Whether custom fields are named, so that their definitions are needed.
pub(crate) fn has_custom_fields(upsert: &Upsert) -> bool {
    !upsert.custom_fields.is_empty() || upsert.clear.iter().any(|name| name.parse::<Field>().is_err())
}

/// The custom fields to set and to clear, checked by their definitions where these can be read.
pub(crate) fn custom_fields(
    upsert: &Upsert,
    definitions: Option<&Definitions>,
    warnings: &mut Vec<String>,
) -> Result<Vec<CustomFieldWrite>, Error> {
    let cleared = upsert.clear.iter().filter(|name| name.parse::<Field>().is_err());
    let cleared = cleared.map(|name| (name.as_str(), FieldValue::Null));
    let set = upsert.custom_fields.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let mut writes: Vec<CustomFieldWrite> = Vec::new();
    for (name, value) in set.chain(cleared) {
        let write = match definitions {
            Some(definitions) => definitions.encode(name, &value)?,
            None => fields::encode_unchecked(name, &value)?,
        };
        if writes.iter().any(|one| one.id == write.id) {
            return Err(Error::invalid("customFields", format!("\"{name}\" is given twice")));
        }
        writes.push(write);
    }
    if definitions.is_none() && !writes.is_empty() {
        warnings.push(
            "custom fields were not checked: their definitions cannot be read (scope locations/customFields.readonly)"
                .to_owned(),
        );
    }
    Ok(writes)
}
