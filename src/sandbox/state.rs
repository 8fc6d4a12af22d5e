//! The state that all requests of a sandbox share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::sandbox::budget::Budget;
use crate::sandbox::faults::Faults;
use crate::sandbox::grants::Grants;
use crate::sandbox::options::Options;
use crate::sandbox::record::mix;
use crate::sandbox::request_log::RequestLog;
use crate::sandbox::seed;
use crate::sandbox::store::Store;

/// The shared state. Each part has its own lock, and no lock is held across an `.await`.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) store: Mutex<Store>,
    pub(crate) log: Mutex<RequestLog>,
    pub(crate) budget: Mutex<Budget>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) grants: Mutex<Grants>,
    traces: AtomicU64,
}

impl State {
    /// The state of a new sandbox.
    pub(crate) fn new(options: Options) -> Self {
        let store = seed::store(&options);
        Self {
            options,
            store: Mutex::new(store),
            log: Mutex::default(),
            budget: Mutex::default(),
            faults: Mutex::default(),
            grants: Mutex::default(),
            traces: AtomicU64::new(0),
        }
    }

    /// The present time.
    pub(crate) fn now(&self) -> SystemTime {
        self.options.clock.now()
    }

    /// A new `traceId` in the form of a UUID.
    pub(crate) fn next_trace_id(&self) -> String {
        let n = self.traces.fetch_add(1, Ordering::Relaxed);
        let (a, b) = (mix(n), mix(n ^ 0x5a5a));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a & 0xffff,
            b >> 52,
            (a >> 16) & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }
}

/// Locks a mutex, also after a thread panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
