//! What differs between HighLevel's current API and the recipes article, and the only file that knows.
//!
//! The article has `GET /contacts/search?locationId&email`, `POST /contacts` without a slash, no tag endpoint (tags are
//! read, merged and PUT) and custom fields as `{id, value}`. HighLevel's OpenAPI has none of these. Unless fixed by
//! configuration, the current API is tried first, and the first *route* that is missing settles it for the process.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Mutex;

use crate::ghl::client::Scope;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::id::ContactId;
use crate::ghl::model::{Contact, ContactWrite, Field, Page, Search};
use crate::ghl::tags::BulkLine;
use crate::ghl::{contacts, tags};

/// Which API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// HighLevel's OpenAPI.
    Current,
    /// The recipes article.
    Recipe,
}

/// The form in which a custom field's value is written: the OpenAPI says `field_value`, the article and several
/// reports say that only `value` is stored (GoHighLevel-MCP issue 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldForm {
    /// `{ id, field_value }`
    FieldValue,
    /// `{ id, value }`
    Value,
}

impl FieldForm {
    pub(in crate::ghl) fn key(self) -> &'static str {
        match self {
            Self::FieldValue => "field_value",
            Self::Value => "value",
        }
    }

    /// The one to try when this one was not stored.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::FieldValue => Self::Value,
            Self::Value => Self::FieldValue,
        }
    }
}

/// A key by which HighLevel finds a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// Lower-case.
    Email(&'a str),
    /// E.164.
    Phone(&'a str),
}

const RECIPE: u8 = 1;
const FIELD_VALUE: u8 = 1;
const VALUE: u8 = 2;

/// What this process has learnt of the HighLevel it talks to.
#[derive(Debug)]
pub(in crate::ghl) struct Learnt {
    fixed: bool,
    dialect: AtomicU8,
    form: AtomicU8,
    /// Held over the article's read, merge and PUT of tags, so that two of ours never undo each other.
    merging: Mutex<()>,
}

impl Learnt {
    pub(in crate::ghl) fn new(fixed: Option<Dialect>) -> Self {
        let recipe = u8::from(fixed == Some(Dialect::Recipe));
        Self {
            fixed: fixed.is_some(),
            dialect: AtomicU8::new(recipe),
            form: AtomicU8::new(0),
            merging: Mutex::new(()),
        }
    }

    fn current(&self) -> bool {
        self.dialect.load(Ordering::Relaxed) != RECIPE
    }

    /// True where the missing route means that this is the article's API.
    fn switches_on(&self, error: &Error) -> bool {
        if !error.is_route_missing() || self.fixed {
            return false;
        }
        if self.dialect.swap(RECIPE, Ordering::Relaxed) != RECIPE {
            tracing::warn!(
                "this HighLevel lacks a route of the current API; speaking the recipes dialect from now on"
            );
        }
        true
    }

    pub(in crate::ghl) fn form(&self) -> FieldForm {
        if self.current() && self.form.load(Ordering::Relaxed) != VALUE {
            FieldForm::FieldValue
        } else {
            FieldForm::Value
        }
    }
}

/// The form in which custom fields are written at present.
#[must_use]
pub fn field_form(scope: &Scope) -> FieldForm {
    scope.client().dialect().form()
}

/// Whether a value in that form has been seen to be stored by this HighLevel.
#[must_use]
pub fn field_form_is_proven(scope: &Scope) -> bool {
    scope.client().dialect().form.load(Ordering::Relaxed) != 0
}

/// Remembers the form that was seen to be stored.
pub fn remember_field_form(scope: &Scope, form: FieldForm) {
    let form = match form {
        FieldForm::FieldValue => FIELD_VALUE,
        FieldForm::Value => VALUE,
    };
    scope.client().dialect().form.store(form, Ordering::Relaxed);
}

/// The dialect spoken at present.
#[must_use]
pub fn spoken(scope: &Scope) -> Dialect {
    if scope.client().dialect().current() { Dialect::Current } else { Dialect::Recipe }
}

/// Who has this key? The current API answers at most one contact; the article's search is fuzzy, so its results are
/// compared exactly here.
pub async fn find(scope: &Scope, key: Key<'_>) -> Result<Vec<Contact>, Error> {
    let learnt = scope.client().dialect();
    if learnt.current() {
        let (name, value) = match key {
            Key::Email(email) => ("email", email),
            Key::Phone(phone) => ("number", phone),
        };
        match contacts::duplicate(scope, name, value).await {
            Err(error) if learnt.switches_on(&error) => {}
            answer => return Ok(answer?.into_iter().collect()),
        }
    }
    let (name, value) = match key {
        Key::Email(email) => ("email", email),
        Key::Phone(phone) => ("phone", phone),
    };
    let page = contacts::search_by_recipe(scope, name, value).await?;
    Ok(page.contacts.into_iter().filter(|contact| has(contact, key)).collect())
}

fn has(contact: &Contact, key: Key<'_>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match key {
        Key::Email(email) => {
            let mut all = contact.additional_emails();
            all.extend(contact.text(Field::Email));
            all.iter().any(|one| one.trim().to_lowercase() == email)
        }
        Key::Phone(phone) => {
            let mut all = contact.additional_phones();
            all.extend(contact.text(Field::Phone));
            all.iter().any(|one| digits(one) == digits(phone))
        }
    }
}

