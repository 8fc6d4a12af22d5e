//! Contacts, by HighLevel's current API.
//! Vendor: <https://marketplace.gohighlevel.com/docs/ghl/contacts/contacts>

use reqwest::Method;
use serde::Deserialize;

use crate::ghl::client::Scope;
use crate::ghl::model::{
    Contact, ContactId, ContactWrite, Effect, Error, FieldForm, Kind, Page, PageAnswer, Search, Written,
};
use crate::ghl::wire::{Answer, Asked, Call, Subject};

/// `{ contact }`, as most endpoints answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) contact: Option<Contact>,
}

impl Answer for Envelope {
    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_contact(self.contact.as_ref())
    }
}

impl Envelope {
    pub(crate) fn into_contact(self, written: Written) -> Result<Contact, Error> {
        self.contact.ok_or_else(|| Error::new(Kind::Unreadable, written))
    }
}

/// [Get Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-contact)
pub(crate) async fn get(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    let call = Call::new("contacts.get", Method::GET, Effect::Read, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id);
    let answer: Envelope = scope.send(call).await?;
    // A 200 with `contact: null` is HighLevel's other way to say that there is none.
    answer.contact.ok_or_else(|| Error::new(Kind::NotFound, Written::No))
}

/// [Create Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-contact). The trailing slash is part of it.
pub(crate) async fn create(scope: &Scope, write: &ContactWrite, form: FieldForm) -> Result<Contact, Error> {
    let body = write.create_body(scope.client().location()?, form);
    let call = Call::new("contacts.create", Method::POST, Effect::Create, Subject::Location)
        .at("contacts")
        .slash()
        .json(&body)?;
    scope.send::<Envelope>(call).await?.into_contact(Written::Yes)
}

/// [Update Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/update-contact): partial, but `tags` replaces all.
pub(crate) async fn update(
    scope: &Scope,
    id: &ContactId,
    write: &ContactWrite,
    form: FieldForm,
) -> Result<Contact, Error> {
    let call = Call::new("contacts.update", Method::PUT, Effect::Replace, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id);
    scope.send::<Envelope>(call.json(&write.update_body(form))?).await?.into_contact(Written::Yes)
}

/// The answer of HighLevel's upsert.
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
pub(crate) async fn upsert(scope: &Scope, write: &ContactWrite, form: FieldForm) -> Result<Upserted, Error> {
    #[derive(Deserialize)]
    struct UpsertAnswer {
        #[serde(default)]
        new: bool,
        contact: Option<Contact>,
    }
    impl Answer for UpsertAnswer {
        fn other(&self, asked: Asked<'_>) -> Option<String> {
            asked.other_contact(self.contact.as_ref())
        }
    }
    let body = write.create_body(scope.client().location()?, form);
    let call = Call::new("contacts.upsert", Method::POST, Effect::Create, Subject::Location)
        .at("contacts")
        .at("upsert")
        .json(&body)?;
    let answer: UpsertAnswer = scope.send(call).await?;
    let contact = answer.contact.ok_or_else(|| Error::new(Kind::Unreadable, Written::Yes))?;
    Ok(Upserted { new: answer.new, contact })
}

/// [Delete Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/delete-contact): for good, with no undelete.
pub(crate) async fn delete(scope: &Scope, id: &ContactId) -> Result<(), Error> {
    let call = Call::new("contacts.delete", Method::DELETE, Effect::Delete, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id);
    scope.send::<serde::de::IgnoredAny>(call).await.map(drop)
}

/// [Search Contacts](https://marketplace.gohighlevel.com/docs/ghl/contacts/search-contacts-advanced): lags writes by
/// seconds to a minute, so it never decides who a contact is.
pub(crate) async fn search(scope: &Scope, search: &Search) -> Result<Page, Error> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        location_id: &'a str,
        #[serde(flatten)]
        search: &'a Search,
    }
    let body = Body { location_id: scope.client().location()?.as_str(), search };
    let call = Call::new("contacts.search", Method::POST, Effect::Read, Subject::Location)
        .at("contacts")
        .at("search")
        .json(&body)?;
    page(scope.send(call).await?)
}

impl Answer for PageAnswer {
    fn other(&self, asked: Asked<'_>) -> Option<String> {
        self.locations().find_map(|location| asked.other_location(Some(location)))
    }
}

pub(crate) fn page(answer: PageAnswer) -> Result<Page, Error> {
    answer.into_page().ok_or_else(|| Error::new(Kind::Unreadable, Written::No))
}

/// [Get Duplicate Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-duplicate-contact) by one key,
/// `email` or `number`: immediate, unlike the search.
pub(crate) async fn duplicate(
    scope: &Scope,
    key: &'static str,
    value: &str,
) -> Result<Option<Contact>, Error> {
    let location = scope.client().location()?.as_str();
    let call = Call::new("contacts.duplicate", Method::GET, Effect::Read, Subject::Location)
        .at("contacts")
        .at("search")
        .at("duplicate");
    let answer: Envelope = scope.send(call.query("locationId", location).query(key, value)).await?;
    Ok(answer.contact)
}
