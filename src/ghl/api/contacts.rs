//! Contacts: find, read, create, update, search. What differs between the dialects is decided here.

use crate::ghl::api::dialect;
use crate::ghl::client::Scope;
use crate::ghl::endpoint::contacts::{self, Upserted};
use crate::ghl::endpoint::recipes;
use crate::ghl::model::{
    Contact, ContactId, ContactWrite, Dialect, DndWrite, Error, FieldForm, Key, Kind, Page, Search, Written,
};
use crate::ghl::policy::Route;

/// One contact, as HighLevel has it now.
pub async fn get(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    contacts::get(scope, id).await
}

/// One contact to be shown: one request for all callers that ask at once. Never for a contact that decides or verifies a
/// write: an answer that was under way before the write began would be wrong.
pub async fn get_coalesced(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    let client = scope.client();
    let read = || {
        let (scope, id) = (scope.shared(), id.clone());
        async move { contacts::get(&scope, &id).await }
    };
    let answer = client.shared().reads.join(id.clone(), read);
    let answer = scope.context().in_time(async { Ok(answer.await) }).await?;
    answer.unwrap_or_else(|| Err(Error::new(Kind::Lost, Written::No)))
}

/// What HighLevel answers to a lookup of this key, to be compared with it, and the dialect in which it answered: the current
/// API answers at most one contact; the article's search is fuzzy and answers others too.
pub async fn find(scope: &Scope, key: Key<'_>) -> Result<(Vec<Contact>, Dialect), Error> {
    if !dialect::is_current(scope) {
        return Ok((dialect::find(scope, key).await?, Dialect::Recipe));
    }
    let (name, value) = match key {
        Key::Email(email) => ("email", email),
        Key::Phone(phone) => ("number", phone),
    };
    // The article's search is asked the same question: where it answers, its answer is the one.
    let mut found = None;
    let probe = async {
        found =
            Some(recipes::search(scope, if name == "number" { "phone" } else { name }, value).await?.all()?);
        Ok(true)
    };
    let answer = contacts::duplicate(scope, name, value).await;
    if let Some(contact) = dialect::current(scope, Route::Lookup, answer, probe).await? {
        return Ok((contact.into_iter().collect(), Dialect::Current));
    }
    let found = match found {
        Some(found) => found,
        None => dialect::find(scope, key).await?,
    };
    Ok((found, Dialect::Recipe))
}

/// Creates a contact, its tags in the body.
pub async fn create(scope: &Scope, write: &ContactWrite) -> Result<Contact, Error> {
    if dialect::is_current(scope) {
        let answer = contacts::create(scope, write, field_form(scope)).await;
        let probe = dialect::speaks_recipe(scope, "contact");
        if let Some(contact) = dialect::current(scope, Route::Create, answer, probe).await? {
            return Ok(contact);
        }
    }
    recipes::create(scope, write).await
}

fn field_form(scope: &Scope) -> FieldForm {
    scope.client().shared().dialect.form()
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
    contacts::upsert(scope, write, field_form(scope)).await
}

/// Blocks channels of a contact: do not disturb. Answers what HighLevel says it stored, which is not proof.
pub async fn block(scope: &Scope, id: &ContactId, write: &DndWrite) -> Result<Contact, Error> {
    contacts::block(scope, id, write).await
}

/// Deletes a contact for good: HighLevel has no undelete.
pub async fn delete(scope: &Scope, id: &ContactId) -> Result<(), Error> {
    contacts::delete(scope, id).await
}

/// Searches. The article's search takes a free text only.
pub async fn search(scope: &Scope, search: &Search) -> Result<Page, Error> {
    if dialect::is_current(scope) {
        let answer = contacts::search(scope, search).await;
        let probe = dialect::speaks_recipe(scope, search.query.as_deref().unwrap_or("contact"));
        if let Some(page) = dialect::current(scope, Route::Search, answer, probe).await? {
            return Ok(page);
        }
    }
    let Some(query) = search.query.as_deref().filter(|_| search.filters.is_empty()) else {
        let words = "this HighLevel speaks the recipes dialect, whose search takes email, phone or query and nothing else";
        return Err(Error::new(Kind::Refused(vec![words.to_owned()]), Written::No)
            .with_upstream(Some(words.to_owned())));
    };
    let mut page = dialect::search(scope, "query", query).await?;
    page.contacts.truncate(usize::try_from(search.page_limit).unwrap_or(usize::MAX));
    Ok(page)
}
