//! Tags of a contact, by the endpoints that add to and take from the set and touch no other tag.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{ContactId, Effect, Error, FieldValue};
use crate::ghl::wire::{Answer, Asked, Call, Subject};

#[derive(Debug, Deserialize)]
struct TagsAnswer {
    #[serde(default)]
    tags: FieldValue,
}

/// A contact's tags come without its id.
impl Answer for TagsAnswer {
    fn other(&self, _: Asked<'_>) -> Option<String> {
        None
    }
}

/// [Add Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/add-tags); answers the contact's whole list.
pub(crate) async fn add(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.add", Method::POST, Effect::Union, Subject::TagsOf(id.clone()))
        .at("contacts")
        .at(id)
        .at("tags");
    let answer: TagsAnswer = scope.send(call.json(&json!({ "tags": tags }))?).await?;
    Ok(answer.tags.to_texts())
}

/// [Remove Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/remove-tags): a DELETE with a body; answers what is left.
pub(crate) async fn remove(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.remove", Method::DELETE, Effect::Union, Subject::TagsOf(id.clone()))
        .at("contacts")
        .at(id)
        .at("tags");
    let answer: TagsAnswer = scope.send(call.json(&json!({ "tags": tags }))?).await?;
    Ok(answer.tags.to_texts())
}

/// [Location tags](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location-tags): every tag that the location knows.
pub(crate) async fn of_location(scope: &Scope) -> Result<Vec<String>, Error> {
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
    impl Answer for Tags {
        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call = Call::new("tags.list", Method::GET, Effect::Read, Subject::Location)
        .at("locations")
        .at(location)
        .at("tags");
    Ok(scope.send::<Tags>(call).await?.tags.into_iter().map(|tag| tag.name).collect())
}
