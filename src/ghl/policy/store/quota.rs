//! One quota for all processes that use it.

use std::sync::Arc;
use std::time::Duration;

use crate::ghl::policy::store::names::QuotaNames;
use crate::ghl::policy::store::replies::{Place, Reserved, Told, Turn};
use crate::ghl::policy::store::store::Store;

/// A request that leaves later than this after its place was taken is counted from then on.
const LATE: Duration = Duration::from_millis(50);

/// The quota of one group, in the store. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct SharedQuota {
    store: Store,
    names: Arc<QuotaNames>,
}

impl SharedQuota {
    /// `group` names the quota: by default the location.
    pub(crate) fn new(store: Store, group: &str) -> Self {
        let names = Arc::new(QuotaNames::new(&store.key().name("quota", group)));
        Self { store, names }
    }

    /// Takes the next free place, or says when there is one.
    pub(crate) async fn turn(&self) -> Turn {
        let part = || Turn::Part(self.store.replicas());
        let Ok(epoch) = self.store.epoch_if_it_serves().await else { return part() };
        let asked = self.store.clock().now();
        if asked < self.store.log_from(&epoch) {
            return part();
        }
        let name = self.store.new_name();
        match self.reserve(&name, false).await {
            Some(Reserved::Now { max, length }) => Turn::Now(Place { name, asked }, max, length),
            Some(Reserved::After(wait)) => Turn::After(wait),
            None => part(),
        }
    }

    /// Writes a request that leaves now into the log, so that the log is whole when it is believed again.
    pub(crate) async fn record(&self) -> Option<Place> {
        self.store.epoch_if_it_serves().await.ok()?;
        let place = Place { name: self.store.new_name(), asked: self.store.clock().now() };
        self.reserve(&place.name, true).await?;
        Some(place)
    }

    async fn reserve(&self, name: &str, in_any_case: bool) -> Option<Reserved> {
        self.store.timed("reserve", self.store.backend().reserve(&self.names, name, in_any_case)).await.ok()
    }

    /// Tells what an answer says. The request left at `sent`.
    pub(crate) async fn tell(&self, place: &Place, sent: Duration, told: Told) {
        let late = Some(sent.saturating_sub(place.asked)).filter(|late| *late >= LATE).unwrap_or_default();
        let told = Told { late, ..told };
        if told == Told::default() || self.store.epoch_if_it_serves().await.is_err() {
            return;
        }
        // A failure is remembered by the store; the log keeps the place.
        let _ = self.store.timed("tell", self.store.backend().tell(&self.names, &place.name, &told)).await;
    }

    /// The request does not leave.
    pub(crate) async fn give_back(&self, place: &Place) {
        if self.store.epoch_if_it_serves().await.is_ok() {
            let work = self.store.backend().give_back(&self.names, &place.name);
            let _ = self.store.timed("give_back", work).await;
        }
    }
}
