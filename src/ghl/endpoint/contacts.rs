//! Contacts, by HighLevel's current API.
//! Vendor: <https://marketplace.gohighlevel.com/docs/ghl/contacts/contacts>

use reqwest::Method;

use crate::ghl::client::Scope;
use crate::ghl::model::{
    Contact, ContactId, ContactWrite, DndWrite, Effect, Error, FieldForm, FieldValue, Kind, Page, Search,
    Written,
};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// `{ contact }`, as most endpoints answer.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// None where HighLevel answers `null`: it has no such contact.
    contact: Option<Contact>,
}

impl Answer for Envelope {
    fn read(mut body: Object) -> Option<Self> {
        let contact = match body.remove("contact")? {
            FieldValue::Null => None,
            contact => Some(Contact::read(contact)?),
        };
        Some(Self { contact })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_contact(self.contact.as_ref())
    }
}

/// `{ contact }` after a write: there is one, so `null` is no answer.
#[derive(Debug)]
pub(crate) struct Stored(pub(crate) Contact);

impl Answer for Stored {
    fn read(mut body: Object) -> Option<Self> {
        Contact::read(body.remove("contact")?).map(Self)
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_contact(Some(&self.0))
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
    Ok(scope.send::<Stored>(call).await?.0)
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
    Ok(scope.send::<Stored>(call.json(&write.update_body(form))?).await?.0)
}

/// [Update Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/update-contact) of do-not-disturb alone. A channel
/// that is set to `permanent` is refused.
pub(crate) async fn block(scope: &Scope, id: &ContactId, write: &DndWrite) -> Result<Contact, Error> {
    let call = Call::new("contacts.dnd", Method::PUT, Effect::Replace, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id);
    Ok(scope.send::<Stored>(call.json(&write.body())?).await?.0)
}

/// The answer of HighLevel's upsert.
#[derive(Debug)]
pub struct Upserted {
    /// HighLevel made a new contact.
    pub new: bool,
    /// The contact with what is **stored**, which may differ from what was sent (highlevel-api-docs issue 313).
    pub contact: Contact,
}

impl Answer for Upserted {
    fn read(mut body: Object) -> Option<Self> {
        let new = body.remove("new").and_then(|new| new.to_bool()).unwrap_or(false);
        Some(Self { new, contact: Contact::read(body.remove("contact")?)? })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_contact(Some(&self.contact))
    }
}

/// [Upsert Contact](https://marketplace.gohighlevel.com/docs/ghl/contacts/upsert-contact). Matches by the location's
/// duplicate policy, drops the second identifier (issue 37), replaces the primary e-mail on a match by an additional
/// one (issue 337).
pub(crate) async fn upsert(scope: &Scope, write: &ContactWrite, form: FieldForm) -> Result<Upserted, Error> {
    let body = write.create_body(scope.client().location()?, form);
    let call = Call::new("contacts.upsert", Method::POST, Effect::Create, Subject::Location)
        .at("contacts")
        .at("upsert")
        .json(&body)?;
    scope.send(call).await
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
    scope.send(call).await
}

/// What is no contact is counted. A page of nothing else is not read.
impl Answer for Page {
    fn read(mut body: Object) -> Option<Self> {
        let contacts = body.remove("contacts")?.into_list()?;
        let total = body.remove("total").or_else(|| body.remove("count"));
        let all = contacts.len();
        let contacts: Vec<_> = contacts.into_iter().filter_map(Contact::read).collect();
        let unreadable = all - contacts.len();
        (all == 0 || !contacts.is_empty()).then_some(Self {
            contacts,
            unreadable,
            total: total.and_then(|total| total.to_text()?.parse().ok()),
        })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        self.contacts.iter().find_map(|contact| asked.other_contact(Some(contact)))
    }
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
