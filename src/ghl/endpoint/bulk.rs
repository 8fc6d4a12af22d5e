//! Endpoints that change many contacts at once.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{BulkLine, ContactId, Effect, Error};
use crate::ghl::wire::{Answer, Asked, Call, Subject};

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association). A 2xx can hold failures:
/// read the lines.
pub(crate) async fn add_tags(
    scope: &Scope,
    ids: &[ContactId],
    tags: &[String],
) -> Result<Vec<BulkLine>, Error> {
    #[derive(Deserialize)]
    struct Bulk {
        #[serde(default)]
        responses: Vec<BulkLine>,
    }
    /// Each line names its contact; the caller finds its own by the id.
    impl Answer for Bulk {
        fn other(&self, _: Asked<'_>) -> Option<String> {
            None
        }
    }
    let contacts: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let body =
        json!({ "contacts": contacts, "tags": tags, "locationId": scope.client().location()?.as_str() });
    let call = Call::new("tags.bulk", Method::POST, Effect::Union, Subject::Location)
        .at("contacts")
        .at("bulk")
        .at("tags");
    Ok(scope.send::<Bulk>(call.at("update").at("add").json(&body)?).await?.responses)
}
