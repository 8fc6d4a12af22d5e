//! The endpoints of the recipes article, which HighLevel's OpenAPI does not have.

use reqwest::Method;

use crate::ghl::client::Scope;
use crate::ghl::endpoint::contacts::Stored;
use crate::ghl::model::{Contact, ContactWrite, Effect, Error, FieldForm, Page};
use crate::ghl::wire::{Call, Subject};

/// The [article](https://rocketlauncher.ai/api/contacts-create-update-recipes)'s create: no trailing slash.
pub(crate) async fn create(scope: &Scope, write: &ContactWrite) -> Result<Contact, Error> {
    let body = write.create_body(scope.client().location()?, FieldForm::Value);
    let call = Call::new("contacts.create", Method::POST, Effect::Create, Subject::Location)
        .at("contacts")
        .json(&body)?;
    Ok(scope.send::<Stored>(call).await?.0)
}

/// The [article](https://rocketlauncher.ai/api/contacts-create-update-recipes)'s `GET /contacts/search?locationId&email`.
pub(crate) async fn search(scope: &Scope, key: &'static str, value: &str) -> Result<Page, Error> {
    let location = scope.client().location()?.as_str();
    let call = Call::new("contacts.search", Method::GET, Effect::Read, Subject::Location)
        .at("contacts")
        .at("search");
    scope.send(call.query("locationId", location).query(key, value)).await
}
