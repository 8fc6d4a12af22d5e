//! Contacts, by HighLevel's current API.
//! Vendor: <https://marketplace.gohighlevel.com/docs/ghl/contacts/contacts>

use reqwest::Method;
use serde::Deserialize;

use crate::ghl::call::{Call, Effect};
use crate::ghl::client::Scope;
use crate::ghl::dialect::FieldForm;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::id::ContactId;
use crate::ghl::model::PageAnswer;
use crate::ghl::model::{Contact, ContactWrite, Page, Search};
use crate::ghl::share;

/// `{ contact }`, as most endpoints answer.
#[derive(Debug, Deserialize)]
pub(in crate::ghl) struct Envelope {
    pub(in crate::ghl) contact: Option<Contact>,
}

impl Envelope {
    fn into_contact(self, happened: Happened) -> Result<Contact, Error> {
        self.contact.ok_or_else(|| Error::new(Kind::Unreadable, happened))
    }
}

/// [Get Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-contact)
pub async fn get(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    let call = Call::new("contacts.get", Method::GET, Effect::Read).at("contacts").at(id).about_a_contact();
    let answer: Envelope = call.send(scope).await?;
    // A 200 with `contact: null` is HighLevel's other way to say that there is none.
    answer.contact.ok_or_else(|| Error::new(Kind::NotFound, Happened::No))
}

/// The same for whoever looks at it: as it was at most two seconds ago, and one request for all who ask at once.
pub async fn get_recent(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    share::get(scope, id).await
}

/// [Create Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-contact). The trailing slash is part of it.
pub(in crate::ghl) async fn create(
    scope: &Scope,
    write: &ContactWrite,
    form: FieldForm,
) -> Result<Contact, Error> {
    let body = write.create_body(scope.client().location()?, form);
    let call =
        Call::new("contacts.create", Method::POST, Effect::Create).at("contacts").slash().json(&body)?;
    call.send::<Envelope>(scope).await?.into_contact(Happened::Yes)
}

/// The article's create: no trailing slash.
pub(in crate::ghl) async fn create_by_recipe(scope: &Scope, write: &ContactWrite) -> Result<Contact, Error> {
    let body = write.create_body(scope.client().location()?, FieldForm::Value);
    let call = Call::new("contacts.create", Method::POST, Effect::Create).at("contacts").json(&body)?;
    call.send::<Envelope>(scope).await?.into_contact(Happened::Yes)
}

/// [Update Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/update-contact): partial, but `tags` replaces all.
pub(in crate::ghl) async fn update(
    scope: &Scope,
    id: &ContactId,
    write: &ContactWrite,
    form: FieldForm,
) -> Result<Contact, Error> {
    let call =
        Call::new("contacts.update", Method::PUT, Effect::Replace).at("contacts").at(id).about_a_contact();
    call.json(&write.update_body(form))?.send::<Envelope>(scope).await?.into_contact(Happened::Yes)
}

/// What [`upsert`] answers.
#[derive(Debug)]
pub struct Upserted {
    /// HighLevel made a new contact.
    pub new: bool,
    /// The contact, which **echoes** what was sent even where it was not stored (highlevel-api-docs issue 313).
    pub contact: Contact,
}

/// [Upsert Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/upsert-contact). Matches by the location's
/// duplicate policy, drops the second identifier (issue 37), replaces the primary e-mail on a match by an additional
/// one (issue 337).
pub async fn upsert(scope: &Scope, write: &ContactWrite) -> Result<Upserted, Error> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        new: bool,
        contact: Option<Contact>,
    }
    let body = write.create_body(scope.client().location()?, scope.client().dialect().form());
    let call =
        Call::new("contacts.upsert", Method::POST, Effect::Create).at("contacts").at("upsert").json(&body)?;
    let answer: Answer = call.send(scope).await?;
    let contact = answer.contact.ok_or_else(|| Error::new(Kind::Unreadable, Happened::Yes))?;
    Ok(Upserted { new: answer.new, contact })
}

/// [Delete Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/delete-contact): for good, with no undelete.
pub async fn delete(scope: &Scope, id: &ContactId) -> Result<(), Error> {
    let call =
        Call::new("contacts.delete", Method::DELETE, Effect::Delete).at("contacts").at(id).about_a_contact();
    call.send::<serde::de::IgnoredAny>(scope).await.map(drop)
}

/// [Search Contacts](https://marketplace.gohighlevel.com/docs/ghl/contacts/search-contacts-advanced): lags writes by
/// seconds to a minute, so it never decides who a contact is.
pub(in crate::ghl) async fn search(scope: &Scope, search: &Search) -> Result<Page, Error> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        location_id: &'a str,
        #[serde(flatten)]
        search: &'a Search,
    }
    let body = Body { location_id: scope.client().location()?.as_str(), search };
    let call =
        Call::new("contacts.search", Method::POST, Effect::Read).at("contacts").at("search").json(&body)?;
    page(call.send(scope).await?)
}

/// The article's `GET /contacts/search?locationId&email`.
pub(in crate::ghl) async fn search_by_recipe(
    scope: &Scope,
    key: &'static str,
    value: &str,
) -> Result<Page, Error> {
    let location = scope.client().location()?.as_str();
    let call = Call::new("contacts.search", Method::GET, Effect::Read).at("contacts").at("search");
    page(call.query("locationId", location).query(key, value).send(scope).await?)
}

fn page(answer: PageAnswer) -> Result<Page, Error> {
    answer.into_page().ok_or_else(|| Error::new(Kind::Unreadable, Happened::No))
}

/// [Get Duplicate Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-duplicate-contact) by one key,
/// `email` or `number`: immediate, unlike the search.
pub(in crate::ghl) async fn duplicate(
    scope: &Scope,
    key: &'static str,
    value: &str,
) -> Result<Option<Contact>, Error> {
    let location = scope.client().location()?.as_str();
    let call = Call::new("contacts.duplicate", Method::GET, Effect::Read)
        .at("contacts")
        .at("search")
        .at("duplicate");
    let answer: Envelope = call.query("locationId", location).query(key, value).send(scope).await?;
    Ok(answer.contact)
}
