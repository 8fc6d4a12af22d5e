//! The requests of a plan: the create or the update, and what is known where an answer was lost.

use std::time::Duration;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup::{Found, Lookup, found};
use crate::contacts::value::tag;
use crate::contacts::write::compare::{View, compare, is_held_by};
use crate::contacts::write::plan::Plan;
use crate::contacts::write::receipt::NotStored;
use crate::ghl;
use crate::ghl::api;
use crate::ghl::model::{Contact, ContactWrite, Field, Patch};
use crate::ghl::{ContactId, Kind, Scope, Written};

/// How long to wait before the lookup after a lost answer: the write may still take effect.
const SETTLE: Duration = Duration::from_secs(1);

/// How a create ended. The notes say what went wrong on the way.
#[derive(Debug)]
pub(crate) enum CreateOutcome {
    /// The contact was created.
    Created(Contact, Vec<&'static str>),
    /// This contact exists already and does not hold what was sent: plan again against it.
    AlreadyExists(Found, Vec<&'static str>),
}

const LOST: &str = "the answer to the create was lost; the contact was found by looking it up";
const REFUSED: &str =
    "HighLevel refused the create and created the contact anyway; it was found by looking it up";
const UPDATE_LOST: &str = "the answer to the update was lost; the contact was read instead";
const UPDATE_REFUSED: &str =
    "HighLevel answered that the update failed, and stored some of it all the same; the contact was read";
const TAGS_LOST: &str = "the answer to the tags was lost; the contact was read and has them";
const TAGS_NOT_SHOWN: &str = "HighLevel's answer to the tags did not show them; the contact was read instead";
const TWICE: &str = "the create was sent twice: the answer to the first was lost and a lookup found no contact; the first may still arrive and make a second contact";
const COMPLETED: &str = "the answer to the create was lost; a contact was found by looking it up, and the missing values were written to it";

/// Creates the planned contact, never two: after a lost answer, or a refusal that may have created the contact anyway
/// (highlevel-api-docs issue 64), the keys are looked up before anything is sent again. No contact is taken for the created
/// one, or for one that was there before, unless it is compared with the keys.
///
/// # Errors
/// HighLevel's failure, where no contact was found afterwards; `Mismatch` where it answers another contact.
pub(crate) async fn create<L: Future<Output = Result<Lookup, Error>>>(
    scope: &Scope,
    plan: &Plan,
    keys: &Keys,
    definitions: &Definitions,
    look_again: impl Fn() -> L,
) -> Result<CreateOutcome, Error> {
    let write = ContactWrite {
        tags: (!plan.add_tags.is_empty()).then(|| plan.add_tags.clone()),
        ..plan.write.clone()
    };
    let is_ours = |contact: &Contact| is_held_by(plan, contact, definitions);
    let mut lost_before = false;
    loop {
        let error = match api::create(scope, &write).await {
            Ok(contact) => {
                let contact =
                    found(contact, keys).map_err(|source| settled(source, Written::Unknown))?.contact;
                return Ok(CreateOutcome::Created(contact, twice(lost_before)));
            }
            Err(error) => error,
        };
        if let Some(id) = error.existing_contact() {
            let happened = if lost_before { Written::Unknown } else { Written::No };
            let contact = ghl::api::get(scope, id).await.and_then(|contact| found(contact, keys));
            let existing =
                contact.map_err(|source| Error::Crm { source, happened, contact: Some(id.clone()) })?;
            return Ok(match lost_before {
                // The first attempt took effect late.
                true if is_ours(&existing.contact) => CreateOutcome::Created(existing.contact, vec![LOST]),
                true => CreateOutcome::AlreadyExists(existing, vec![COMPLETED]),
                false => CreateOutcome::AlreadyExists(existing, Vec::new()),
            });
        }
        if error.written() == Written::No && !lost_before {
            return Err(error.into());
        }
        let refused = error.is_refusal();
        if !refused {
            scope.pause(SETTLE).await;
        }
        match look_again().await {
            // A contact that does not show its keys may be anybody.
            Ok(Lookup::Found(found)) if !found.unseen.is_empty() => {
                return Err(settled(error, Written::Unknown));
            }
            Ok(Lookup::Found(found)) if refused => {
                return Ok(CreateOutcome::Created(found.contact, and_twice(REFUSED, lost_before)));
            }
            Ok(Lookup::Found(found)) if is_ours(&found.contact) => {
                return Ok(CreateOutcome::Created(found.contact, and_twice(LOST, lost_before)));
            }
            Ok(Lookup::Found(found)) => {
                return Ok(CreateOutcome::AlreadyExists(found, and_twice(COMPLETED, lost_before)));
            }
            // The lookup would find the contact, and it is not there: the refusal was a real one.
            Ok(Lookup::NotFound) if refused && !lost_before => return Err(settled(error, Written::No)),
            // After a success that could not be read, a second create could make a second contact.
            Ok(Lookup::NotFound) if !lost_before && !error.after_success() => lost_before = true,
            Err(Error::Crm { source, .. }) if source.is_mismatch() => {
                return Err(settled(source, Written::Unknown));
            }
            Ok(Lookup::NotFound) | Err(_) => return Err(settled(error, Written::Unknown)),
        }
    }
}

fn twice(sent_before: bool) -> Vec<&'static str> {
    sent_before.then_some(TWICE).into_iter().collect()
}

fn and_twice(note: &'static str, sent_before: bool) -> Vec<&'static str> {
    [vec![note], twice(sent_before)].concat()
}

fn settled(source: ghl::Error, happened: Written) -> Error {
    Error::Crm { source, happened, contact: None }
}

/// The result of the requests of an update.
#[derive(Debug)]
pub(crate) struct Applied {
    /// The contact as it was seen last.
    pub(crate) contact: Contact,
    /// Where it was seen: after the last write, or in HighLevel's answer to it.
    pub(crate) view: View,
    /// Values that are known not to be stored.
    pub(crate) not_stored: Vec<NotStored>,
    /// What went wrong on the way.
    pub(crate) warnings: Vec<String>,
    /// What became of the tags of the plan.
    pub(crate) tags: Tags,
}

/// What became of the tags of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tags {
    /// There were none to send, or HighLevel refused them.
    NotSent,
    /// HighLevel accepted them; whether it added them is to be seen.
    Sent,
    /// Nothing shows whether HighLevel added them.
    Unclear,
}

impl Applied {
    pub(crate) fn new(contact: Contact) -> Self {
        let (view, tags) = (View::Answer, Tags::NotSent);
        Self { contact, view, not_stored: Vec::new(), warnings: Vec::new(), tags }
    }

