//! What the location defines: its custom fields, its tags and its users. Each is read now, past the cache: a caller who lists
//! them may just have changed them.

use crate::contacts::error::Error;
use crate::contacts::service::Contacts;
use crate::ghl::model::{CustomField, User};
use crate::ghl::{Scope, api};

impl Contacts {
    /// The custom fields of contacts, by name. Costs one request.
    ///
    /// # Errors
    /// HighLevel's failure.
    pub async fn list_custom_fields(&self, scope: &Scope) -> Result<Vec<CustomField>, Error> {
        let mut fields = api::custom_fields(scope).await?;
        self.location.forget_definitions();
        fields.retain(|field| !field.id.is_empty());
        fields.sort_by_cached_key(|field| field.name.to_lowercase());
        Ok(fields)
    }

    /// The names of the location's tags, in order. Costs one request.
    ///
    /// # Errors
    /// HighLevel's failure.
    pub async fn list_tags(&self, scope: &Scope) -> Result<Vec<String>, Error> {
        let mut tags = api::location_tags(scope).await?;
        self.location.forget_tags();
        tags.sort_by_cached_key(|tag| tag.to_lowercase());
        Ok(tags)
    }

    /// The users of the location, by name. Costs one request.
    ///
    /// # Errors
    /// HighLevel's failure.
    pub async fn list_users(&self, scope: &Scope) -> Result<Vec<User>, Error> {
        let mut users = api::users(scope).await?;
        users.sort_by_cached_key(|user| user.name.to_lowercase());
        Ok(users)
    }
}
