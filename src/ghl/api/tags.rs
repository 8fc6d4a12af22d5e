//! Tags of contacts and of the location.

use crate::ghl::api::dialect;
use crate::ghl::client::Scope;
use crate::ghl::endpoint::{bulk, contacts, tags};
use crate::ghl::model::{
    BulkAnswer, BulkLine, Contact, ContactId, ContactWrite, Error, FieldForm, Kind, TagChange, Written,
    normal_tag,
};
use crate::ghl::policy::Route;

/// Adds tags and touches no other. Answers the whole list afterwards.
///
/// The current API does this in one step. The article's merge-and-PUT has a window in which a tag of another client can
/// be lost, so the contact is read again after it and lost tags are added again.
pub async fn add_tags(scope: &Scope, id: &ContactId, wanted: &[String]) -> Result<Vec<String>, Error> {
    if dialect::is_current(scope) {
        let answer = tags::add(scope, id, wanted).await;
        let probe = dialect::speaks_recipe(scope, id.as_str());
        if let Some(tags) = dialect::current(scope, Route::Tags, answer, probe).await? {
            return Ok(tags);
        }
    }
    let _alone = scope.wait_for(scope.client().shared().tag_merge.lock()).await?;
    let before = listed(&contacts::get(scope, id).await?, Written::No)?;
    let merged = union(&before, wanted);
    if merged.len() == before.len() {
        return Ok(before);
    }
    let answered = listed(&put_tags(scope, id, &merged).await?, Written::Unknown);
    // The tags are written: a failed read after that is no failure.
    let Ok(contact) = contacts::get(scope, id).await else { return answered };
    let Ok(stored) = listed(&contact, Written::Unknown) else { return answered };
    let whole = union(&stored, &merged);
    if whole.len() > stored.len() {
        // Tags that another client overwrote are added again; where that fails, the answer is what is stored.
        let again = put_tags(scope, id, &whole).await.and_then(|contact| listed(&contact, Written::Unknown));
        return Ok(again.unwrap_or(stored));
    }
    Ok(stored)
}

/// The whole list of tags of an answer. A list that was not read is never replaced: its tags would be lost.
fn listed(contact: &Contact, written: Written) -> Result<Vec<String>, Error> {
    contact.listed_tags().ok_or_else(|| {
        Error::new(Kind::Unreadable, written).with_reason(
            "it shows no list of the contact's tags, and this HighLevel can only replace the whole list"
                .to_owned(),
        )
    })
}

/// Adds tags to many contacts or takes them from these, with one result for each. Without a bulk endpoint the contacts are
/// written one by one.
pub async fn change_tags_of_many(
    scope: &Scope,
    ids: &[ContactId],
    tags: &[String],
    change: TagChange,
) -> Result<BulkAnswer, Error> {
    if dialect::is_current(scope) {
        let answer = match change {
            TagChange::Add => bulk::add_tags(scope, ids, tags).await,
            TagChange::Remove => bulk::remove_tags(scope, ids, tags).await,
        };
        let probe = dialect::speaks_recipe(scope, "contact");
        if let Some(lines) = dialect::current(scope, Route::BulkTags, answer, probe).await? {
            return Ok(lines);
        }
    }
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let contact_id = id.as_str().to_owned();
        let answer = match change {
            TagChange::Add => add_tags(scope, id, tags).await,
            TagChange::Remove => take_tags(scope, id, tags).await,
        };
        lines.push(match answer {
            Ok(tags) => BulkLine {
                contact_id,
                r#type: Some("success".to_owned()),
                tags: Some(tags),
                ..BulkLine::default()
            },
            // It may have been written: the line proves nothing.
            Err(error) if error.written() != Written::No => {
                BulkLine { contact_id, message: Some(error.to_string()), ..BulkLine::default() }
            }
            Err(error) => BulkLine {
                contact_id,
                r#type: Some("error".to_owned()),
                message: Some(error.to_string()),
                ..BulkLine::default()
            },
        });
    }
    Ok(BulkAnswer { lines, ..BulkAnswer::default() })
}

async fn put_tags(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Contact, Error> {
    let write = ContactWrite { tags: Some(tags.to_vec()), ..ContactWrite::default() };
    contacts::update(scope, id, &write, FieldForm::Value).await
}

fn union(have: &[String], more: &[String]) -> Vec<String> {
    let mut all = have.to_vec();
    for tag in more {
        if !all.iter().any(|one| normal_tag(one) == normal_tag(tag)) {
            all.push(tag.clone());
        }
    }
    all
}

/// Takes tags from a contact by the article's update, which can only replace the whole list. Answers what is left.
async fn take_tags(scope: &Scope, id: &ContactId, unwanted: &[String]) -> Result<Vec<String>, Error> {
    let _alone = scope.wait_for(scope.client().shared().tag_merge.lock()).await?;
    let before = listed(&contacts::get(scope, id).await?, Written::No)?;
    let is_unwanted = |tag: &String| unwanted.iter().any(|one| normal_tag(one) == normal_tag(tag));
    let left: Vec<String> = before.iter().filter(|tag| !is_unwanted(tag)).cloned().collect();
    if left.len() == before.len() {
        return Ok(before);
    }
    listed(&put_tags(scope, id, &left).await?, Written::Unknown)
}

/// Takes tags from a contact and touches no other. Answers what is left.
pub async fn remove_tags(scope: &Scope, id: &ContactId, unwanted: &[String]) -> Result<Vec<String>, Error> {
    tags::remove(scope, id, unwanted).await
}

/// Every tag that the location knows.
pub async fn location_tags(scope: &Scope) -> Result<Vec<String>, Error> {
    tags::of_location(scope).await
}
