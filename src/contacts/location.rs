//! What is known of the location itself: its settings, its custom fields and its tags, each read once in ten minutes.

use std::sync::Arc;
use std::time::Duration;

use crate::contacts::cache::Cached;
use crate::contacts::fields::Definitions;
use crate::ghl;
use crate::ghl::model::{Location, User};
use crate::ghl::{Error, Kind, Scope};

/// One cache for each kind of data. A token may lack the permission for any of them: then a default takes its place.
#[derive(Debug, Default)]
pub(crate) struct LocationCache {
    settings: Cached<Location>,
    definitions: Cached<Definitions>,
    tags: Cached<Option<Vec<String>>>,
    users: Cached<Option<Vec<User>>>,
}

impl LocationCache {
    /// The settings; HighLevel's defaults where the token may not read them, and careful ones where the answer cannot be
    /// read. Such an answer serves only the calls that wait for it: the next one may be whole.
    pub(crate) async fn settings(&self, scope: &Scope) -> Result<Arc<Location>, Error> {
        let load = |scope: Scope| async move {
            match ghl::api::location(&scope).await {
                Err(error) if error.is_out_of_reach() => Ok(Location::default()),
                Err(error) if *error.kind() == Kind::Unreadable => Ok(Location::unreadable()),
                answer => answer,
            }
        };
        let settings = self.settings.get(scope, now(scope), load).await?;
        if !settings.unreadable_values().is_empty() {
            self.settings.expire();
        }
        Ok(settings)
    }

    /// What the caller should know of the settings that were read last: which of them could not be read.
    pub(crate) fn warning(&self) -> Option<String> {
        let settings = self.settings.last()?;
        let values = settings.unreadable_values();
        (!values.is_empty()).then(|| {
            format!(
                "HighLevel answered settings of the location that cannot be read ({}): other contacts with the same \
                 email or phone were searched for",
                values.join(", ")
            )
        })
    }

    /// The settings as they were last read, without a request; HighLevel's defaults before the first read.
    pub(crate) fn settings_if_known(&self) -> Arc<Location> {
        self.settings.last().unwrap_or_default()
    }

    /// The definitions of custom fields; unknown where the token may not read them or this HighLevel has none.
    pub(crate) async fn definitions(&self, scope: &Scope) -> Result<Arc<Definitions>, Error> {
        let load = |scope: Scope| async move {
            match ghl::api::custom_fields(&scope).await {
                Ok(fields) => Ok(Definitions::new(fields)),
                Err(error) if error.is_out_of_reach() => {
                    tracing::warn!(
                        "custom field definitions cannot be read: custom fields go by id and unchecked"
                    );
                    Ok(Definitions::unknown())
                }
                // Not the same as a location without custom fields.
                Err(error) if *error.kind() == Kind::Unreadable => Ok(Definitions::unreadable()),
                Err(error) => Err(error),
            }
        };
        let definitions = self.definitions.get(scope, now(scope), load).await?;
        if definitions.are_unreadable() {
            self.definitions.expire();
        }
        Ok(definitions)
    }

    /// Reads the definitions again next time: a field or an option may be newer than they are.
    pub(crate) fn forget_definitions(&self) {
        self.definitions.forget();
    }

    /// All tags of the location; none where they cannot be read.
    pub(crate) async fn tags(&self, scope: &Scope) -> Option<Vec<String>> {
        let load = |scope: Scope| async move {
            match ghl::api::location_tags(&scope).await {
                Ok(tags) => Ok(Some(tags)),
                Err(error) if error.is_out_of_reach() => Ok(None),
                Err(error) => Err(error),
            }
        };
        (*self.tags.get(scope, now(scope), load).await.ok()?).clone()
    }

    /// All users of the location; none where the token may not read them.
    pub(crate) async fn users(&self, scope: &Scope) -> Result<Option<Vec<User>>, Error> {
        let load = |scope: Scope| async move {
            match ghl::api::users(&scope).await {
                Ok(users) => Ok(Some(users)),
                Err(error) if error.is_out_of_reach() => Ok(None),
                Err(error) => Err(error),
            }
        };
        Ok((*self.users.get(scope, now(scope), load).await?).clone())
    }

    /// Reads the tags again next time: a write adds one to them.
    pub(crate) fn forget_tags(&self) {
        self.tags.forget();
    }
}

fn now(scope: &Scope) -> Duration {
    scope.client().clock().now()
}
