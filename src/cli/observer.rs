//! What the metrics count of HighLevel and of the shared store.

use std::time::Duration;

use crate::ghl::Observer;
use crate::serve::Metrics;

/// Counts requests to HighLevel, and commands to the shared store, in the metrics.
#[derive(Debug)]
pub(crate) struct MetricsObserver(pub(crate) Metrics);

impl Observer for MetricsObserver {
    fn ended(&self, endpoint: &'static str, status: Option<u16>, took: Duration) {
        self.0.upstream_ended(endpoint, status, took);
    }

    fn waited(&self, endpoint: &'static str, time: Duration) {
        self.0.upstream_waited(endpoint, time);
    }

    fn repeated(&self, endpoint: &'static str) {
        self.0.upstream_retried(endpoint);
    }

    fn store_asked(&self, verb: &'static str, answered: bool, took: Duration) {
        self.0.store_asked(verb, answered, took);
    }

    fn store_serves(&self, serves: bool) {
        self.0.store_serves(serves);
    }
}
