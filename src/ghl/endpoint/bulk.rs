//! Endpoints that change many contacts at once.

use reqwest::Method;
use serde_json::{Value, json};

use crate::ghl::client::Scope;
use crate::ghl::model::{BulkAnswer, BulkLine, ContactId, Effect, Error, FieldValue};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject, says_failed};

struct Bulk {
    failed: bool,
    error_count: usize,
    lines: Vec<FieldValue>,
}

impl Answer for Bulk {
    fn read(mut body: Object) -> Option<Self> {
        let failed = says_failed(&body);
        let error_count = body.remove("errorCount").and_then(|count| count.to_text()?.trim().parse().ok());
        let lines = body.remove("responses")?.into_list()?;
        Some(Self { failed, error_count: error_count.unwrap_or(0), lines })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        let lines = self.lines.iter().filter_map(|line| match line {
            FieldValue::Map(line) => line.get("contactId"),
            _ => None,
        });
        asked.other_id(lines)
    }
}

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association), type `add`. A 2xx can hold
/// failures: read the lines.
pub(crate) async fn add_tags(scope: &Scope, ids: &[ContactId], tags: &[String]) -> Result<BulkAnswer, Error> {
    let call = Call::new("tags.bulk", Method::POST, Effect::Union, Subject::Contacts(ids.to_vec()))
        .at("contacts")
        .at("bulk")
        .at("tags")
        .at("update")
        .at("add");
    Ok(lines(scope.send(call.json(&body(scope, ids, tags)?)?).await?))
}

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association), type `remove`. It never has
/// `removeAllTags`.
pub(crate) async fn remove_tags(
    scope: &Scope,
    ids: &[ContactId],
    tags: &[String],
) -> Result<BulkAnswer, Error> {
    let call = Call::new("tags.bulk_remove", Method::POST, Effect::Union, Subject::Contacts(ids.to_vec()))
        .at("contacts")
        .at("bulk")
        .at("tags")
        .at("update")
        .at("remove");
    Ok(lines(scope.send(call.json(&body(scope, ids, tags)?)?).await?))
}

fn body(scope: &Scope, ids: &[ContactId], tags: &[String]) -> Result<Value, Error> {
    let contacts: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    Ok(json!({ "contacts": contacts, "tags": tags, "locationId": scope.client().location()?.as_str() }))
}

fn lines(Bulk { failed, error_count, lines }: Bulk) -> BulkAnswer {
    BulkAnswer { failed, error_count, lines: lines.into_iter().filter_map(BulkLine::read).collect() }
}
