//! Adds tags: to one contact by id, e-mail or phone, or to many by id.

use std::collections::BTreeSet;

use crate::contacts::error::{Error, Subject};
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::MatchedBy;
use crate::contacts::identity::lookup::{Found, Lookup, OnConflict};
use crate::contacts::operation::get::Target;
use crate::contacts::service::Contacts;
use crate::contacts::value::tag;
use crate::contacts::write::bulk::{self, Shown, Verdict};
use crate::contacts::write::receipt::{Tagged, Tagging};
use crate::contacts::write::{apply, audit};
use crate::ghl;
use crate::ghl::api;
use crate::ghl::model::{Contact, Field};
use crate::ghl::{ContactId, Scope, Written};

/// The contacts of one bulk request. HighLevel does not document its limit (highlevel-api-docs issue 315).
const CHUNK: usize = 50;
/// The most contacts of one call that are read because HighLevel's answer proves nothing of them.
const MOST_READS: usize = 50;
/// The most contacts in one call.
const MAX_CONTACTS: usize = 500;

impl Contacts {
    /// Adds tags to one contact and changes no other tag.
    ///
    /// # Errors
    /// An unusable tag or key, `NotFound`, or HighLevel's failure.
    pub async fn add_tags(&self, scope: &Scope, target: &Target, tags: &[String]) -> Result<Tagging, Error> {
        let tags = tags_to_add(tags)?;
        let contact = self.get(scope, target).await?;
        let result = self.tag(scope, target, contact, tags).await;
        audit::tags(scope, &self.options.audit_key, &result);
        result
    }

    async fn tag(
        &self,
        scope: &Scope,
        target: &Target,
        contact: Contact,
        tags: Vec<String>,
    ) -> Result<Tagging, Error> {
        let listed = contact.listed_tags();
        let present = contact.tags();
        let missing = tag::missing(&present, &tags);
        let mut tagged = Tagged {
            email: contact.text(Field::Email),
            already_present: tag::missing(&missing, &tags),
            tags: Some(present),
            ..Tagged::of(contact.id)
        };
        if missing.is_empty() {
            return Ok(Tagging { contacts: vec![tagged], ..Tagging::default() });
        }
        self.ensure_unique(scope, target, &tagged.id).await?;
        let new_to_location = self.unknown_tags(scope, &missing).await;
        let (after, note) = match apply::add_tags(scope, &tagged.id, &missing).await? {
            apply::Tagged::Answered(after) => (after, apply::merge_warning(scope)),
            apply::Tagged::Read(contact, note) => (contact.tags(), Some(note.to_owned())),
        };
        let lost = tag::missing(&after, &missing);
        if !lost.is_empty() {
            tagged.error = Some(format!("HighLevel answered success without {}", lost.join(", ")));
        }
        let there = tag::missing(&lost, &missing);
        tagged.origin_unknown = listed.is_none() && !there.is_empty();
        if !tagged.origin_unknown {
            tagged.added = there;
        }
        tagged.tags = Some(after);
        let warnings = note.into_iter().collect();
        Ok(Tagging { contacts: vec![tagged], new_to_location, warnings, ..Tagging::default() })
    }

    /// Before a write to a contact found by e-mail or phone: checks that no second contact has it.
    async fn ensure_unique(&self, scope: &Scope, target: &Target, id: &ContactId) -> Result<(), Error> {
        if target.id.is_some() {
            return Ok(());
        }
        let keys = self.keys(scope, &target.keys()).await?;
        let contact = Contact::bare(id.clone());
        let found = Lookup::Found(Found {
            contact,
            matched_by: MatchedBy::None,
            other: None,
            kept: Vec::new(),
            unseen: Vec::new(),
        });
        duplicates::confirm(scope, &self.location, &keys, OnConflict::Fail, found).await.map(drop)
    }

    /// Adds tags to up to 500 contacts by HighLevel's bulk endpoint.
    ///
    /// # Errors
    /// An unusable tag, too many contacts, or HighLevel's failure at the first request; a later failure is reported for
    /// each contact.
    pub async fn add_tags_to_many(
        &self,
        scope: &Scope,
        ids: &[ContactId],
        tags: &[String],
    ) -> Result<Tagging, Error> {
        let tags = tags_to_add(tags)?;
        if ids.len() > MAX_CONTACTS {
            return Err(Error::invalid(
                Subject::ContactIds,
                format!("has {} ids; at most {MAX_CONTACTS} are taken", ids.len()),
            ));
        }
        let mut seen = BTreeSet::new();
        let ids: Vec<ContactId> = ids.iter().filter(|id| seen.insert(*id)).cloned().collect();
        let result = self.tag_many(scope, &ids, tags).await;
        audit::tags(scope, &self.options.audit_key, &result);
        result
    }

