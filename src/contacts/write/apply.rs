//! The requests of a plan: the create or the update, and what is known where an answer was lost.

use std::time::Duration;

use crate::contacts::error::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::keys::Keys;
use crate::contacts::identity::lookup::{Found, Lookup, found};
use crate::contacts::value::tag;
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::NotStored;
use crate::ghl;
use crate::ghl::api;
use crate::ghl::model::{Contact, ContactWrite, Field, Patch};
use crate::ghl::{ContactId, Kind, Scope, Written};

/// How long to wait before the lookup after a lost answer: the write may still take effect.
const SETTLE: Duration = Duration::from_secs(1);

/// How a create ended. The note says what went wrong on the way, if anything.
#[derive(Debug)]
pub(crate) enum CreateOutcome {
    /// The contact was created.
    Created(Contact, Option<&'static str>),
    /// This contact exists already and does not hold what was sent: plan again against it.
    AlreadyExists(Found, Option<&'static str>),
}

const LOST: &str = "the answer to the create was lost; the contact was found by looking it up";
const REFUSED: &str =
    "HighLevel refused the create and created the contact anyway; it was found by looking it up";
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
    let is_ours = |contact: &Contact| plan::is_held_by(plan, contact, definitions);
    let mut lost_before = false;
    loop {
        let error = match api::create(scope, &write).await {
            Ok(contact) => {
                let contact =
                    found(contact, keys).map_err(|source| settled(source, Written::Unknown))?.contact;
                return Ok(CreateOutcome::Created(contact, None));
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
                true if is_ours(&existing.contact) => CreateOutcome::Created(existing.contact, Some(LOST)),
                true => CreateOutcome::AlreadyExists(existing, Some(COMPLETED)),
                false => CreateOutcome::AlreadyExists(existing, None),
            });
        }
        if error.written() == Written::No && !lost_before {
            return Err(error.into());
        }
        let refused = matches!(error.kind(), Kind::Refused(_));
        if !refused {
            scope.pause(SETTLE).await;
        }
        match look_again().await {
            // A contact that does not show its keys may be anybody.
            Ok(Lookup::Found(found)) if !found.unseen.is_empty() => {
                return Err(settled(error, Written::Unknown));
            }
            Ok(Lookup::Found(found)) if refused => {
                return Ok(CreateOutcome::Created(found.contact, Some(REFUSED)));
            }
            Ok(Lookup::Found(found)) if is_ours(&found.contact) => {
                return Ok(CreateOutcome::Created(found.contact, Some(LOST)));
            }
            Ok(Lookup::Found(found)) => return Ok(CreateOutcome::AlreadyExists(found, Some(COMPLETED))),
            // The lookup would find the contact, and it is not there: the refusal was a real one.
            Ok(Lookup::NotFound) if refused && !lost_before => return Err(settled(error, Written::No)),
            // After a success that could not be read, a second create could make a second contact.
            Ok(Lookup::NotFound) if !lost_before && !error.after_success() => lost_before = true,
            Err(Error::Crm { source, .. }) if matches!(source.kind(), Kind::Mismatch { .. }) => {
                return Err(settled(source, Written::Unknown));
            }
            Ok(Lookup::NotFound) | Err(_) => return Err(settled(error, Written::Unknown)),
        }
    }
}

fn settled(source: ghl::Error, happened: Written) -> Error {
    Error::Crm { source, happened, contact: None }
}

/// The result of the requests of an update.
#[derive(Debug)]
pub(crate) struct Applied {
    /// The contact as HighLevel's answers show it; it is not read back yet.
    pub(crate) contact: Contact,
    /// Values that are known not to be stored.
    pub(crate) not_stored: Vec<NotStored>,
    /// What went wrong on the way.
    pub(crate) warnings: Vec<String>,
    /// Whether the missing tags were added.
    pub(crate) tagged: bool,
}

impl Applied {
    pub(crate) fn new(contact: Contact) -> Self {
        Self { contact, not_stored: Vec::new(), warnings: Vec::new(), tagged: false }
    }

    /// Adds the tags of the plan, after its fields. Where fields were written, a failure is reported in `not_stored`: as
    /// an error it would hide that.
    pub(crate) async fn add_tags(&mut self, scope: &Scope, plan: &Plan) -> Result<(), Error> {
        if plan.add_tags.is_empty() {
            return Ok(());
        }
        match add_tags(scope, &self.contact.id, &plan.add_tags).await {
            Ok((tags, note)) => {
                self.contact = self.contact.clone().with_tags(tags);
                self.tagged = true;
                self.warnings.extend(note);
            }
            Err(error) if plan.write.is_empty() => return Err(error),
            Err(error) => self.not_stored.push(NotStored {
                field: "tags".to_owned(),
                sent: Some(plan.add_tags.clone().into()),
                stored: None,
                reason: format!("{error}; the fields were written, send the tags again"),
            }),
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

/// Adds tags. Gives all tags that the contact then has, and a warning for the caller, if any. Where the answer was lost,
/// the contact is read.
///
/// # Errors
/// HighLevel's failure, where the tags are not known to be added.
pub(crate) async fn add_tags(
    scope: &Scope,
    id: &ContactId,
    tags: &[String],
) -> Result<(Vec<String>, Option<String>), Error> {
    let source = match api::add_tags(scope, id, tags).await {
        Ok(all) => return Ok((all, merge_warning(scope))),
        Err(source) => source,
    };
    if source.written() != Written::No
        && let Ok(contact) = ghl::api::get(scope, id).await
        && tag::missing(&contact.tags(), tags).is_empty()
    {
        let note = "the answer to the tags was lost; the contact was read and has them".to_owned();
        return Ok((contact.tags(), Some(note)));
    }
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
    let happened = source.written();
    let is_mismatch = matches!(source.kind(), Kind::Mismatch { .. });
    let error_hides_success = source.after_success() && !is_mismatch;
    // HighLevel may have accepted the update: what the contact holds now decides.
    if happened != Written::No
        && let Ok(contact) = ghl::api::get(scope, &id).await
        && (error_hides_success || plan::not_stored(plan, &contact, definitions).is_empty())
    {
        applied.contact = contact;
        applied.warnings.push("the answer to the update was lost; the contact was read instead".to_owned());
        return Ok(());
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
