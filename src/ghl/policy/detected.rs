//! What this process has found out about the HighLevel it talks to.
//!
//! Unless configuration fixes the dialect, the current API is tried first, and the first *route* that is missing
//! settles it for the process.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::ghl::model::{Dialect, Error, FieldForm};

const RECIPE: u8 = 1;
const FIELD_VALUE: u8 = 1;
const VALUE: u8 = 2;

/// The dialect, and the form of custom fields that was seen to be stored.
#[derive(Debug)]
pub(crate) struct DetectedDialect {
    fixed: bool,
    dialect: AtomicU8,
    form: AtomicU8,
}

impl DetectedDialect {
    pub(crate) fn new(fixed: Option<Dialect>) -> Self {
        let recipe = u8::from(fixed == Some(Dialect::Recipe));
        Self { fixed: fixed.is_some(), dialect: AtomicU8::new(recipe), form: AtomicU8::new(0) }
    }

    /// The dialect spoken at present.
    pub(crate) fn dialect(&self) -> Dialect {
        if self.dialect.load(Ordering::Relaxed) == RECIPE { Dialect::Recipe } else { Dialect::Current }
    }

    /// True where `error` says that a route of the current API is missing, so that the recipes dialect is spoken from
    /// now on.
    pub(crate) fn falls_back_on(&self, error: &Error) -> bool {
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
