//! Notes of a contact. HighLevel has no idempotency key: a create that is sent twice makes two.

use reqwest::Method;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{ContactId, Effect, Error, FieldValue, Note};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// The contact that an item names.
fn contact_of(item: &FieldValue) -> Option<&FieldValue> {
    match item {
        FieldValue::Map(item) => item.get("contactId"),
        _ => None,
    }
}

/// [Get All Notes](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-all-notes)
pub(crate) async fn list(scope: &Scope, id: &ContactId) -> Result<Vec<Note>, Error> {
    struct Notes(Vec<FieldValue>);
    // A missing list is not an empty one.
    impl Answer for Notes {
        fn read(mut body: Object) -> Option<Self> {
            body.remove("notes")?.into_list().map(Self)
        }

        fn other(&self, asked: Asked<'_>) -> Option<String> {
            asked.other_id(self.0.iter().filter_map(contact_of))
        }
    }
    let call = Call::new("notes.list", Method::GET, Effect::Read, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id)
        .at("notes");
    Ok(scope.send::<Notes>(call).await?.0.into_iter().filter_map(Note::read).collect())
}

/// [Create Note](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-note)
pub(crate) async fn create(scope: &Scope, id: &ContactId, body: &str) -> Result<Note, Error> {
    struct Created(Note, Option<FieldValue>);
    impl Answer for Created {
        fn read(mut body: Object) -> Option<Self> {
            let note = body.remove("note")?;
            let contact = contact_of(&note).cloned();
            Some(Self(Note::read(note)?, contact))
        }

        fn other(&self, asked: Asked<'_>) -> Option<String> {
            asked.other_id(self.1.as_ref())
        }
    }
    let call = Call::new("notes.create", Method::POST, Effect::Create, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id)
        .at("notes");
    Ok(scope.send::<Created>(call.json(&json!({ "body": body }))?).await?.0)
}
