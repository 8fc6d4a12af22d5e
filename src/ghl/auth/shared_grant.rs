//! An app's tokens in the store that several processes share. A file beside it only gives the first ones.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret as _, SecretSlice};

use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::auth::store_error::StoreError;
use crate::ghl::auth::token_content::{Content, Saved, Seen, Version};
use crate::ghl::auth::token_file::{TokenFile, blocking};
use crate::ghl::model::LocationId;
use crate::ghl::policy::{Entry, Fault, RefreshLock, SharedTokens, Store};

/// The kinds of entries: tokens of a sub-account, tokens of an agency, and which agency the app was authorised for last.
const LOCATION: &str = "location";
const AGENCY: &str = "agency";
const LAST_AGENCY: &str = "last agency";

/// The tokens of an app for one location, in the store that several processes share. Clones are the same.
#[derive(Debug, Clone)]
pub struct SharedGrant {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    client_id: String,
    location: Option<LocationId>,
    seed: Option<TokenFile>,
    tokens: OnceLock<SharedTokens>,
    /// The name of the entry, once it is known.
    name: Mutex<Option<String>>,
}

/// The right to refresh, and to write what came of it.
#[derive(Debug)]
pub(crate) struct SharedLock {
    lock: RefreshLock,
    grant: SharedGrant,
}

impl SharedGrant {
    #[cfg(feature = "redis")]
    pub(crate) fn new(client_id: &str, location: Option<LocationId>, seed: Option<TokenFile>) -> Self {
        let (tokens, name) = (OnceLock::new(), Mutex::default());
        Self { inner: Arc::new(Inner { client_id: client_id.to_owned(), location, seed, tokens, name }) }
    }

    /// Says which store it is. The first one stays.
    pub(crate) fn join(&self, store: &Store) {
        self.inner.tokens.get_or_init(|| SharedTokens::new(store, &self.inner.client_id));
    }

    pub(crate) fn seed(&self) -> Option<&TokenFile> {
        self.inner.seed.as_ref()
    }

    fn tokens(&self) -> Result<&SharedTokens, Fault> {
        self.inner.tokens.get().ok_or(Fault::Unreachable)
    }

