//! Carries a plan out: the create or the update, and what is known where an answer was lost.

use std::time::Duration;

use crate::contacts::Error;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::lookup::Keys;
use crate::contacts::write::plan::{self, Plan};
use crate::contacts::write::receipt::{MatchedBy, NotStored, Outcome, Receipt};
use crate::ghl;
use crate::ghl::dialect::{self, Key};
use crate::ghl::model::{Contact, ContactWrite, Field, Patch};
use crate::ghl::{ContactId, Happened, Kind, Scope};

/// A write whose answer was lost may still be on its way: so long is waited before it is looked for.
const SETTLE: Duration = Duration::from_secs(1);

/// How a create ended.
#[derive(Debug)]
pub(crate) enum Created {
    /// There is a new contact; the note says what went wrong on the way, where something did.
    New(Contact, Option<&'static str>),
    /// This contact is there already, and is not what was sent: plan again against it.
    There(Contact, Option<&'static str>),
}

const LOST: &str = "the answer to the create was lost; the contact was found by looking it up";
const REFUSED: &str =
    "HighLevel refused the create and made the contact all the same; it was found by looking it up";
const COMPLETED: &str = "the answer to the create was lost; a contact was found by looking it up, and what it lacked was written to it";

/// Creates the planned contact. Never makes two: after an answer that was lost, or a refusal that may have created the
/// contact all the same (highlevel-api-docs issue 64), the keys are looked up before anything is sent again.
pub(crate) async fn create(
    scope: &Scope,
    plan: &Plan,
    keys: &Keys,
    definitions: Option<&Definitions>,
) -> Result<Created, Error> {
    let write = ContactWrite {
        tags: (!plan.add_tags.is_empty()).then(|| plan.add_tags.clone()),
        ..plan.write.clone()
    };
    let ours = |contact: &Contact| plan::is_held_by(plan, contact, definitions);
    let mut lost_before = false;
    loop {
        let error = match dialect::create(scope, &write).await {
            Ok(contact) => return Ok(Created::New(contact, None)),
            Err(error) => error,
        };
        if let Some(id) = error.existing_contact() {
            let contact = ghl::contacts::get(scope, id).await.map_err(|source| {
                let happened = if lost_before { Happened::Unknown } else { Happened::No };
                Error::Crm { source, happened, contact: Some(id.clone()), done: Vec::new() }
            })?;
            return Ok(match lost_before {
                // The first attempt was carried out late.
                true if ours(&contact) => Created::New(contact, Some(LOST)),
                true => Created::There(contact, Some(COMPLETED)),
                false => Created::There(contact, None),
            });
        }
        if error.happened() == Happened::No && !lost_before {
            return Err(error.into());
        }
        let refused = matches!(error.kind(), Kind::Refused(_));
        if !refused {
            scope.pause(SETTLE).await;
        }
        match found_again(scope, keys).await {
            Ok(Some(contact)) if refused => return Ok(Created::New(contact, Some(REFUSED))),
            Ok(Some(contact)) if ours(&contact) => return Ok(Created::New(contact, Some(LOST))),
            Ok(Some(contact)) => return Ok(Created::There(contact, Some(COMPLETED))),
            // Looked for where it would be found, and it is not there: the refusal was one.
            Ok(None) if refused && !lost_before => return Err(settled(error, Happened::No)),
            Ok(None) if !lost_before && error.happened() == Happened::Unknown => lost_before = true,
            Ok(None) | Err(_) => return Err(settled(error, Happened::Unknown)),
        }
    }
}

fn settled(source: ghl::Error, happened: Happened) -> Error {
    Error::Crm { source, happened, contact: None, done: Vec::new() }
}

async fn found_again(scope: &Scope, keys: &Keys) -> Result<Option<Contact>, ghl::Error> {
    if let Some(email) = &keys.email
        && let Some(contact) = dialect::find(scope, Key::Email(email.as_str())).await?.into_iter().next()
    {
        return Ok(Some(contact));
    }
    match &keys.phone {
        Some(phone) => Ok(dialect::find(scope, Key::Phone(phone.as_str())).await?.into_iter().next()),
        None => Ok(None),
    }
}

/// What an update left behind.
#[derive(Debug)]
pub(crate) struct Updated {
    /// As HighLevel's answers show it; not yet read back.
    pub(crate) contact: Contact,
    /// Known not to be stored.
    pub(crate) not_stored: Vec<NotStored>,
    /// What went wrong on the way.
    pub(crate) warnings: Vec<String>,
    /// The missing tags were added.
    pub(crate) tagged: bool,
}

/// Writes the changed fields, then the missing tags, each by an endpoint that touches nothing else.
pub(crate) async fn update(
    scope: &Scope,
    contact: &Contact,
    plan: &mut Plan,
    definitions: Option<&Definitions>,
) -> Result<Updated, Error> {
    let mut updated =
        Updated { contact: contact.clone(), not_stored: Vec::new(), warnings: Vec::new(), tagged: false };
    if !plan.write.is_empty() {
        put(scope, plan, &mut updated, definitions).await?;
    }
    if plan.add_tags.is_empty() {
        return Ok(updated);
    }
    match add_tags(scope, &contact.id, &plan.add_tags).await {
        Ok((tags, note)) => {
            updated.contact = updated.contact.with_tags(tags);
            updated.tagged = true;
            updated.warnings.extend(note);
        }
        Err(error) if plan.write.is_empty() => return Err(error),
        // The fields are written: a failure now would hide that.
        Err(error) => updated.not_stored.push(NotStored {
            field: "tags".to_owned(),
            sent: Some(plan.add_tags.clone().into()),
            stored: None,
            reason: format!("{error}; the fields were written, send the tags again"),
        }),
    }
    Ok(updated)
}

/// Adds tags and answers all that the contact then has, and what the caller should know of it. Where the answer was
/// lost, the contact is read.
pub(crate) async fn add_tags(
    scope: &Scope,
    id: &ContactId,
    tags: &[String],
) -> Result<(Vec<String>, Option<String>), Error> {
    let source = match dialect::add_tags(scope, id, tags).await {
        Ok(all) => return Ok((all, merge_warning(scope))),
        Err(source) => source,
    };
    if source.happened() != Happened::No
        && let Ok(contact) = ghl::contacts::get(scope, id).await
        && plan::missing_tags(&contact.tags(), tags).is_empty()
    {
        let note = "the answer to the tags was lost; the contact was read and has them".to_owned();
        return Ok((contact.tags(), Some(note)));
    }
    let happened = source.happened();
    Err(Error::Crm { source, happened, contact: Some(id.clone()), done: Vec::new() })
}

async fn put(
    scope: &Scope,
    plan: &mut Plan,
    updated: &mut Updated,
    definitions: Option<&Definitions>,
) -> Result<(), Error> {
    let id = updated.contact.id.clone();
    let form = dialect::field_form(scope);
    let mut answer = dialect::update(scope, &id, &plan.write, form).await;
    if answer.as_ref().is_err_and(|error| error.refuses_property(Field::CompanyName.as_str())) {
        without_company(plan, updated);
        if plan.write.is_empty() {
            return Ok(());
        }
        answer = dialect::update(scope, &id, &plan.write, form).await;
    }
    let source = match answer {
        Ok(contact) => {
            updated.contact = contact;
            return Ok(());
        }
        Err(source) => source,
    };
    let happened = source.happened();
    // HighLevel may have said yes: what the contact holds now tells.
    if happened != Happened::No
        && let Ok(contact) = ghl::contacts::get(scope, &id).await
        && (happened == Happened::Yes || plan::not_stored(plan, &contact, definitions).is_empty())
    {
        updated.contact = contact;
        updated.warnings.push("the answer to the update was lost; the contact was read instead".to_owned());
        return Ok(());
    }
    Err(Error::Crm { source, happened, contact: Some(id), done: Vec::new() })
}

/// The recipes article can only replace the whole list.
pub(crate) fn merge_warning(scope: &Scope) -> Option<String> {
    (dialect::spoken(scope) == ghl::Dialect::Recipe).then(|| {
        "this HighLevel can only replace all tags: they were read, merged and written; one that something else added \
         in that very moment may be lost"
            .to_owned()
    })
}

/// `companyName` is not in HighLevel's update DTO; where it is refused the rest is written without it.
fn without_company(plan: &mut Plan, updated: &mut Updated) {
    let name = Field::CompanyName.as_str();
    let sent = match plan.write.fields.remove(&Field::CompanyName) {
        Some(Patch::Set(value)) => Some(value.into()),
        _ => None,
    };
    let stored =
        plan.changes.iter().find(|change| change.field == name).and_then(|change| change.before.clone());
    plan.changes.retain(|change| change.field != name);
    updated.not_stored.push(NotStored {
        field: name.to_owned(),
        sent,
        stored,
        reason: "HighLevel refuses companyName on an existing contact; the rest was written without it"
            .to_owned(),
    });
}

/// The receipt of a plan, before anything is done.
pub(crate) fn receipt(
    outcome: Outcome,
    plan: &Plan,
    contact: Option<Contact>,
    matched: MatchedBy,
) -> Receipt {
    Receipt {
        outcome,
        contact,
        matched_by: matched,
        changes: plan.changes.clone(),
        tags_added: plan.add_tags.clone(),
        not_stored: plan.not_stored.clone(),
        warnings: plan.warnings.clone(),
        possible_duplicate: None,
    }
}
