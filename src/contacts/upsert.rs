//! The safe upsert: normalise, look up, plan, apply, verify, receipt.

use std::collections::{BTreeMap, BTreeSet};

use crate::contacts::apply::{self, Created};
use crate::contacts::fields::{self, Definitions};
use crate::contacts::identity::{Email, Phone};
use crate::contacts::lookup::{self, Found, Keys, OnConflict};
use crate::contacts::normal;
use crate::contacts::plan::{self, Mode, Plan, Wanted};
use crate::contacts::receipt::{MatchedBy, NotStored, Outcome, Receipt};
use crate::contacts::{Contacts, Error};
use crate::ghl;
use crate::ghl::dialect::{self, Key};
use crate::ghl::model::{Contact, CustomFieldWrite, Field, FieldValue};
use crate::ghl::{ContactId, Scope};

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
    /// Whether to replace values that are there.
    pub mode: Mode,
    /// What to do when e-mail and phone belong to two contacts.
    pub on_conflict: OnConflict,
    /// Stop after the plan.
    pub dry_run: bool,
}

impl Contacts {
    /// Creates or updates one contact without harm.
    ///
    /// # Errors
    /// What was given cannot be used, the keys belong to two contacts, or HighLevel failed; each says whether anything
    /// may have been written.
    pub async fn upsert(&self, scope: &Scope, upsert: Upsert) -> Result<Receipt, Error> {
        let mut warnings = Vec::new();
        let keys = self.keys(scope, upsert.email.as_deref(), upsert.phone.as_deref()).await?;
        if keys == Keys::default() {
            return Err(Error::invalid("email", "or phone is needed: a contact is found by one of them"));
        }
        let definitions = self.definitions_for(scope, &upsert).await?;
        let definitions = definitions.as_deref();
        let wanted = match wanted(&upsert, &keys, definitions, &mut warnings) {
            Ok(wanted) => wanted,
            Err(error) => {
                // A field or an option that was made in the last ten minutes is found on the next try.
                if error.is_about("customFields") {
                    self.definitions.forget().await;
                }
                return Err(error);
            }
        };
        if self.is_native() && !upsert.dry_run {
            return self.native(scope, &wanted, definitions, warnings).await;
        }
        let _held = self.lock(scope, &keys).await?;
        let location = self.location(scope).await?;
        let found = lookup::who(scope, &keys, &location, upsert.on_conflict).await?;
        let mut receipt = match found {
            Found::Nobody => {
                let plan = plan::plan(None, &wanted, definitions);
                if upsert.dry_run {
                    apply::receipt(Outcome::Planned, &plan, None, MatchedBy::None)
                } else {
                    self.create(scope, plan, &wanted, &keys, definitions).await?
                }
            }
            Found::One { contact, matched, other } => {
                let wanted = without_others_key(wanted, other, &mut warnings);
                let plan = plan::plan(Some((&contact, matched)), &wanted, definitions);
                if upsert.dry_run {
                    apply::receipt(Outcome::Planned, &plan, Some(contact), matched)
                } else {
                    self.update(scope, contact, matched, plan, definitions).await?
                }
            }
        };
        receipt.warnings.splice(0..0, warnings);
        Ok(receipt)
    }

    async fn create(
        &self,
        scope: &Scope,
        plan: Plan,
        wanted: &Wanted,
        keys: &Keys,
        definitions: Option<&Definitions>,
    ) -> Result<Receipt, Error> {
        match apply::create(scope, &plan, keys).await? {
            Created::New(contact, note) => {
                let mut receipt = apply::receipt(Outcome::Created, &plan, None, MatchedBy::None);
                receipt.warnings.extend(note);
                let (contact, missing) =
                    apply::verify(scope, &plan, contact, definitions, &mut receipt.warnings).await;
                receipt.not_stored.extend(missing);
                receipt.not_stored.extend(tags_not_stored(&plan, &contact));
                receipt.possible_duplicate = self.twin(scope, &contact, keys).await;
                receipt.contact = Some(contact);
                Ok(receipt)
            }
            Created::Exists(id, matched) => {
                let contact = ghl::contacts::get(scope, &id).await?;
                let plan = plan::plan(Some((&contact, matched)), wanted, definitions);
                self.update(scope, contact, matched, plan, definitions).await
            }
        }
    }

