//! Adds tags: to one contact by id, e-mail or phone, or to many by id.

use std::collections::BTreeSet;

use crate::contacts::error::{Error, Subject};
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::MatchedBy;
use crate::contacts::identity::lookup::{Found, Lookup, OnConflict};
use crate::contacts::operation::get::Target;
use crate::contacts::service::Contacts;
use crate::contacts::value::{tag, text};
use crate::contacts::write::receipt::{Tagged, Tagging};
use crate::contacts::write::{apply, audit};
use crate::ghl::api;
use crate::ghl::model::BulkLine;
use crate::ghl::model::{Contact, Field};
use crate::ghl::{ContactId, Scope, Written};

/// The contacts of one bulk request. HighLevel does not document its limit (highlevel-api-docs issue 315).
const CHUNK: usize = 50;
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
        audit::tags(scope, &result);
        result
    }

    async fn tag(
        &self,
        scope: &Scope,
        target: &Target,
        contact: Contact,
        tags: Vec<String>,
    ) -> Result<Tagging, Error> {
        let mut tagged = Tagged {
            email: contact.text(Field::Email),
            tags: Some(contact.tags()),
            added: tag::missing(&contact.tags(), &tags),
            already_present: Vec::new(),
            error: None,
            id: contact.id,
        };
        tagged.already_present = tag::missing(&tagged.added, &tags);
        let missing = tagged.added.clone();
        if missing.is_empty() {
            return Ok(Tagging { contacts: vec![tagged], new_to_location: Vec::new(), warnings: Vec::new() });
        }
        self.ensure_unique(scope, target, &tagged.id).await?;
        let new_to_location = self.unknown_tags(scope, &missing).await;
        let (after, note) = apply::add_tags(scope, &tagged.id, &missing).await?;
        let lost = tag::missing(&after, &missing);
        if !lost.is_empty() {
            tagged.error = Some(format!("HighLevel answered success without {}", lost.join(", ")));
        }
        tagged.added = tag::missing(&lost, &missing);
        tagged.tags = Some(after);
        Ok(Tagging { contacts: vec![tagged], new_to_location, warnings: note.into_iter().collect() })
    }

    /// Before a write to a contact found by e-mail or phone: checks that no second contact has it.
    async fn ensure_unique(&self, scope: &Scope, target: &Target, id: &ContactId) -> Result<(), Error> {
        let keys = match target {
            Target::Id(_) => return Ok(()),
            Target::Email(email) => self.keys(scope, Some(email), None).await?,
            Target::Phone(phone) => self.keys(scope, None, Some(phone)).await?,
        };
        let contact = Contact::bare(id.clone());
        let found =
            Lookup::Found(Found { contact, matched_by: MatchedBy::None, other: None, unseen: Vec::new() });
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
        audit::tags(scope, &result);
        result
    }

    async fn tag_many(&self, scope: &Scope, ids: &[ContactId], tags: Vec<String>) -> Result<Tagging, Error> {
        let new_to_location = self.unknown_tags(scope, &tags).await;
        let mut contacts = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            match api::add_tags_to_many(scope, chunk, &tags).await {
                Ok(answers) => contacts.extend(chunk.iter().map(|id| bulk_result(id, &answers, &tags))),
                Err(error) if contacts.is_empty() => return Err(error.into()),
                Err(error) => {
                    let state =
                        if error.written() == Written::No { "not tagged" } else { "may have been tagged" };
                    contacts.extend(chunk.iter().map(|id| failed(id, format!("{state}: {error}"))));
                }
            }
        }
        let warnings = apply::merge_warning(scope).into_iter().collect();
        Ok(Tagging { contacts, new_to_location, warnings })
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
    Tagged {
        id: id.clone(),
        tags: None,
        added: Vec::new(),
        already_present: Vec::new(),
        error: Some(error),
        email: None,
    }
}

fn bulk_result(id: &ContactId, answers: &[BulkLine], tags: &[String]) -> Tagged {
    let Some(answer) = answers.iter().find(|answer| answer.contact_id == id.as_str()) else {
        return failed(id, "HighLevel's answer does not mention this contact".to_owned());
    };
    if answer.r#type.as_deref().is_some_and(|kind| kind != "success") {
        return failed(
            id,
            match answer.message.as_deref() {
                Some(words) => text::clean_line(words, 200).into_owned(),
                None => "HighLevel refused it".to_owned(),
            },
        );
    }
    let added = answer.tags_added.clone().unwrap_or_else(|| tags.to_vec());
    let already_present = tag::missing(&added, tags);
    let after = answer.old_tags.clone().map(|mut tags| {
        tags.extend(tag::missing(&tags, &added));
        tags
    });
    Tagged { id: id.clone(), tags: after, added, already_present, error: None, email: None }
}
