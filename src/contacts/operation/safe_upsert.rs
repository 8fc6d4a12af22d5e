//! The safe upsert of a contact that is found by its keys, or created: look up, plan, write, verify, report.

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::{Keys, MatchedBy, Shown};
use crate::contacts::identity::lookup::{self, Found, Lookup};
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::identity::shared_key;
use crate::contacts::service::Contacts;
use crate::contacts::value::name::full_name;
use crate::contacts::value::text::clean_line;
use crate::contacts::write::apply::{self, Applied, CreateOutcome};
use crate::contacts::write::desired::{Desired, Mode, Upsert};
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::{Outcome, Receipt};
use crate::contacts::write::verify;
use crate::ghl::Scope;
use crate::ghl::model::Contact;

/// The most characters of a stored name in a warning.
const MAX_NAME_CHARS: usize = 80;

/// One upsert, with the locks of its keys held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SafeUpsert<'a> {
    /// The location's contacts.
    pub(crate) contacts: &'a Contacts,
    /// The call.
    pub(crate) scope: &'a Scope,
    /// What was asked for.
    pub(crate) upsert: &'a Upsert,
    /// The values in normal form.
    pub(crate) desired: &'a Desired,
    /// The keys as they were typed.
    pub(crate) given: &'a GivenKeys<'a>,
    /// The keys in normal form.
    pub(crate) keys: &'a Keys,
    /// The location's custom fields.
    pub(crate) definitions: &'a Definitions,
}

