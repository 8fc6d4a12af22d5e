//! Tags of a contact, by the endpoints that add to and take from the set and touch no other tag.

use reqwest::Method;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{ContactId, Effect, Error, FieldValue};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// A contact's whole list of tags. It comes without the contact's id; where it has one, it is compared.
struct TagsAnswer {
    tags: Vec<String>,
    ids: Vec<FieldValue>,
    location: Option<FieldValue>,
}

impl Answer for TagsAnswer {
    fn read(mut body: Object) -> Option<Self> {
        let tags = body.get("tags")?.listed_texts()?;
        let mut contact = body.remove("contact").and_then(FieldValue::into_map).unwrap_or_default();
        let ids = ["id", "_id", "contactId"].into_iter();
        let ids = ids.flat_map(|name| [body.remove(name), contact.remove(name)]).flatten().collect();
        let location = body.remove("locationId").or_else(|| contact.remove("locationId"));
        Some(Self { tags, ids, location })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_id(&self.ids).or_else(|| asked.other_location(self.location.as_ref()))
    }
}

/// [Add Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/add-tags); answers the contact's whole list.
pub(crate) async fn add(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.add", Method::POST, Effect::Union, Subject::TagsOf(id.clone()))
        .at("contacts")
        .at(id)
        .at("tags");
    let answer: TagsAnswer = scope.send(call.json(&json!({ "tags": tags }))?).await?;
    Ok(answer.tags)
}

/// [Remove Tags](https://marketplace.gohighlevel.com/docs/ghl/contacts/remove-tags): a DELETE with a body; answers what is left.
pub(crate) async fn remove(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Vec<String>, Error> {
    let call = Call::new("tags.remove", Method::DELETE, Effect::Union, Subject::TagsOf(id.clone()))
        .at("contacts")
        .at(id)
        .at("tags");
    let answer: TagsAnswer = scope.send(call.json(&json!({ "tags": tags }))?).await?;
    Ok(answer.tags)
}

/// [Location tags](https://marketplace.gohighlevel.com/docs/ghl/locations/get-location-tags): every tag that the location knows.
pub(crate) async fn of_location(scope: &Scope) -> Result<Vec<String>, Error> {
    struct Tags(Vec<String>);
    impl Answer for Tags {
        fn read(mut body: Object) -> Option<Self> {
            let name = |tag: FieldValue| tag.into_map()?.get("name")?.to_text();
            body.remove("tags")?.into_list()?.into_iter().map(name).collect::<Option<_>>().map(Self)
        }

        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let location = scope.client().location()?;
    let call = Call::new("tags.list", Method::GET, Effect::Read, Subject::Location)
        .at("locations")
        .at(location)
        .at("tags");
    Ok(scope.send::<Tags>(call).await?.0)
}
