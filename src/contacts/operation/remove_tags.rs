//! Takes tags from one contact by id, e-mail or phone, or from many by id. All other tags stay.

use crate::contacts::error::Error;
use crate::contacts::operation::get::Target;
use crate::contacts::operation::tags::named_tags;
use crate::contacts::service::Contacts;
use crate::contacts::value::tag;
use crate::contacts::write::receipt::{Tagged, Tagging};
use crate::contacts::write::{audit, tag_many};
use crate::ghl::api;
use crate::ghl::model::{Contact, Field, TagChange};
use crate::ghl::{ContactId, Scope, Written};

/// Why a contact was read after its tags were taken.
const LOST: &str = "the answer to the removal was lost; the contact was read and does not have the tags";

impl Contacts {
    /// Takes tags from one contact and changes no other tag. A contact that has none of them costs no write.
    ///
    /// # Errors
    /// An unusable tag or key, `NotFound`, or HighLevel's failure.
    pub async fn remove_tags(
        &self,
        scope: &Scope,
        target: &Target,
        tags: &[String],
    ) -> Result<Tagging, Error> {
        let tags = named_tags(tags)?;
        let contact = self.get(scope, target).await?;
        let result = self.untag(scope, target, contact, tags).await;
        audit::tags(scope, &self.options.audit_key, TagChange::Remove, &result);
        result
    }

    /// Takes tags from up to 500 contacts by HighLevel's bulk endpoint.
    ///
    /// # Errors
    /// An unusable tag, too many contacts, or HighLevel's failure at the first request; a later failure is reported for
    /// each contact.
    pub async fn remove_tags_from_many(
        &self,
        scope: &Scope,
        ids: &[ContactId],
        tags: &[String],
    ) -> Result<Tagging, Error> {
        let tags = named_tags(tags)?;
        let ids = tag_many::distinct(ids)?;
        let result = tag_many::change(scope, &ids, &tags, TagChange::Remove).await;
        audit::tags(scope, &self.options.audit_key, TagChange::Remove, &result);
        result
    }

    async fn untag(
        &self,
        scope: &Scope,
        target: &Target,
        contact: Contact,
        tags: Vec<String>,
    ) -> Result<Tagging, Error> {
        // A contact that does not list its tags may have all of them.
        let there = contact.listed_tags().map_or_else(|| tags.clone(), |listed| tag::shared(&listed, &tags));
        let not_there = tag::missing(&there, &tags);
        if there.is_empty() {
            let tags = Some(contact.tags());
            let entry = Tagged { tags, unchanged: not_there, ..Tagged::of(contact.id) };
            return Ok(Tagging { contacts: vec![entry], ..Tagging::default() });
        }
        self.ensure_unique(scope, target, &contact.id).await?;
        let ids = [contact.id.clone()];
        let mut tagging = match tag_many::change(scope, &ids, &there, TagChange::Remove).await {
            Ok(tagging) => tagging,
            Err(error) => untagged_all_the_same(scope, &contact.id, &there, error).await?,
        };
        for entry in &mut tagging.contacts {
            entry.unchanged.extend(not_there.iter().cloned());
            entry.email = contact.text(Field::Email);
        }
        Ok(tagging)
    }
}

/// After a failure that may hide a success: the contact, if it is read and has none of the tags.
async fn untagged_all_the_same(
    scope: &Scope,
    id: &ContactId,
    tags: &[String],
    error: Error,
) -> Result<Tagging, Error> {
    if error.written() == Written::No {
        return Err(error);
    }
    let read = api::get(scope, id).await.ok().and_then(|contact| contact.listed_tags());
    match read.filter(|left| tag::shared(left, tags).is_empty()) {
        Some(left) => {
            let entry = Tagged { tags: Some(left), changed: tags.to_vec(), ..Tagged::of(id.clone()) };
            let warnings = vec![LOST.to_owned()];
            Ok(Tagging { contacts: vec![entry], warnings, ..Tagging::default() })
        }
        None => Err(error.about(id)),
    }
}
