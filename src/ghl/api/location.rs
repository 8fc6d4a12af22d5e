//! The location: its settings and its definitions of custom fields, and the dialect that its HighLevel speaks.

use crate::ghl::client::Scope;
use crate::ghl::endpoint::{custom_fields, locations, users};
use crate::ghl::model::{CustomField, Dialect, Error, FieldForm, Location, User};

/// The configured location: country, time zone, duplicate policy. Needs the scope `locations.readonly`.
pub async fn location(scope: &Scope) -> Result<Location, Error> {
    locations::get(scope).await
}

/// All definitions of contacts' custom fields. Needs the scope `locations/customFields.readonly`, which a token may lack.
pub async fn custom_fields(scope: &Scope) -> Result<Vec<CustomField>, Error> {
    custom_fields::list(scope).await
}

/// All users of the location. Needs the scope `users.readonly`, which a token may lack.
pub async fn users(scope: &Scope) -> Result<Vec<User>, Error> {
    users::list(scope).await
}

/// The dialect spoken at present.
#[must_use]
pub fn dialect(scope: &Scope) -> Dialect {
    scope.client().shared().dialect.dialect()
}

/// The form in which custom fields are written at present.
#[must_use]
pub fn field_form(scope: &Scope) -> FieldForm {
    scope.client().shared().dialect.form()
}

/// Whether a value in that form has been seen to be stored by this HighLevel.
#[must_use]
pub fn field_form_is_proven(scope: &Scope) -> bool {
    scope.client().shared().dialect.form_is_proven()
}

/// Remembers the form that was seen to be stored.
pub fn remember_field_form(scope: &Scope, form: FieldForm) {
    scope.client().shared().dialect.remember_form(form);
}
