//! Owns: identity, lookup, the plan of a write, its verification and receipt, custom fields, the search grammar, and
//! the slim contact that a model sees.
//! May import: `ghl`.
//! Never: sends (it asks `ghl`), knows of MCP, changes a value on its way in beyond the normal form of a key.
//! Tests: `tests/it/tools/`, the properties beside the code.

mod cache;
mod error;
pub mod fields;
pub mod identity;
mod operation;
pub mod query;
pub mod value;
pub mod view;
pub mod write;

use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::contacts::cache::Cached;
use crate::contacts::fields::Definitions;
use crate::contacts::identity::locks::{Held, Locks};
use crate::contacts::identity::lookup::Keys;
use crate::contacts::value::phone::{Country, Email, Phone};
use crate::ghl;
use crate::ghl::model::{Contact, Location};
use crate::ghl::{Client, LocationId, Scope};

pub use crate::contacts::error::Error;
pub use crate::contacts::operation::search::Found;
pub use crate::contacts::operation::tags::{Tagged, Tagging, Target};
pub use crate::contacts::operation::upsert::Upsert;

/// How a location's contacts are worked on.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The country of phones written without its code; else the location's own.
    pub country: Option<Country>,
    /// One request by HighLevel's own upsert instead of the safe one.
    pub native_upsert: bool,
}

/// The contacts of one location.
#[derive(Debug)]
pub struct Contacts {
    client: Client,
    options: Options,
    locks: Locks,
    location: Cached<Location>,
    seen_location: Mutex<Arc<Location>>,
    definitions: Cached<Option<Arc<Definitions>>>,
    tags: Cached<Option<Vec<String>>>,
}

impl Contacts {
    /// Makes no request.
    #[must_use]
    pub fn new(client: Client, options: Options) -> Self {
        Self {
            client,
            options,
            locks: Locks::default(),
            location: Cached::default(),
            seen_location: Mutex::default(),
            definitions: Cached::default(),
            tags: Cached::default(),
        }
    }

    /// Opens the scope of one call: its deadline runs from now, its requests are counted.
    #[must_use]
    pub fn scope(&self, cancel: CancellationToken) -> Scope {
        self.client.scope(cancel)
    }

    /// The location whose contacts these are.
    ///
    /// # Errors
    /// Where none is configured.
    pub fn location_id(&self) -> Result<&LocationId, Error> {
        Ok(self.client.location()?)
    }

    /// Definitions of custom fields, read once in ten minutes; none where the token may not read them, or this
    /// HighLevel does not have them.
    ///
    /// # Errors
    /// HighLevel's failure.
    pub async fn definitions(&self, scope: &Scope) -> Result<Option<Arc<Definitions>>, Error> {
        let load = async {
            match ghl::custom_fields::list(scope).await {
                Ok(fields) => Ok(Some(Arc::new(Definitions::new(fields)))),
                Err(error) if error.is_out_of_reach() => {
                    tracing::warn!(
                        "custom field definitions cannot be read: custom fields go by id and unchecked"
                    );
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        };
        Ok((*self.definitions.get(self.client.clock().now(), load).await?).clone())
    }

    /// Definitions where they have been read already: no request is spent on showing names.
    pub async fn definitions_at_hand(&self) -> Option<Arc<Definitions>> {
        (*self.definitions.kept(self.client.clock().now()).await?).clone()
    }

    /// Definitions where `contact` needs them to be shown by name; their failure costs the names, not the answer.
    pub async fn definitions_to_show(&self, scope: &Scope, contacts: &[Contact]) -> Option<Arc<Definitions>> {
        if contacts.iter().all(|contact| contact.custom_fields().is_empty()) {
            return None;
        }
        self.definitions(scope).await.ok().flatten()
    }

    /// The location's settings, read once in ten minutes; HighLevel's defaults where the token may not read them.
    async fn location(&self, scope: &Scope) -> Result<Arc<Location>, Error> {
        let load = async {
            match ghl::locations::get(scope).await {
                Err(error) if error.is_out_of_reach() => Ok(Location::default()),
                answer => answer,
            }
        };
        let location = self.location.get(self.client.clock().now(), load).await?;
        *self.seen_location.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&location);
        Ok(location)
    }

    /// The settings as they were last read, without a request; HighLevel's defaults before that.
    fn location_if_known(&self) -> Arc<Location> {
        Arc::clone(&self.seen_location.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every tag of the location, read once in ten minutes; none where the token may not read them.
    async fn location_tags(&self, scope: &Scope) -> Option<Vec<String>> {
        let load = async {
            match ghl::tags::of_location(scope).await {
                Ok(tags) => Ok(Some(tags)),
                Err(error) if error.is_out_of_reach() => Ok(None),
                Err(error) => Err(error),
            }
        };
        (*self.tags.get(self.client.clock().now(), load).await.ok()?).clone()
    }

    /// The keys in normal form. A phone without a country code costs a look at the location, where no country is
    /// configured.
    async fn keys(&self, scope: &Scope, email: Option<&str>, phone: Option<&str>) -> Result<Keys, Error> {
        let email = email.map(Email::parse).transpose()?;
        let phone = match phone {
            None => None,
            Some(phone) if Phone::is_international(phone) => Some(Phone::parse(phone, None)?),
            Some(phone) => Some(Phone::parse(phone, self.country(scope).await?)?),
        };
        Ok(Keys { email, phone })
    }

    async fn country(&self, scope: &Scope) -> Result<Option<Country>, Error> {
        if self.options.country.is_some() {
            return Ok(self.options.country);
        }
        Ok(self.location(scope).await?.country.as_deref().and_then(Country::parse))
    }

    fn is_native(&self) -> bool {
        self.options.native_upsert
    }

    /// Waits for every other writer of these keys; the wait counts against the call's deadline.
    async fn lock(&self, scope: &Scope, keys: &Keys) -> Result<Held, Error> {
        let names = [
            keys.email.as_ref().map(|email| format!("email {email}")),
            keys.phone.as_ref().map(|phone| format!("phone {phone}")),
        ];
        tokio::select! {
            biased;
            held = self.locks.take(names.into_iter().flatten().collect()) => Ok(held),
            () = scope.expired() => Err(scope.out_of_time().into()),
        }
    }
}