    async fn tag_many(&self, scope: &Scope, ids: &[ContactId], tags: Vec<String>) -> Result<Tagging, Error> {
        let new_to_location = self.unknown_tags(scope, &tags).await;
        let mut tagging = Tagging { new_to_location, ..Tagging::default() };
        let mut reads_left = MOST_READS;
        for (n, chunk) in ids.chunks(CHUNK).enumerate() {
            match api::add_tags_to_many(scope, chunk, &tags).await {
                Ok(answer) => {
                    for (id, verdict) in chunk.iter().zip(bulk::verdicts(chunk, &answer, &tags)) {
                        settle(scope, id, verdict, &tags, &mut reads_left, &mut tagging).await;
                    }
                }
                Err(error) if n == 0 => return Err(error.into()),
                Err(error) if error.written() == Written::No => {
                    tagging
                        .contacts
                        .extend(chunk.iter().map(|id| failed(id, format!("not tagged: {error}"))));
                }
                Err(error) => {
                    tagging.unknown.extend_from_slice(chunk);
                    tagging
                        .warnings
                        .push(format!("{} contacts may or may not have been tagged: {error}", chunk.len()));
                }
            }
        }
        tagging.warnings.extend(apply::merge_warning(scope));
        Ok(tagging)
    }

    /// The tags that the location does not have yet. Costs one request in ten minutes; none where the token may not read
    /// the location's tags.
    async fn unknown_tags(&self, scope: &Scope, tags: &[String]) -> Vec<String> {
        let Some(known) = self.location.tags(scope).await else { return Vec::new() };
        let new = tag::missing(&known, tags);
        if !new.is_empty() {
            self.location.forget_tags();
        }
        new
    }
}

fn tags_to_add(tags: &[String]) -> Result<Vec<String>, Error> {
    if tags.is_empty() {
        return Err(Error::invalid(Subject::Tags, "is empty: name at least one tag"));
    }
    tag::list(tags)
}

fn failed(id: &ContactId, error: String) -> Tagged {
    Tagged { error: Some(error), ..Tagged::of(id.clone()) }
}

/// Adds to `tagging` what is known of one contact. Where HighLevel's answer proves nothing, the contact is read, as long as
/// reads are left.
async fn settle(
    scope: &Scope,
    id: &ContactId,
    verdict: Verdict,
    tags: &[String],
    reads_left: &mut usize,
    tagging: &mut Tagging,
) {
    let (words, shown) = match verdict {
        Verdict::Tagged(shown) => return tagging.contacts.push(tagged(id, shown, tags)),
        Verdict::Refused(words) => return tagging.contacts.push(failed(id, words)),
        Verdict::Unproven(words, shown) => (words, shown),
    };
    let read = match reads_left.checked_sub(1) {
        Some(left) => {
            *reads_left = left;
            Some(ghl::api::get(scope, id).await)
        }
        None => None,
    };
    match read {
        Some(Err(error)) if error.is_not_found() => tagging.contacts.push(failed(id, error.to_string())),
        Some(Ok(contact)) if contact.listed_tags().is_some() => {
            let shown = Shown { after: contact.tags(), ..shown };
            let mut tagged = tagged(id, shown, tags);
            let missing = tag::missing(&contact.tags(), tags);
            if !missing.is_empty() {
                let words = words.map(|words| format!("; HighLevel says: {words}")).unwrap_or_default();
                tagged.error = Some(format!("it was read and does not have {}{words}", missing.join(", ")));
            }
            tagged.email = contact.text(Field::Email);
            tagging.contacts.push(tagged);
        }
        _ => tagging.unknown.push(id.clone()),
    }
}

/// A contact that shows these tags. Which of them were new to it is said only where it is known.
fn tagged(id: &ContactId, shown: Shown, tags: &[String]) -> Tagged {
    let there = tag::missing(&tag::missing(&shown.after, tags), tags);
    let added = shown.added.map(|added| tag::missing(&tag::missing(&there, &added), &added));
    Tagged {
        already_present: added.as_ref().map(|added| tag::missing(added, &there)).unwrap_or_default(),
        origin_unknown: added.is_none() && !there.is_empty(),
        added: added.unwrap_or_default(),
        tags: Some(shown.after),
        ..Tagged::of(id.clone())
    }
}
