//! Contacts: find, read, create, update, search. What differs between the dialects is decided here.

use tokio_util::sync::CancellationToken;

use crate::ghl::client::Scope;
use crate::ghl::endpoint::contacts::{self, Upserted};
use crate::ghl::endpoint::recipes;
use crate::ghl::model::{
    Contact, ContactId, ContactWrite, Dialect, Error, FieldForm, Key, Kind, Page, Search, Written,
};

/// One contact, as HighLevel has it now.
pub async fn get(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    contacts::get(scope, id).await
}

/// One contact to be shown: as it was at most two seconds ago, and one request for all callers that ask at once. Never
/// for a contact that decides or verifies a write: an answer that was under way before the write began would be wrong.
pub async fn get_coalesced(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    let client = scope.client();
    let read = || {
        let (scope, id) = (client.scope(CancellationToken::new()), id.clone());
        async move { contacts::get(&scope, &id).await }
    };
    // A failure serves only those who waited for the same request.
    let answer = client.shared().reads.join(id.clone(), client.clock().now(), read, Result::is_ok);
    let answer = scope.context().in_time(async { Ok(answer.await) }).await?;
    answer.unwrap_or_else(|| Err(Error::new(Kind::Lost, Written::No)))
}

/// What HighLevel answers to a lookup of this key, to be compared with it, and the dialect in which it answered: the current
/// API answers at most one contact; the article's search is fuzzy and answers others too.
pub async fn find(scope: &Scope, key: Key<'_>) -> Result<(Vec<Contact>, Dialect), Error> {
    let dialect = &scope.client().shared().dialect;
    if dialect.dialect() == Dialect::Current {
        let (name, value) = match key {
            Key::Email(email) => ("email", email),
            Key::Phone(phone) => ("number", phone),
        };
        match contacts::duplicate(scope, name, value).await {
            Err(error) if dialect.falls_back_on(&error) => {}
            answer => return Ok((answer?.into_iter().collect(), Dialect::Current)),
        }
    }
    let (name, value) = match key {
        Key::Email(email) => ("email", email),
        Key::Phone(phone) => ("phone", phone),
    };
    Ok((recipes::search(scope, name, value).await?.contacts, Dialect::Recipe))
}

/// Creates a contact, its tags in the body.
pub async fn create(scope: &Scope, write: &ContactWrite) -> Result<Contact, Error> {
    let dialect = &scope.client().shared().dialect;
    if dialect.dialect() == Dialect::Current {
        match contacts::create(scope, write, dialect.form()).await {
            Err(error) if dialect.falls_back_on(&error) => {}
            answer => return answer,
        }
    }
    recipes::create(scope, write).await
}

/// Writes the given fields of a contact, custom fields in the given form. Answers what HighLevel says it stored,
/// which is not proof.
pub async fn update(
    scope: &Scope,
    id: &ContactId,
    write: &ContactWrite,
    form: FieldForm,
) -> Result<Contact, Error> {
    contacts::update(scope, id, write, form).await
}

/// HighLevel's own upsert; see [`Upserted`] for what its answer is worth.
pub async fn upsert(scope: &Scope, write: &ContactWrite) -> Result<Upserted, Error> {
    contacts::upsert(scope, write, scope.client().shared().dialect.form()).await
}

/// Deletes a contact for good: HighLevel has no undelete.
pub async fn delete(scope: &Scope, id: &ContactId) -> Result<(), Error> {
    contacts::delete(scope, id).await
}

/// Searches. The article's search takes a free text only.
pub async fn search(scope: &Scope, search: &Search) -> Result<Page, Error> {
    let dialect = &scope.client().shared().dialect;
    if dialect.dialect() == Dialect::Current {
        match contacts::search(scope, search).await {
            Err(error) if dialect.falls_back_on(&error) => {}
            answer => return answer,
        }
    }
    let Some(query) = search.query.as_deref().filter(|_| search.filters.is_empty()) else {
        let words = "this HighLevel speaks the recipes dialect, whose search takes email, phone or query and nothing else";
        return Err(Error::new(Kind::Refused(vec![words.to_owned()]), Written::No)
            .with_upstream(Some(words.to_owned())));
    };
    let mut page = recipes::search(scope, "query", query).await?;
    page.contacts.truncate(usize::try_from(search.page_limit).unwrap_or(usize::MAX));
    Ok(page)
}
