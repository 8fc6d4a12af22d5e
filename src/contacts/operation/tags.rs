//! Adding tags: one contact by id, e-mail or phone, or many by id.

use std::collections::BTreeSet;

use crate::contacts::identity::lookup::{Found, OnConflict};
use crate::contacts::value::{field, text};
use crate::contacts::write::apply::{self, merge_warning};
use crate::contacts::write::plan::missing_tags;
use crate::contacts::write::receipt::MatchedBy;
use crate::contacts::{Contacts, Error};
use crate::ghl;
use crate::ghl::dialect;
use crate::ghl::model::{Contact, Field};
use crate::ghl::{ContactId, Happened, Scope};

/// Whom to tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By id.
    Id(ContactId),
    /// By e-mail, as typed.
    Email(String),
    /// By phone, as typed.
    Phone(String),
}

/// What became of one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged {
    /// The contact.
    pub id: ContactId,
    /// All its tags afterwards; none where HighLevel's bulk answer does not tell.
    pub tags: Option<Vec<String>>,
    /// Tags that were new to it.
    pub added: Vec<String>,
    /// Tags that it had before.
    pub already_present: Vec<String>,
    /// Why it was not tagged.
    pub error: Option<String>,
    /// Its e-mail, where it was read: for the audit, which hashes it.
    pub(crate) email: Option<String>,
}

/// Tags in the whole location that did not exist before, and how each contact fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagging {
    /// One line a contact, in the order asked for.
    pub contacts: Vec<Tagged>,
    /// Tags that the location did not know: perhaps typing errors.
    pub new_to_location: Vec<String>,
    /// What the caller should know besides.
    pub warnings: Vec<String>,
}

/// Contacts in one bulk request. HighLevel does not document its limit (highlevel-api-docs issue 315).
const CHUNK: usize = 50;
/// Contacts in one call.
const MOST: usize = 500;

impl Contacts {
    /// The contact that a target names. By id this is a read of that contact, otherwise a lookup.
    ///
    /// # Errors
    /// `NotFound`, an unusable key, or HighLevel's failure.
    pub async fn get(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        let (email, phone, key) = match target {
            Target::Id(id) => return ghl::contacts::get(scope, id).await.map_err(nobody_has_the_id),
            Target::Email(email) => (Some(email.as_str()), None, "email"),
            Target::Phone(phone) => (None, Some(phone.as_str()), "phone"),
        };
        let keys = self.keys(scope, email, phone).await?;
        match self.look_up(scope, &keys, OnConflict::Fail).await? {
            Found::Nobody => Err(Error::NotFound { key }),
            Found::One { contact, .. } => Ok(contact),
        }
    }

