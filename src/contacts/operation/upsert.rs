//! The safe upsert: normalise, look up, plan, apply, verify, receipt.

use std::collections::BTreeMap;

use crate::contacts::fields::Definitions;
use crate::contacts::identity::lookup::{self, Found, Keys, OnConflict};
use crate::contacts::write::apply::{self, Created};
use crate::contacts::write::plan::{self, Mode, Plan, Wanted};
use crate::contacts::write::receipt::{MatchedBy, NotStored, Outcome, Receipt};
use crate::contacts::write::{desired, verify};
use crate::contacts::{Contacts, Error};
use crate::ghl;
use crate::ghl::dialect::{self, Dialect};
use crate::ghl::model::{Contact, Field, FieldValue};
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
        let result = self.upsert_unaudited(scope, &upsert).await;
        self.audit_upsert(scope, upsert.email.as_deref(), &result);
        result
    }

    async fn upsert_unaudited(&self, scope: &Scope, upsert: &Upsert) -> Result<Receipt, Error> {
        let mut warnings = Vec::new();
        if upsert.email.is_none() && upsert.phone.is_none() {
            return Err(Error::invalid("email", "or phone is needed: a contact is found by one of them"));
        }
        let wanted = desired::standard(upsert, &mut warnings)?;
        let keys = self.keys(scope, upsert.email.as_deref(), upsert.phone.as_deref()).await?;
        let mut wanted = desired::with_keys(wanted, &keys);
        let mut definitions = None;
        if desired::has_custom_fields(upsert) {
            definitions = self.definitions(scope).await?;
            wanted.custom_fields = match desired::custom_fields(upsert, definitions.as_deref(), &mut warnings)
            {
                Ok(writes) => writes,
                Err(error) => {
                    // A field or an option that was made in the last ten minutes is found on the next try.
                    self.definitions.forget().await;
                    return Err(error);
                }
            };
        }
        let definitions = definitions.as_deref();
        let _held = self.lock(scope, &keys).await?;
        let native = if self.may_go_native(scope, upsert) {
            self.native(scope, &wanted, definitions).await?
        } else {
            None
        };
        let mut receipt = match native {
            Some(receipt) => receipt,
            None => self.safely(scope, upsert, wanted, &keys, definitions).await?,
        };
        receipt.warnings.splice(0..0, warnings);
        Ok(receipt)
    }

    async fn safely(
        &self,
        scope: &Scope,
        upsert: &Upsert,
        wanted: Wanted,
        keys: &Keys,
        definitions: Option<&Definitions>,
    ) -> Result<Receipt, Error> {
        let mut found = self.look_up(scope, keys, upsert.on_conflict).await?;
        let (mut wanted_here, mut warnings, mut plan) = planned(&found, &wanted, definitions);
        if !plan.is_empty() {
            // Something is to be written: now it matters whether the location may hold more contacts of these keys.
            found = self.look_closer(scope, keys, upsert.on_conflict, found).await?;
            (wanted_here, warnings, plan) = planned(&found, &wanted, definitions);
        }
        let mut receipt = match found {
            Found::Nobody if upsert.dry_run => apply::receipt(Outcome::Planned, &plan, None, MatchedBy::None),
            Found::Nobody => self.create(scope, plan, &wanted_here, keys, definitions).await?,
            Found::One { contact, matched, .. } if upsert.dry_run => {
                apply::receipt(Outcome::Planned, &plan, Some(contact), matched)
            }
            Found::One { contact, matched, .. } => {
                self.update(scope, contact, matched, plan, definitions).await?
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
        let (contact, note) = match apply::create(scope, &plan, keys, definitions).await? {
            Created::New(contact, note) => {
                let mut receipt = apply::receipt(Outcome::Created, &plan, None, MatchedBy::None);
                receipt.warnings.extend(note.map(str::to_owned));
                let (contact, missing) =
                    verify::verify(scope, &plan, contact, definitions, &mut receipt.warnings).await;
                receipt.not_stored.extend(missing);
                verify_tags(&mut receipt, &plan, &contact);
                receipt.possible_duplicate = self.twin(scope, &contact, keys).await;
                receipt.contact = Some(contact);
                return Ok(receipt);
            }
            Created::There(contact, note) => (contact, note),
        };
        // Somebody else was faster: what is wanted is compared with what is there.
        let matched = lookup::matched(&contact, keys);
        let plan = plan::plan(Some((&contact, matched)), wanted, definitions);
        let mut receipt = self.update(scope, contact, matched, plan, definitions).await?;
        receipt.warnings.extend(note.map(str::to_owned));
        Ok(receipt)
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
        let updated = apply::update(scope, &contact, &mut plan, definitions).await?;
        let mut receipt = apply::receipt(Outcome::Updated, &plan, None, matched);
        receipt.not_stored.extend(updated.not_stored);
        receipt.warnings.extend(updated.warnings);
        let (stored, missing) =
            verify::verify(scope, &plan, updated.contact, definitions, &mut receipt.warnings).await;
        receipt.not_stored.extend(missing);
        if updated.tagged {
            verify_tags(&mut receipt, &plan, &stored);
        } else {
            receipt.tags_added.clear();
        }
        if plan.is_empty() {
            receipt.outcome = Outcome::Unchanged;
        }
        receipt.contact = Some(stored);
        Ok(receipt)
    }

    /// HighLevel's own upsert can neither blank a field, nor keep values that are there, nor be planned; and the recipes
    /// article does not have it.
    fn may_go_native(&self, scope: &Scope, upsert: &Upsert) -> bool {
        self.is_native()
            && upsert.mode == Mode::Overwrite
            && upsert.clear.is_empty()
            && upsert.custom_fields.iter().all(|(_, value)| !value.is_empty())
            && !upsert.dry_run
            && dialect::spoken(scope) == Dialect::Current
    }

    /// One request, and HighLevel's own rules: no lookup, so no warning of two contacts (`--upsert native`). None where
    /// this HighLevel does not have the endpoint.
    async fn native(
        &self,
        scope: &Scope,
        wanted: &Wanted,
        definitions: Option<&Definitions>,
    ) -> Result<Option<Receipt>, Error> {
        let plan = plan::plan(None, wanted, definitions);
        let upserted = match ghl::contacts::upsert(scope, &plan.write).await {
            Err(error) if error.is_route_missing() => return Ok(None),
            answer => answer?,
        };
        let outcome = if upserted.new { Outcome::Created } else { Outcome::Updated };
        let mut receipt = apply::receipt(outcome, &plan, None, MatchedBy::None);
        receipt.warnings.push("native upsert: not looked up, not compared and not read back".to_owned());
        let mut contact = upserted.contact;
        receipt.not_stored = plan::not_stored(&plan, &contact, definitions);
        if !plan.add_tags.is_empty() {
            match apply::add_tags(scope, &contact.id, &plan.add_tags).await {
                Ok((tags, note)) => {
                    contact = contact.with_tags(tags);
                    receipt.warnings.extend(note);
                    verify_tags(&mut receipt, &plan, &contact);
                }
                // The fields are written: a failure now would hide that.
                Err(error) => {
                    receipt.tags_added.clear();
                    receipt.not_stored.push(NotStored {
                        field: "tags".to_owned(),
                        sent: Some(plan.add_tags.clone().into()),
                        stored: None,
                        reason: format!("{error}; the fields were written, send the tags again"),
                    });
                }
            }
        }
        receipt.contact = Some(contact);
        Ok(Some(receipt))
    }
}

/// What is to be written to whom was found, and what the caller should know of it.
fn planned(found: &Found, wanted: &Wanted, definitions: Option<&Definitions>) -> (Wanted, Vec<String>, Plan) {
    let mut warnings = Vec::new();
    match found {
        Found::Nobody => (wanted.clone(), warnings, plan::plan(None, wanted, definitions)),
        Found::One { contact, matched, other } => {
            let wanted = without_others_key(wanted.clone(), other.clone(), &mut warnings);
            let plan = plan::plan(Some((contact, *matched)), &wanted, definitions);
            (wanted, warnings, plan)
        }
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

/// Tags that the contact does not have were not added, whatever was answered.
fn verify_tags(receipt: &mut Receipt, plan: &Plan, contact: &Contact) {
    let missing = plan::missing_tags(&contact.tags(), &plan.add_tags);
    receipt.tags_added = plan::missing_tags(&missing, &plan.add_tags);
    if !missing.is_empty() {
        receipt.not_stored.push(NotStored {
            field: "tags".to_owned(),
            sent: Some(missing.into()),
            stored: Some(contact.tags().into()),
            reason: "HighLevel answered success and the contact does not have them".to_owned(),
        });
    }
}
