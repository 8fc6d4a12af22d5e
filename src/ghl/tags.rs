//! Tags of a contact, by the endpoints that add to and take from the set and touch no other tag.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::ghl::call::{Call, Effect};
use crate::ghl::client::Scope;
use crate::ghl::error::Error;
use crate::ghl::id::ContactId;
use crate::ghl::model::FieldValue;

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    tags: FieldValue,
}

/// [Add Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/add-tags); answers the contact's whole list.
pub(in crate::ghl) async fn add(
    scope: &Scope,
    id: &ContactId,
    tags: &[String],
) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.add", Method::POST, Effect::Union).at("contacts").at(id).at("tags");
    let answer: Answer = call.json(&json!({ "tags": tags }))?.send(scope).await?;
    Ok(answer.tags.to_texts())
}

/// [Remove Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/remove-tags): a DELETE with a body; answers what is left.
pub async fn remove(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.remove", Method::DELETE, Effect::Union).at("contacts").at(id).at("tags");
    let answer: Answer = call.json(&json!({ "tags": tags }))?.send(scope).await?;
    Ok(answer.tags.to_texts())
}

/// What the bulk endpoint did to one contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BulkLine {
    /// The contact.
    pub contact_id: String,
    /// `success`, or what went wrong.
    pub message: Option<String>,
    /// `success` or `error`.
    pub r#type: Option<String>,
    /// Tags before.
    pub old_tags: Option<Vec<String>>,
    /// Tags that were new to it.
    pub tags_added: Option<Vec<String>>,
}

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association). A 2xx can hold failures:
/// read the lines.
pub async fn add_bulk(scope: &Scope, ids: &[ContactId], tags: &[String]) -> Result<Vec<BulkLine>, Error> {
    #[derive(Deserialize)]
    struct Bulk {
        #[serde(default)]
        responses: Vec<BulkLine>,
    }
    let contacts: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let body =
        json!({ "contacts": contacts, "tags": tags, "locationId": scope.client().location()?.as_str() });
    let call = Call::new("tags.bulk", Method::POST, Effect::Union).at("contacts").at("bulk").at("tags");
    Ok(call.at("update").at("add").json(&body)?.send::<Bulk>(scope).await?.responses)
}

/// [Location tags](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location-tags): every tag that the location knows.
pub async fn of_location(scope: &Scope) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Tag {
        #[serde(default)]
        name: String,
    }
    #[derive(Deserialize)]
    struct Tags {
        #[serde(default)]
        tags: Vec<Tag>,
    }
    let location = scope.client().location()?;
    let call = Call::new("tags.list", Method::GET, Effect::Read).at("locations").at(location).at("tags");
    Ok(call.send::<Tags>(scope).await?.tags.into_iter().map(|tag| tag.name).collect())
}
