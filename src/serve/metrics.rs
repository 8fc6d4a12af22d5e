//! What the server counts, and how Prometheus reads it. No label is anything that a client or the CRM wrote.
#![expect(clippy::disallowed_methods, reason = "the time that a call takes is measured here")]

mod page;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::serve::metrics::page::Page;

/// Upper bounds of the buckets of a histogram, in seconds.
const BOUNDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// The counters of one process. Cloning gives another handle to the same ones.
#[derive(Clone, Default)]
pub struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    calls: Family<2>,
    call_time: Histograms,
    upstream: Family<2>,
    upstream_time: Histograms,
    upstream_wait: Histograms,
    retries: Family<1>,
    http: Family<2>,
    running: AtomicU64,
    connections: AtomicU64,
    sessions: AtomicU64,
}

type Family<const N: usize> = Mutex<BTreeMap<[String; N], u64>>;
type Histograms = Mutex<BTreeMap<String, Histogram>>;

#[derive(Default)]
struct Histogram {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: Duration,
}

/// Something that is under way and counted until it is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay {
    metrics: Metrics,
    what: fn(&Inner) -> &AtomicU64,
}

/// A call that is under way.
#[derive(Debug)]
pub(crate) struct Running {
    _under_way: UnderWay,
    metrics: Metrics,
    tool: &'static str,
    began: Instant,
}

impl Metrics {
    /// A request to HighLevel ended: with a status, or without an answer.
    pub fn upstream(&self, endpoint: &str, status: Option<u16>, took: Duration) {
        let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        add(&self.inner.upstream, [endpoint, &status]);
        observe(&self.inner.upstream_time, endpoint, took);
    }

    /// A request to HighLevel is sent again.
    pub fn retried(&self, endpoint: &str) {
        add(&self.inner.retries, [endpoint]);
    }

    /// A request to HighLevel waited this long for the budget to have room.
    pub fn waited(&self, endpoint: &str, time: Duration) {
        observe(&self.inner.upstream_wait, endpoint, time);
    }

    pub(crate) fn call(&self, tool: &'static str) -> Running {
        Running {
            _under_way: self.under_way(|inner| &inner.running),
            metrics: self.clone(),
            tool,
            began: Instant::now(),
        }
    }

    pub(crate) fn answered(&self, route: &str, status: u16) {
        add(&self.inner.http, [route, &status.to_string()]);
    }

    pub(crate) fn connection(&self) -> UnderWay {
        self.under_way(|inner| &inner.connections)
    }

    pub(crate) fn session(&self) -> UnderWay {
        self.under_way(|inner| &inner.sessions)
    }

    fn under_way(&self, what: fn(&Inner) -> &AtomicU64) -> UnderWay {
        what(&self.inner).fetch_add(1, Ordering::Relaxed);
        UnderWay { metrics: self.clone(), what }
    }

    /// All of them in Prometheus's text format, version 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        let inner = &self.inner;
        let mut page = Page::default();
        page.counter("ghl_mcp_calls_total", "Tool calls", ["tool", "outcome"], &inner.calls);
        page.histogram("ghl_mcp_call_duration_seconds", "Time of a tool call", "tool", &inner.call_time);
        page.gauge("ghl_mcp_calls_running", "Tool calls under way", &inner.running);
        page.counter(
            "ghl_mcp_upstream_requests_total",
            "Requests to HighLevel; status 429 is a request over the limit",
            ["endpoint", "status"],
            &inner.upstream,
        );
        page.histogram(
            "ghl_mcp_upstream_duration_seconds",
            "Time of a request to HighLevel",
            "endpoint",
            &inner.upstream_time,
        );
        page.histogram(
            "ghl_mcp_upstream_wait_seconds",
            "Time that a request to HighLevel waited in the queue",
            "endpoint",
            &inner.upstream_wait,
        );
        page.counter(
            "ghl_mcp_upstream_retries_total",
            "Requests to HighLevel that were sent again",
            ["endpoint"],
            &inner.retries,
        );
        page.counter("ghl_mcp_http_requests_total", "HTTP requests", ["route", "status"], &inner.http);
        page.gauge("ghl_mcp_http_connections", "Open HTTP connections", &inner.connections);
        page.gauge("ghl_mcp_sse_sessions", "Open HTTP+SSE sessions", &inner.sessions);
        page.into_text()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inner")
    }
}

impl Running {
    /// Counts the call under its outcome: `ok`, or the code of its failure.
    pub(crate) fn ended(self, outcome: &str) {
        add(&self.metrics.inner.calls, [self.tool, outcome]);
        observe(&self.metrics.inner.call_time, self.tool, self.began.elapsed());
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        (self.what)(&self.metrics.inner).fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn add<const N: usize>(family: &Family<N>, labels: [&str; N]) {
    *lock(family).entry(labels.map(str::to_owned)).or_default() += 1;
}

fn observe(histograms: &Histograms, label: &str, time: Duration) {
    let mut histograms = lock(histograms);
    let histogram = histograms.entry(label.to_owned()).or_default();
    histogram.count += 1;
    histogram.sum += time;
    let seconds = time.as_secs_f64();
    for (bucket, bound) in histogram.buckets.iter_mut().zip(BOUNDS) {
        *bucket += u64::from(seconds <= bound);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::serve::metrics::Metrics;

    #[test]
    fn what_is_counted_is_shown_as_prometheus_reads_it() {
        let metrics = Metrics::default();
        metrics.call("greet").ended("ok");
        let running = metrics.call("greet");
        metrics.upstream("contacts.get", Some(429), Duration::from_millis(30));
        metrics.retried("contacts.get");
        let page = metrics.render();
        for line in [
            "# TYPE ghl_mcp_calls_total counter",
            "ghl_mcp_calls_total{tool=\"greet\",outcome=\"ok\"} 1",
            "ghl_mcp_call_duration_seconds_count{tool=\"greet\"} 1",
            "ghl_mcp_calls_running 1",
            "ghl_mcp_upstream_requests_total{endpoint=\"contacts.get\",status=\"429\"} 1",
            "ghl_mcp_upstream_duration_seconds_bucket{endpoint=\"contacts.get\",le=\"0.025\"} 0",
            "ghl_mcp_upstream_duration_seconds_bucket{endpoint=\"contacts.get\",le=\"0.05\"} 1",
            "ghl_mcp_upstream_duration_seconds_sum{endpoint=\"contacts.get\"} 0.03",
            "ghl_mcp_upstream_retries_total{endpoint=\"contacts.get\"} 1",
        ] {
            assert!(page.lines().any(|shown| shown == line), "{line} is not in\n{page}");
        }
        drop(running);
        assert!(metrics.render().contains("ghl_mcp_calls_running 0"));
    }
}