    fn known_name(&self) -> Option<String> {
        self.inner.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn know_name(&self, name: String) {
        *self.inner.name.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
    }

    pub(crate) async fn read(&self) -> Result<Content, StoreError> {
        let name = match self.known_name() {
            Some(name) => name,
            None => self.find().await?,
        };
        let entry = self.tokens()?.read(&name).await?.ok_or(StoreError::NoEntry)?;
        self.know_name(name.clone());
        Ok(Content { text: entry.text, seen: Seen::Shared(Version::of(name, entry.version)) })
    }

    /// The name of the entry: of the owner of the file's tokens; else of the location, or of the agency that the app was authorised
    /// for last.
    async fn find(&self) -> Result<String, StoreError> {
        if let Some(name) = self.put_seed().await? {
            return Ok(name);
        }
        let tokens = self.tokens()?;
        let own = self.inner.location.as_ref().map_or_else(String::new, ToString::to_string);
        let name = tokens.name(LOCATION, &own);
        if tokens.read(&name).await?.is_some() {
            return Ok(name);
        }
        let last = tokens.read(&tokens.name(LAST_AGENCY, "")).await?.ok_or(StoreError::NoEntry)?;
        let agency = std::str::from_utf8(last.text.expose_secret()).map_err(|_| StoreError::Corrupt)?;
        Ok(tokens.name(AGENCY, agency))
    }

    /// Puts the tokens of the file into the store where it has none, or older ones: a person has authorised the app again since.
    async fn put_seed(&self) -> Result<Option<String>, StoreError> {
        let Some(seed) = self.seed().cloned() else { return Ok(None) };
        let Some(text) = blocking(move || seed.read_seed()).await? else { return Ok(None) };
        // Its age is not asked for, so the time does not matter.
        let stored = Grant::from_store(&text, &self.inner.client_id, UNIX_EPOCH)?;
        let name = self.name_of(&stored.grant)?;
        let version = Version::of(name.clone(), millis(stored.issued));
        self.put(&stored.grant, text, &version).await?;
        Ok(Some(name))
    }

    fn name_of(&self, grant: &Grant) -> Result<String, Fault> {
        let own = self.inner.location.as_ref().map(ToString::to_string);
        let tokens = self.tokens()?;
        Ok(match grant.user_type {
            UserType::Location => tokens.name(LOCATION, &grant.location.clone().or(own).unwrap_or_default()),
            UserType::Company => tokens.name(AGENCY, grant.company.as_deref().unwrap_or_default()),
        })
    }

    /// Writes tokens unless later ones stand there. Whether it did.
    pub(crate) async fn put(
        &self,
        grant: &Grant,
        text: SecretSlice<u8>,
        version: &Version,
    ) -> Result<bool, StoreError> {
        self.name_agency(grant, version.number, 0).await?;
        let entry = Entry { version: version.number, text };
        Ok(self.tokens()?.write(&version.entry, &entry, version.follows).await?)
    }

    /// Says which agency these tokens are of, unless one was named later than `follows`.
    async fn name_agency(&self, grant: &Grant, number: u64, follows: u64) -> Result<(), StoreError> {
        let (UserType::Company, Some(company)) = (grant.user_type, &grant.company) else { return Ok(()) };
        let tokens = self.tokens()?;
        let named = Entry { version: number, text: SecretSlice::from(company.clone().into_bytes()) };
        tokens.write(&tokens.name(LAST_AGENCY, ""), &named, follows).await?;
        Ok(())
    }

    /// The entry of a new authorisation, and the number of the content that it replaces.
    async fn replaced_by(&self, grant: &Grant, now: u64) -> Result<(String, u64), StoreError> {
        self.name_agency(grant, now, now).await?;
        let name = self.name_of(grant)?;
        let number = self.tokens()?.read(&name).await?.map_or(0, |entry| entry.version);
        Ok((name, number))
    }

    /// Nothing where another process refreshes the same tokens. Before they were read it is the lock of a new authorisation.
    pub(crate) async fn try_lock(&self) -> Result<Option<SharedLock>, StoreError> {
        let tokens = self.tokens()?;
        let name = self.known_name().unwrap_or_else(|| tokens.name("new", ""));
        let lock = tokens.try_lock(&name).await?;
        Ok(lock.map(|lock| SharedLock { lock, grant: self.clone() }))
    }

    /// The store's epoch while it serves: another one after a loss.
    pub(crate) async fn epoch(&self) -> Option<String> {
        self.tokens().ok()?.epoch().await
    }
}

impl SharedLock {
    /// Whether it is held, for certain: another process may refresh otherwise.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.lock.holds() { Ok(()) } else { Err(Fault::TimedOut.into()) }
    }

    /// Writes a grant that follows this content, or that of a new authorisation, which follows whatever there is.
    pub(crate) async fn write(
        self,
        grant: &Grant,
        text: SecretSlice<u8>,
        follows: Option<Seen>,
        now: SystemTime,
    ) -> Saved {
        let now = millis(now.duration_since(UNIX_EPOCH).unwrap_or_default());
        let known = match follows {
            Some(Seen::Shared(known)) => Ok((known.entry, known.number)),
            _ => self.grant.replaced_by(grant, now).await,
        };
        let (entry, follows) = match known {
            Ok(known) => known,
            Err(error) => return Saved { seen: None, outcome: Err(error) },
        };
        let number = now.max(follows + 1);
        let version = Version { entry, number, follows };
        let outcome = self.grant.put(grant, text, &version).await;
        // What stays is later than what this process knows of, and is read again.
        let seen = (!matches!(outcome, Ok(false))).then_some(Seen::Shared(version));
        Saved { seen, outcome }
    }
}

/// Milliseconds, as versions are counted in.
fn millis(since_1970: Duration) -> u64 {
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
