//! Endpoints that change many contacts at once.

use reqwest::Method;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{BulkLine, ContactId, Effect, Error, FieldValue};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association). A 2xx can hold failures:
/// read the lines.
pub(crate) async fn add_tags(
    scope: &Scope,
    ids: &[ContactId],
    tags: &[String],
) -> Result<Vec<BulkLine>, Error> {
    struct Bulk(Vec<FieldValue>);
    impl Answer for Bulk {
        fn read(mut body: Object) -> Option<Self> {
            body.remove("responses")?.into_list().map(Self)
        }

        fn other(&self, asked: Asked<'_>) -> Option<String> {
            let lines = self.0.iter().filter_map(|line| match line {
                FieldValue::Map(line) => line.get("contactId"),
                _ => None,
            });
            asked.other_id(lines)
        }
    }
    let contacts: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let body =
        json!({ "contacts": contacts, "tags": tags, "locationId": scope.client().location()?.as_str() });
    let call = Call::new("tags.bulk", Method::POST, Effect::Union, Subject::Contacts(ids.to_vec()))
        .at("contacts")
        .at("bulk")
        .at("tags");
    let Bulk(lines) = scope.send(call.at("update").at("add").json(&body)?).await?;
    Ok(lines.into_iter().filter_map(BulkLine::read).collect())
}
