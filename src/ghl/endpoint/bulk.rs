//! Endpoints that change many contacts at once.

use reqwest::Method;
use serde_json::json;

use crate::ghl::client::Scope;
use crate::ghl::model::{BulkAnswer, BulkLine, ContactId, Effect, Error, FieldValue};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject, says_failed};

/// [Bulk tag update](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-association). A 2xx can hold failures:
/// read the lines.
pub(crate) async fn add_tags(scope: &Scope, ids: &[ContactId], tags: &[String]) -> Result<BulkAnswer, Error> {
    struct Bulk {
        failed: bool,
        error_count: usize,
        lines: Vec<FieldValue>,
    }
    impl Answer for Bulk {
        fn read(mut body: Object) -> Option<Self> {
            let failed = says_failed(&body);
            let error_count =
                body.remove("errorCount").and_then(|count| count.to_text()?.trim().parse().ok());
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
    let contacts: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let body =
        json!({ "contacts": contacts, "tags": tags, "locationId": scope.client().location()?.as_str() });
    let call = Call::new("tags.bulk", Method::POST, Effect::Union, Subject::Contacts(ids.to_vec()))
        .at("contacts")
        .at("bulk")
        .at("tags");
    let Bulk { failed, error_count, lines } = scope.send(call.at("update").at("add").json(&body)?).await?;
    Ok(BulkAnswer { failed, error_count, lines: lines.into_iter().filter_map(BulkLine::read).collect() })
}