impl SafeUpsert<'_> {
    /// Carries it out.
    ///
    /// # Errors
    /// The keys belong to two contacts, or HighLevel failed.
    pub(crate) async fn run(&self) -> Result<Receipt, Error> {
        let Self { scope, upsert, keys, definitions, .. } = *self;
        let location = &self.contacts.location;
        let settings = location.settings_if_known();
        let found = lookup::look_up(scope, location, keys, &settings, upsert.on_conflict).await?;
        let mut found = self.meant(found).await?;
        let mut plan = self.plan_for(found.found());
        let mut warning = None;
        if plan.changes_something() {
            // A write follows: now it matters whether the location may hold more contacts of these keys.
            found = duplicates::confirm(scope, location, keys, upsert.on_conflict, found).await?;
            found = self.meant(found).await?;
            (found, plan) = self.planned(found).await?;
            warning = location.warning();
        }
        let mut receipt = match found {
            Lookup::NotFound if upsert.dry_run => plan.receipt(Outcome::Planned, None, MatchedBy::None),
            Lookup::NotFound => self.create(plan).await?,
            Lookup::Found(found) if upsert.dry_run => {
                plan.receipt(Outcome::Planned, Some(found.contact), found.matched_by)
            }
            Lookup::Found(found) => {
                update(scope, found.contact, found.matched_by, plan, definitions, upsert.in_list).await?
            }
        };
        receipt.warnings.extend(warning);
        Ok(receipt)
    }

    /// The contact that was found, if it is the one that is meant: it does not only share one key with it, and the phone is
    /// the same number by the contact's own country.
    async fn meant(&self, found: Lookup) -> Result<Lookup, Error> {
        let Lookup::Found(found) = found else { return Ok(found) };
        let settings = self.contacts.location.settings_if_known();
        let keys = self.keys.in_location(&settings);
        if !matches!(keys.phone_of(&found.contact), None | Some(Shown::Key(_))) && keys.phone_by.is_some() {
            let given = GivenKeys { contact: Some(&found.contact), ..*self.given };
            self.contacts.keys(self.scope, &given).await?;
        }
        let name = self.desired.full_name();
        let first = settings.phone_comes_first();
        shared_key::check(found, &keys, first, self.upsert.on_conflict, name.as_deref()).map(Lookup::Found)
    }

    /// The plan that is carried out. A lookup may leave out what the contact has: where a field is filled because it is
    /// empty, or a value is refused because it is not the stored one, the contact is read by its id.
    async fn planned(&self, found: Lookup) -> Result<(Lookup, Plan), Error> {
        let plan = self.plan_for(found.found());
        let fills = self.upsert.mode == Mode::FillEmpty && !plan.write.is_empty();
        match found {
            Lookup::Found(found) if fills || plan.refused.is_some() => {
                let keys = self.keys.in_location(&self.contacts.location.settings_if_known());
                let found = lookup::read_whole(self.scope, found, &keys).await?;
                let plan = self.plan_for(Some(&found)).checked()?;
                Ok((Lookup::Found(found), plan))
            }
            found => Ok((found, plan.checked()?)),
        }
    }

    /// The plan for the contact that was found, without a key that another contact keeps, or that this one does not show.
    fn plan_for(&self, found: Option<&Found>) -> Plan {
        let mut desired = self.desired.clone();
        desired.countries = self.keys.in_location(&self.contacts.location.settings_if_known()).countries;
        let existing = found.map(|Found { contact, other, kept, unseen, .. }| {
            desired.warnings.extend(name_warning(contact, &desired));
            for key in kept {
                desired.leave_own(*key);
            }
            if let Some((key, owner)) = other {
                desired.leave_out(*key, owner);
            }
            for key in unseen {
                desired.leave_unseen(*key);
            }
            contact
        });
        plan::plan(existing, &desired, self.definitions)
    }

    async fn create(&self, plan: Plan) -> Result<Receipt, Error> {
        let Self { scope, upsert, definitions, .. } = *self;
        let location = &self.contacts.location;
        let settings = location.settings_if_known();
        let keys = &self.keys.in_location(&settings);
        let look_again = || lookup::look_up(scope, location, keys, &settings, upsert.on_conflict);
        match apply::create(scope, &plan, keys, definitions, look_again).await? {
            CreateOutcome::Created(contact, notes) => {
                let mut receipt = plan.receipt(Outcome::Created, None, MatchedBy::None);
                receipt.warnings.extend(notes.into_iter().map(str::to_owned));
                verify::verify(scope, &plan, Applied::created(contact), definitions, &mut receipt).await;
                if let Some(contact) = &receipt.contact {
                    receipt.possible_duplicate =
                        duplicates::possible_duplicate(scope, &settings, contact, keys).await;
                }
                Ok(receipt)
            }
            CreateOutcome::AlreadyExists(found, notes) => {
                // Another writer was faster: the desired values are compared with the contact that is there.
                let updated = async {
                    let (found, plan) = self.planned(self.meant(Lookup::Found(found)).await?).await?;
                    let Lookup::Found(found) = found else {
                        return Ok(plan.receipt(Outcome::Unchanged, None, MatchedBy::None));
                    };
                    update(scope, found.contact, found.matched_by, plan, definitions, upsert.in_list).await
                };
                // The contact may be the one that was sent before: its failure does not undo the create.
                let sent_before = !notes.is_empty();
                let mut receipt =
                    updated.await.map_err(|error| if sent_before { error.after_a_write() } else { error })?;
                receipt.warnings.extend(notes.into_iter().map(str::to_owned));
                Ok(receipt)
            }
        }
    }
}

/// Carries out the plan against this contact, verifies it and reports it.
pub(crate) async fn update(
    scope: &Scope,
    contact: Contact,
    matched_by: MatchedBy,
    mut plan: Plan,
    definitions: &Definitions,
    in_list: bool,
) -> Result<Receipt, Error> {
    let tags_later = if in_list { std::mem::take(&mut plan.add_tags) } else { Vec::new() };
    let mut receipt = plan.receipt(Outcome::Unchanged, None, matched_by);
    if plan.is_empty() {
        receipt.contact = Some(contact);
    } else {
        let applied = apply::update(scope, contact, &mut plan, definitions).await?;
        receipt = plan.receipt(Outcome::Updated, None, matched_by);
        verify::verify(scope, &plan, applied, definitions, &mut receipt).await;
    }
    receipt.tags_later = tags_later;
    Ok(receipt)
}

/// A match by one key with another full name: a mailbox or a phone may be shared.
fn name_warning(contact: &Contact, desired: &Desired) -> Option<String> {
    let name = desired.full_name();
    let is_another = shared_key::is_another_name(contact, name.as_deref());
    let stored = full_name(contact).filter(|_| is_another)?;
    Some(format!(
        "the contact was called {}: make sure that it is the same person",
        clean_line(&stored, MAX_NAME_CHARS)
    ))
}
