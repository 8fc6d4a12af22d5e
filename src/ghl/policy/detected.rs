//! What this process has found out about the HighLevel it talks to.
//!
//! Unless configuration fixes the dialect, the current API is tried first. A 404 on a route proves nothing by itself: a
//! proxy or a deployment may answer it. A route that has answered before is known to exist, and of one that has not, the
//! article's own route is asked. Its answer in the article's shape settles the dialect, until that route is missing in
//! its turn.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::ghl::model::{Dialect, FieldForm};

const RECIPE: u8 = 1;
const FIELD_VALUE: u8 = 1;
const VALUE: u8 = 2;

/// A route of the current API in whose place the article has another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Route {
    /// `GET /contacts/search/duplicate`
    Lookup = 1,
    /// `POST /contacts/`
    Create = 2,
    /// `POST /contacts/search`
    Search = 4,
    /// `POST /contacts/{id}/tags`
    Tags = 8,
    /// `POST /contacts/bulk/tags/update/add`
    BulkTags = 16,
}

/// The dialect, and the form of custom fields that was seen to be stored.
#[derive(Debug)]
pub(crate) struct DetectedDialect {
    fixed: bool,
    dialect: AtomicU8,
    /// The routes that have answered, one bit each.
    known: AtomicU8,
    logged: AtomicBool,
    form: AtomicU8,
}

impl DetectedDialect {
    pub(crate) fn new(fixed: Option<Dialect>) -> Self {
        let recipe = u8::from(fixed == Some(Dialect::Recipe));
        Self {
            fixed: fixed.is_some(),
            dialect: AtomicU8::new(recipe),
            known: AtomicU8::new(0),
            logged: AtomicBool::new(false),
            form: AtomicU8::new(0),
        }
    }

    /// The dialect spoken at present.
    pub(crate) fn dialect(&self) -> Dialect {
        if self.dialect.load(Ordering::Relaxed) == RECIPE { Dialect::Recipe } else { Dialect::Current }
    }

    /// Remembers that this route exists.
    pub(crate) fn answered(&self, route: Route) {
        self.known.fetch_or(route as u8, Ordering::Relaxed);
    }

    /// Whether this route has answered before.
    pub(crate) fn knows(&self, route: Route) -> bool {
        self.known.load(Ordering::Relaxed) & route as u8 != 0
    }

    /// Whether a missing route may mean that the article's dialect is spoken.
    pub(crate) fn may_change(&self) -> bool {
        !self.fixed
    }

    /// Speaks the article's dialect, because its own route has answered in its shape.
    pub(crate) fn take_recipe(&self) {
        self.dialect.store(RECIPE, Ordering::Relaxed);
        if !self.logged.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "this HighLevel lacks a route of the current API; speaking the recipes dialect from now on"
            );
        }
    }

    /// Speaks the current API again, because the article's route is missing.
    pub(crate) fn leave_recipe(&self) {
        if !self.fixed {
            self.dialect.store(0, Ordering::Relaxed);
        }
    }

    /// The form in which custom fields are written at present.
    pub(crate) fn form(&self) -> FieldForm {
        if self.dialect() == Dialect::Current && self.form.load(Ordering::Relaxed) != VALUE {
            FieldForm::FieldValue
        } else {
            FieldForm::Value
        }
    }

    /// Whether a value in the present form was seen to be stored.
    pub(crate) fn form_is_proven(&self) -> bool {
        self.form.load(Ordering::Relaxed) != 0
    }

    /// Remembers the form that was seen to be stored.
    pub(crate) fn remember_form(&self, form: FieldForm) {
        let form = match form {
            FieldForm::FieldValue => FIELD_VALUE,
            FieldForm::Value => VALUE,
        };
        self.form.store(form, Ordering::Relaxed);
    }
}