    /// A created contact, whose tags were sent with it.
    pub(crate) fn created(contact: Contact) -> Self {
        Self { tags: Tags::Sent, ..Self::new(contact) }
    }

    /// Adds the tags of the plan, after its fields. Where fields were written, a failure is reported in `not_stored` or in
    /// `warnings`: as an error it would hide that.
    pub(crate) async fn add_tags(&mut self, scope: &Scope, plan: &Plan) -> Result<(), Error> {
        if plan.add_tags.is_empty() {
            return Ok(());
        }
        match add_tags(scope, &self.contact.id, &plan.add_tags).await {
            Ok(Tagged::Answered(tags)) => {
                self.contact = self.contact.clone().with_tags(tags);
                self.tags = Tags::Sent;
                self.warnings.extend(merge_warning(scope));
            }
            Ok(Tagged::Read(contact, note)) => {
                (self.contact, self.view, self.tags) = (contact, View::Read, Tags::Sent);
                self.warnings.push(note.to_owned());
            }
            Err(error) if plan.write.is_empty() => return Err(error),
            // HighLevel accepted them, and nothing shows them.
            Err(Error::Crm { source, .. }) if source.after_success() && !source.is_refusal() => {
                self.tags = Tags::Unclear;
            }
            Err(error) => {
                let unknown = match error.written() {
                    Written::No => "",
                    _ => " and it is not known whether the tags were added",
                };
                self.not_stored.push(NotStored {
                    field: "tags".to_owned(),
                    sent: Some(plan.add_tags.clone().into()),
                    stored: None,
                    reason: format!("{error}; the fields were written{unknown}, send the tags again"),
                });
            }
        }
        Ok(())
    }
}

/// Writes the changed fields, then the missing tags, each by an endpoint that changes nothing else.
///
/// # Errors
/// HighLevel's failure, unless the fields were written before it.
pub(crate) async fn update(
    scope: &Scope,
    contact: Contact,
    plan: &mut Plan,
    definitions: &Definitions,
) -> Result<Applied, Error> {
    let mut applied = Applied::new(contact);
    if !plan.write.is_empty() {
        put(scope, plan, &mut applied, definitions).await?;
    }
    applied.add_tags(scope, plan).await?;
    Ok(applied)
}

/// How the tags of a contact were seen after some were sent.
#[derive(Debug)]
pub(crate) enum Tagged {
    /// HighLevel's answer lists them, with those that were sent.
    Answered(Vec<String>),
    /// The contact was read, and lists its tags. Those that were sent may be missing. The note says why it was read.
    Read(Contact, &'static str),
}

/// Adds tags. An answer that lists them is proof; in any other case the contact is read.
///
/// # Errors
/// HighLevel's failure, where the tags are not known to be added and may still be.
pub(crate) async fn add_tags(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Tagged, Error> {
    let answer = api::add_tags(scope, id, tags).await;
    let failure = match &answer {
        Ok(all) if tag::missing(all, tags).is_empty() => return Ok(Tagged::Answered(all.clone())),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    let may_be_written = failure.is_none_or(|error| error.written() != Written::No);
    let read = if may_be_written { ghl::api::get(scope, id).await.ok() } else { None };
    if let Some(contact) = read.filter(|contact| contact.listed_tags().is_some()) {
        let is_there = tag::missing(&contact.tags(), tags).is_empty();
        match failure {
            Some(error) if !error.after_success() && is_there => return Ok(Tagged::Read(contact, TAGS_LOST)),
            // The write may still arrive, or it was refused, or it was about another contact.
            Some(error)
                if !error.after_success() || (error.is_refusal() || error.is_mismatch()) && !is_there => {}
            _ => return Ok(Tagged::Read(contact, TAGS_NOT_SHOWN)),
        }
    }
    // An answer without the tags proves neither that they were added nor that they were not.
    let source = answer.err().unwrap_or_else(|| ghl::Error::new(Kind::Unreadable, Written::Unknown));
    let happened = source.written();
    Err(Error::Crm { source, happened, contact: Some(id.clone()) })
}

async fn put(
    scope: &Scope,
    plan: &mut Plan,
    applied: &mut Applied,
    definitions: &Definitions,
) -> Result<(), Error> {
    let id = applied.contact.id.clone();
    let form = api::field_form(scope);
    let mut answer = api::update(scope, &id, &plan.write, form).await;
    if answer.as_ref().is_err_and(|error| error.refuses_property(Field::CompanyName.as_str())) {
        without_company(plan, applied);
        if plan.write.is_empty() {
            return Ok(());
        }
        answer = api::update(scope, &id, &plan.write, form).await;
    }
    let source = match answer {
        Ok(contact) => {
            applied.contact = contact;
            return Ok(());
        }
        Err(source) => source,
    };
    let mut happened = source.written();
    // HighLevel may have accepted the update: what the contact holds now decides.
    if happened != Written::No
        && let Ok(contact) = ghl::api::get(scope, &id).await
    {
        let seen = compare(plan, &contact, View::Read, definitions);
        if source.is_refusal() && seen.nothing_changed(plan) {
            happened = Written::No;
        } else if seen.is_held() || source.after_success() && !source.is_mismatch() {
            (applied.contact, applied.view) = (contact, View::Read);
            let note = if source.is_refusal() { UPDATE_REFUSED } else { UPDATE_LOST };
            applied.warnings.push(note.to_owned());
            return Ok(());
        }
    }
    Err(Error::Crm { source, happened, contact: Some(id) })
}

/// The API of the recipes article can only replace the whole list of tags.
pub(crate) fn merge_warning(scope: &Scope) -> Option<String> {
    (api::dialect(scope) == ghl::Dialect::Recipe).then(|| {
        "this HighLevel can only replace all tags: they were read, merged and written; a tag that another \
         program added at the same moment may be lost"
            .to_owned()
    })
}

/// HighLevel's update does not document `companyName`. Where it is refused, the rest is written without it.
fn without_company(plan: &mut Plan, applied: &mut Applied) {
    let name = Field::CompanyName.as_str();
    let sent = match plan.write.fields.remove(&Field::CompanyName) {
        Some(Patch::Set(value)) => Some(value.into()),
        _ => None,
    };
    let stored =
        plan.changes.iter().find(|change| change.field == name).and_then(|change| change.before.clone());
    plan.changes.retain(|change| change.field != name);
    applied.not_stored.push(NotStored {
        field: name.to_owned(),
        sent,
        stored,
        reason: "HighLevel refuses companyName on an existing contact; the rest was written without it"
            .to_owned(),
    });
}