/// Creates a contact, its tags in the body.
pub async fn create(scope: &Scope, write: &ContactWrite) -> Result<Contact, Error> {
    let learnt = scope.client().dialect();
    if learnt.current() {
        match contacts::create(scope, write, learnt.form()).await {
            Err(error) if learnt.switches_on(&error) => {}
            answer => return answer,
        }
    }
    contacts::create_by_recipe(scope, write).await
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

/// Adds tags and touches no other. Answers the whole list afterwards.
///
/// The current API does this in one step. The article's merge-and-PUT has a window in which somebody else's tag can
/// be lost, so the contact is read again after it and what was lost is put back.
pub async fn add_tags(scope: &Scope, id: &ContactId, wanted: &[String]) -> Result<Vec<String>, Error> {
    let learnt = scope.client().dialect();
    if learnt.current() {
        match tags::add(scope, id, wanted).await {
            Err(error) if learnt.switches_on(&error) => {}
            answer => return answer,
        }
    }
    let _alone = tokio::select! {
        biased;
        alone = learnt.merging.lock() => alone,
        () = scope.expired() => return Err(scope.out_of_time()),
    };
    let before = contacts::get(scope, id).await?.tags();
    let merged = union(&before, wanted);
    if merged.len() == before.len() {
        return Ok(before);
    }
    let answered = put_tags(scope, id, &merged).await?.tags();
    // The tags are written: that they cannot be looked at again is no failure.
    let Ok(contact) = contacts::get(scope, id).await else { return Ok(answered) };
    let stored = contact.tags();
    let whole = union(&stored, &merged);
    if whole.len() > stored.len() {
        // What somebody else overwrote is put back; where that fails, what is stored is the answer.
        return Ok(put_tags(scope, id, &whole).await.map_or(stored, |contact| contact.tags()));
    }
    Ok(stored)
}

/// Adds tags to many contacts, and tells how each fared. Where there is no bulk endpoint, one after the other.
pub async fn add_tags_to_many(
    scope: &Scope,
    ids: &[ContactId],
    wanted: &[String],
) -> Result<Vec<BulkLine>, Error> {
    let learnt = scope.client().dialect();
    if learnt.current() {
        match tags::add_bulk(scope, ids, wanted).await {
            Err(error) if learnt.switches_on(&error) => {}
            answer => return answer,
        }
    }
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let contact_id = id.as_str().to_owned();
        lines.push(match add_tags(scope, id, wanted).await {
            Ok(_) => BulkLine { contact_id, r#type: Some("success".to_owned()), ..BulkLine::default() },
            Err(error) => BulkLine {
                contact_id,
                r#type: Some("error".to_owned()),
                message: Some(error.to_string()),
                ..BulkLine::default()
            },
        });
    }
    Ok(lines)
}

async fn put_tags(scope: &Scope, id: &ContactId, tags: &[String]) -> Result<Contact, Error> {
    let write = ContactWrite { tags: Some(tags.to_vec()), ..ContactWrite::default() };
    contacts::update(scope, id, &write, FieldForm::Value).await
}

fn union(have: &[String], more: &[String]) -> Vec<String> {
    let mut all = have.to_vec();
    for tag in more {
        if !all.iter().any(|one| one.trim().to_lowercase() == tag.trim().to_lowercase()) {
            all.push(tag.clone());
        }
    }
    all
}

/// Searches. The article's search takes a free text only.
pub async fn search(scope: &Scope, search: &Search) -> Result<Page, Error> {
    let learnt = scope.client().dialect();
    if learnt.current() {
        match contacts::search(scope, search).await {
            Err(error) if learnt.switches_on(&error) => {}
            answer => return answer,
        }
    }
    let Some(query) = search.query.as_deref().filter(|_| search.filters.is_empty()) else {
        let words = "this HighLevel speaks the recipes dialect, whose search takes email, phone or query and nothing else";
        return Err(Error::new(Kind::Refused(vec![words.to_owned()]), Happened::No)
            .with_upstream(Some(words.to_owned())));
    };
    let mut page = contacts::search_by_recipe(scope, "query", query).await?;
    page.contacts.truncate(usize::try_from(search.page_limit).unwrap_or(usize::MAX));
    Ok(page)
}
