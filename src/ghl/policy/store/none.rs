//! The store without the feature: types that have no value, so that the compiler leaves out what would use one. Each function is
//! described where the feature has it.

use std::time::Duration;

use crate::ghl::model::{Context, Error};
use crate::ghl::policy::store::replies::{Entry, Fault, Need, Place, StoreStatus, Told, Turn};

/// A store of several processes. There is none without the feature `redis`.
#[derive(Debug, Clone)]
pub enum Store {}

#[derive(Debug, Clone)]
pub(crate) enum SharedQuota {}

#[derive(Debug)]
pub(crate) enum Lease {}

#[derive(Debug, Clone)]
pub(crate) enum SharedTokens {}

#[derive(Debug)]
pub(crate) enum RefreshLock {}

impl Store {
    /// Looks at the store.
    pub async fn look(&self) -> StoreStatus {
        match *self {}
    }

    /// Waits.
    pub async fn rest(&self, _: Duration) {
        match *self {}
    }

    /// How the store was.
    #[must_use]
    pub fn status(&self) -> StoreStatus {
        match *self {}
    }
}

impl SharedQuota {
    pub(crate) fn new(store: Store, _: &str) -> Self {
        match store {}
    }

    pub(crate) async fn turn(&self) -> Turn {
        match *self {}
    }

    pub(crate) async fn record(&self) -> Option<Place> {
        match *self {}
    }

    pub(crate) async fn tell(&self, _: &Place, _: Duration, _: Told) {
        match *self {}
    }

    pub(crate) async fn give_back(&self, _: &Place) {
        match *self {}
    }
}

impl Lease {
    pub(crate) async fn take(
        store: &Store,
        _: &str,
        _: &[String],
        _: &Context,
        _: Need,
    ) -> Result<Self, Error> {
        match *store {}
    }

    pub(crate) fn holds(&self) -> bool {
        match *self {}
    }

    pub(crate) async fn declare(&self, _: &Context) -> Result<(), Error> {
        match *self {}
    }

    pub(crate) fn settled(&self) {
        match *self {}
    }

    pub(crate) async fn release(&self) {
        match *self {}
    }
}

impl SharedTokens {
    pub(crate) fn new(store: &Store, _: &str) -> Self {
        match *store {}
    }

    pub(crate) fn name(&self, _: &str, _: &str) -> String {
        match *self {}
    }

    pub(crate) async fn read(&self, _: &str) -> Result<Option<Entry>, Fault> {
        match *self {}
    }

    pub(crate) async fn write(&self, _: &str, _: &Entry, _: u64) -> Result<bool, Fault> {
        match *self {}
    }

    pub(crate) async fn try_lock(&self, _: &str) -> Result<Option<RefreshLock>, Fault> {
        match *self {}
    }

    pub(crate) async fn epoch(&self) -> Option<String> {
        match *self {}
    }
}

impl RefreshLock {
    pub(crate) fn holds(&self) -> bool {
        match *self {}
    }
}
