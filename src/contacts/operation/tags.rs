//! Adds tags: to one contact by id, e-mail or phone, or to many by id.

use crate::contacts::error::{Error, Subject};
use crate::contacts::identity::duplicates;
use crate::contacts::identity::keys::MatchedBy;
use crate::contacts::identity::lookup::{Found, Lookup, OnConflict};
use crate::contacts::operation::get::Target;
use crate::contacts::service::Contacts;
use crate::contacts::value::tag;
use crate::contacts::write::receipt::{Tagged, Tagging};
use crate::contacts::write::{apply, audit, tag_many};
use crate::ghl::model::{Contact, Field, TagChange};
use crate::ghl::{ContactId, Scope};

impl Contacts {
    /// Adds tags to one contact and changes no other tag.
    ///
    /// # Errors
    /// An unusable tag or key, `NotFound`, or HighLevel's failure.
    pub async fn add_tags(&self, scope: &Scope, target: &Target, tags: &[String]) -> Result<Tagging, Error> {
        let tags = named_tags(tags)?;
        let contact = self.get(scope, target).await?;
        let result = self.tag(scope, target, contact, tags).await;
        audit::tags(scope, &self.options.audit_key, TagChange::Add, &result);
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
            unchanged: tag::missing(&missing, &tags),
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
            tagged.changed = there;
        }
        tagged.tags = Some(after);
        let warnings = note.into_iter().collect();
        Ok(Tagging { contacts: vec![tagged], new_to_location, warnings, ..Tagging::default() })
    }

    /// Before a write to a contact found by e-mail or phone: checks that no second contact has it.
    pub(crate) async fn ensure_unique(
        &self,
        scope: &Scope,
        target: &Target,
        id: &ContactId,
    ) -> Result<(), Error> {
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
        let tags = named_tags(tags)?;
        let ids = tag_many::distinct(ids)?;
        let new_to_location = self.unknown_tags(scope, &tags).await;
        let result = tag_many::change(scope, &ids, &tags, TagChange::Add).await;
        let result = result.map(|tagging| Tagging { new_to_location, ..tagging });
        audit::tags(scope, &self.options.audit_key, TagChange::Add, &result);
        result
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

/// The tags of a call, in HighLevel's form.
pub(crate) fn named_tags(tags: &[String]) -> Result<Vec<String>, Error> {
    if tags.is_empty() {
        return Err(Error::invalid(Subject::Tags, "is empty: name at least one tag"));
    }
    tag::list(tags)
}