    /// The same for whoever only looks: by id it is what was read at most two seconds ago, and one request for all who
    /// ask at once.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn show(&self, scope: &Scope, target: &Target) -> Result<Contact, Error> {
        match target {
            Target::Id(id) => ghl::contacts::get_recent(scope, id).await.map_err(nobody_has_the_id),
            Target::Email(_) | Target::Phone(_) => self.get(scope, target).await,
        }
    }

    /// Adds tags to one contact and touches no other tag.
    ///
    /// # Errors
    /// An unusable tag or key, `NotFound`, or HighLevel's failure.
    pub async fn add_tags(&self, scope: &Scope, target: &Target, tags: &[String]) -> Result<Tagging, Error> {
        let tags = some_tags(tags)?;
        let contact = self.get(scope, target).await?;
        let result = self.tag(scope, target, contact, tags).await;
        self.audit_tags(scope, &result);
        result
    }

    async fn tag(
        &self,
        scope: &Scope,
        target: &Target,
        contact: Contact,
        tags: Vec<String>,
    ) -> Result<Tagging, Error> {
        let mut line = Tagged {
            email: contact.text(Field::Email),
            tags: Some(contact.tags()),
            added: missing_tags(&contact.tags(), &tags),
            already_present: Vec::new(),
            error: None,
            id: contact.id,
        };
        line.already_present = missing_tags(&line.added, &tags);
        let missing = line.added.clone();
        if missing.is_empty() {
            return Ok(Tagging { contacts: vec![line], new_to_location: Vec::new(), warnings: Vec::new() });
        }
        self.sure_of(scope, target, &line.id).await?;
        let new_to_location = self.unknown_tags(scope, &missing).await;
        let (after, note) = apply::add_tags(scope, &line.id, &missing).await?;
        let lost = missing_tags(&after, &missing);
        if !lost.is_empty() {
            line.error = Some(format!("HighLevel answered success without {}", lost.join(", ")));
        }
        line.added = missing_tags(&lost, &missing);
        line.tags = Some(after);
        Ok(Tagging { contacts: vec![line], new_to_location, warnings: note.into_iter().collect() })
    }

    /// Before a write to whom an e-mail or a phone names: that nobody else has it too.
    async fn sure_of(&self, scope: &Scope, target: &Target, id: &ContactId) -> Result<(), Error> {
        let keys = match target {
            Target::Id(_) => return Ok(()),
            Target::Email(email) => self.keys(scope, Some(email), None).await?,
            Target::Phone(phone) => self.keys(scope, None, Some(phone)).await?,
        };
        let found = Found::One { contact: Contact::bare(id.clone()), matched: MatchedBy::None, other: None };
        self.look_closer(scope, &keys, OnConflict::Fail, found).await.map(drop)
    }

    /// Adds tags to up to 500 contacts by HighLevel's bulk endpoint.
    ///
    /// # Errors
    /// An unusable tag, too many contacts, or HighLevel's failure at the first chunk; a later failure is told per contact.
    pub async fn add_tags_to_many(
        &self,
        scope: &Scope,
        ids: &[ContactId],
        tags: &[String],
    ) -> Result<Tagging, Error> {
        let tags = some_tags(tags)?;
        if ids.len() > MOST {
            return Err(Error::invalid(
                "contactIds",
                format!("has {} ids; at most {MOST} are taken", ids.len()),
            ));
        }
        let mut once = BTreeSet::new();
        let ids: Vec<ContactId> = ids.iter().filter(|id| once.insert(*id)).cloned().collect();
        let result = self.tag_many(scope, &ids, tags).await;
        self.audit_tags(scope, &result);
        result
    }

    async fn tag_many(&self, scope: &Scope, ids: &[ContactId], tags: Vec<String>) -> Result<Tagging, Error> {
        let new_to_location = self.unknown_tags(scope, &tags).await;
        let mut lines = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            match dialect::add_tags_to_many(scope, chunk, &tags).await {
                Ok(answers) => lines.extend(chunk.iter().map(|id| bulk_line(id, &answers, &tags))),
                Err(error) if lines.is_empty() => return Err(error.into()),
                Err(error) => {
                    let maybe =
                        if error.happened() == Happened::No { "not tagged" } else { "perhaps tagged" };
                    lines.extend(chunk.iter().map(|id| failed(id, format!("{maybe}: {error}"))));
                }
            }
        }
        Ok(Tagging { contacts: lines, new_to_location, warnings: merge_warning(scope).into_iter().collect() })
    }

    /// Which of these the location has never seen. Costs one request in ten minutes; silent where the scope is missing.
    async fn unknown_tags(&self, scope: &Scope, tags: &[String]) -> Vec<String> {
        let Some(known) = self.location_tags(scope).await else { return Vec::new() };
        let new = missing_tags(&known, tags);
        if !new.is_empty() {
            self.tags.forget().await;
        }
        new
    }
}

fn nobody_has_the_id(error: ghl::Error) -> Error {
    if error.is_not_found() { Error::NotFound { key: "id" } } else { error.into() }
}

fn some_tags(tags: &[String]) -> Result<Vec<String>, Error> {
    if tags.is_empty() {
        return Err(Error::invalid("tags", "is empty: name at least one tag"));
    }
    field::tags(tags)
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

fn bulk_line(id: &ContactId, answers: &[ghl::tags::BulkLine], tags: &[String]) -> Tagged {
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
    let already_present = missing_tags(&added, tags);
    let after = answer.old_tags.clone().map(|mut tags| {
        tags.extend(missing_tags(&tags, &added));
        tags
    });
    Tagged { id: id.clone(), tags: after, added, already_present, error: None, email: None }
}