    async fn update(
        &self,
        scope: &Scope,
        contact: Contact,
        matched: MatchedBy,
        mut plan: Plan,
        definitions: Option<&Definitions>,
    ) -> Result<Receipt, Error> {
        if plan.is_empty() {
            return Ok(apply::receipt(Outcome::Unchanged, &plan, Some(contact), matched));
        }
        let updated = apply::update(scope, &contact, &mut plan).await?;
        let mut receipt = apply::receipt(Outcome::Updated, &plan, None, matched);
        receipt.not_stored.extend(updated.not_stored);
        receipt.warnings.extend(updated.warnings);
        let (stored, missing) =
            apply::verify(scope, &plan, updated.contact, definitions, &mut receipt.warnings).await;
        receipt.not_stored.extend(missing);
        if updated.tagged {
            receipt.not_stored.extend(tags_not_stored(&plan, &stored));
        } else {
            receipt.tags_added.clear();
        }
        if plan.is_empty() {
            receipt.outcome = Outcome::Unchanged;
        }
        receipt.contact = Some(stored);
        Ok(receipt)
    }

    /// One request, and HighLevel's own rules: no lookup, so no warning of two contacts (`--upsert native`).
    async fn native(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        definitions: Option<&Definitions>,
        warnings: Vec<String>,
    ) -> Result<Receipt, Error> {
        let plan = plan::plan(None, wanted, definitions);
        let upserted = ghl::contacts::upsert(scope, &plan.write).await?;
        let outcome = if upserted.new { Outcome::Created } else { Outcome::Updated };
        let mut receipt = apply::receipt(outcome, &plan, None, MatchedBy::None);
        receipt.warnings = warnings;
        receipt.warnings.push("native upsert: not looked up, not compared and not read back".to_owned());
        let mut contact = upserted.contact;
        if !plan.add_tags.is_empty() {
            let tags =
                dialect::add_tags(scope, &contact.id, &plan.add_tags).await.map_err(|source| Error::Crm {
                    source,
                    happened: ghl::Happened::Yes,
                    contact: Some(contact.id.clone()),
                    done: vec!["the fields were written, the tags were not added"],
                })?;
            contact = contact.with_tags(tags);
        }
        receipt.contact = Some(contact);
        Ok(receipt)
    }

    /// Another contact with the same key, where the location allows two: what another process made at the same moment.
    async fn twin(&self, scope: &Scope, contact: &Contact, keys: &Keys) -> Option<String> {
        let location = self.location(scope).await.ok()?;
        if !location.allows_duplicates() {
            return None;
        }
        let key = match (&keys.email, &keys.phone) {
            (Some(email), _) => Key::Email(email.as_str()),
            (None, Some(phone)) => Key::Phone(phone.as_str()),
            (None, None) => return None,
        };
        let found = dialect::find(scope, key).await.ok()?;
        found.into_iter().find(|one| one.id != contact.id).map(|one| one.id.to_string())
    }

    async fn definitions_for(
        &self,
        scope: &Scope,
        upsert: &Upsert,
    ) -> Result<Option<std::sync::Arc<Definitions>>, Error> {
        let custom_clear = upsert.clear.iter().any(|name| name.parse::<Field>().is_err());
        if upsert.custom_fields.is_empty() && !custom_clear {
            return Ok(None);
        }
        self.definitions(scope).await
    }
}

/// A key that belongs to another contact stays there.
fn without_others_key(
    mut wanted: Wanted,
    other: Option<(Field, ContactId)>,
    warnings: &mut Vec<String>,
) -> Wanted {
    if let Some((field, id)) = other {
        wanted.fields.remove(&field);
        warnings.push(format!("{field} was left alone: it belongs to contact {id}"));
    }
    wanted
}

fn tags_not_stored(plan: &Plan, contact: &Contact) -> Option<NotStored> {
    let missing = plan::missing_tags(&contact.tags(), &plan.add_tags);
    (!missing.is_empty()).then(|| NotStored {
        field: "tags".to_owned(),
        sent: Some(missing.into()),
        stored: Some(contact.tags().into()),
        reason: "HighLevel answered success and the contact does not have them".to_owned(),
    })
}

/// The wanted contact in normal form, or the first thing in it that cannot be used.
fn wanted(
    upsert: &Upsert,
    keys: &Keys,
    definitions: Option<&Definitions>,
    warnings: &mut Vec<String>,
) -> Result<Wanted, Error> {
    let mut wanted = Wanted { mode: upsert.mode, tags: normal::tags(&upsert.tags)?, ..Wanted::default() };
    wanted.fields.extend(keys.email.as_ref().map(|email| (Field::Email, Email::as_str(email).to_owned())));
    wanted.fields.extend(keys.phone.as_ref().map(|phone| (Field::Phone, Phone::as_str(phone).to_owned())));
    for (field, value) in &upsert.fields {
        match normal::field(*field, value)? {
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
    wanted.custom_fields = custom_fields(upsert, definitions, warnings)?;
    Ok(wanted)
}

fn clear(upsert: &Upsert, wanted: &Wanted) -> Result<BTreeSet<Field>, Error> {
    let mut clear = BTreeSet::new();
    for field in upsert.clear.iter().filter_map(|name| name.parse::<Field>().ok()) {
        if wanted.fields.contains_key(&field) {
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

fn custom_fields(
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
