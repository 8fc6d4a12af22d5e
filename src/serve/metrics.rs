//! The metrics of the server, as Prometheus scrapes them. A label never holds text that a client or the CRM wrote.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

/// The content type of [`Metrics::render`].
pub(crate) const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Upper bounds of a histogram's buckets, in seconds.
const BOUNDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

type Labels<const N: usize> = [(&'static str, Cow<'static, str>); N];
type Counters<const N: usize> = Family<Labels<N>, Counter>;
type Histograms = Family<Labels<1>, Histogram, fn() -> Histogram>;

/// The metrics of one process. A clone is another handle to the same metrics.
#[derive(Clone)]
pub struct Metrics {
    inner: Arc<Inner>,
}

struct Inner {
    registry: Registry,
    calls: Counters<2>,
    call_time: Histograms,
    calls_running: Gauge,
    upstream: Counters<2>,
    upstream_time: Histograms,
    upstream_wait: Histograms,
    upstream_retries: Counters<1>,
    store: Counters<2>,
    store_time: Histograms,
    store_faults: Gauge,
    http: Counters<2>,
    connections: Gauge,
    sessions: Gauge,
}

/// Something that a gauge counts until this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(Gauge);

/// A tool call that is running.
#[derive(Debug)]
pub(crate) struct CallTimer {
    metrics: Metrics,
    tool: &'static str,
    started: Instant,
    _in_flight: InFlight,
}

impl Default for Metrics {
    fn default() -> Self {
        // The library adds `_total` to the name of a counter.
        let mut registry = Registry::with_prefix("ghl_mcp");
        let inner = Inner {
            calls: registered(&mut registry, "calls", "Tool calls", Counters::default()),
            call_time: registered(
                &mut registry,
                "call_duration_seconds",
                "Time of a tool call",
                histograms(),
            ),
            calls_running: registered(
                &mut registry,
                "calls_running",
                "Tool calls under way",
                Gauge::default(),
            ),
            upstream: registered(
                &mut registry,
                "upstream_requests",
                "Requests to HighLevel; status 429 is a request over the limit",
                Counters::default(),
            ),
            upstream_time: registered(
                &mut registry,
                "upstream_duration_seconds",
                "Time of a request to HighLevel",
                histograms(),
            ),
            upstream_wait: registered(
                &mut registry,
                "upstream_wait_seconds",
                "Time that a request to HighLevel waited in the queue",
                histograms(),
            ),
            upstream_retries: registered(
                &mut registry,
                "upstream_retries",
                "Requests to HighLevel that were sent again",
                Counters::default(),
            ),
            store: registered(
                &mut registry,
                "store_commands",
                "Commands to the store that several processes share",
                Counters::default(),
            ),
            store_time: registered(
                &mut registry,
                "store_duration_seconds",
                "Time of a command to the store",
                histograms(),
            ),
            store_faults: registered(
                &mut registry,
                "store_faults",
                "Whether the store does not serve: contacts are not created then",
                Gauge::default(),
            ),
            http: registered(&mut registry, "http_requests", "HTTP requests", Counters::default()),
            connections: registered(
                &mut registry,
                "http_connections",
                "Open HTTP connections",
                Gauge::default(),
            ),
            sessions: registered(&mut registry, "sse_sessions", "Open HTTP+SSE sessions", Gauge::default()),
            registry,
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Metrics {
    /// Counts a request to HighLevel that has ended; `status` is none where there was no answer.
    pub fn upstream_ended(&self, endpoint: &'static str, status: Option<u16>, time: Duration) {
        let status = status.map_or(Cow::Borrowed("none"), |status| status.to_string().into());
        let labels = [("endpoint", endpoint.into()), ("status", status)];
        self.inner.upstream.get_or_create(&labels).inc();
        observe(&self.inner.upstream_time, ("endpoint", endpoint), time);
    }

    /// Counts a request to HighLevel that is sent again.
    pub fn upstream_retried(&self, endpoint: &'static str) {
        self.inner.upstream_retries.get_or_create(&[("endpoint", endpoint.into())]).inc();
    }

    /// Records how long a request to HighLevel waited for the rate limiter.
    pub fn upstream_waited(&self, endpoint: &'static str, time: Duration) {
        observe(&self.inner.upstream_wait, ("endpoint", endpoint), time);
    }

    /// Counts a command to the store that several processes share.
    pub fn store_asked(&self, verb: &'static str, answered: bool, time: Duration) {
        let outcome = if answered { "ok" } else { "failed" };
        self.inner.store.get_or_create(&[("verb", verb.into()), ("outcome", outcome.into())]).inc();
        observe(&self.inner.store_time, ("verb", verb), time);
    }

    /// Records whether the store serves.
    pub fn store_serves(&self, serves: bool) {
        self.inner.store_faults.set(i64::from(!serves));
    }

    #[expect(clippy::disallowed_methods, reason = "the time that a call takes is measured here")]
    pub(crate) fn call_started(&self, tool: &'static str) -> CallTimer {
        let in_flight = InFlight::new(&self.inner.calls_running);
        CallTimer { metrics: self.clone(), tool, started: Instant::now(), _in_flight: in_flight }
    }

    pub(crate) fn http_answered(&self, route: &'static str, status: u16) {
        let labels = [("route", route.into()), ("status", status.to_string().into())];
        self.inner.http.get_or_create(&labels).inc();
    }

    pub(crate) fn connection_opened(&self) -> InFlight {
        InFlight::new(&self.inner.connections)
    }

    pub(crate) fn session_opened(&self) -> InFlight {
        InFlight::new(&self.inner.sessions)
    }

    /// All metrics in Prometheus's text format, version 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = String::new();
        // Writing to a `String` does not fail.
        let _ = prometheus_text::encode(&mut page, &self.inner.registry);
        page
    }
}

impl CallTimer {
    /// Counts the call under its outcome: `ok`, or the code of its failure. Returns the time that it took.
    pub(crate) fn finish(self, outcome: &str) -> Duration {
        let inner = &self.metrics.inner;
        let labels = [("tool", self.tool.into()), ("outcome", outcome.to_owned().into())];
        inner.calls.get_or_create(&labels).inc();
        let took = self.started.elapsed();
        observe(&inner.call_time, ("tool", self.tool), took);
        took
    }
}

impl InFlight {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// `metric`, known to `registry`.
fn registered<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn histograms() -> Histograms {
    Family::new_with_constructor(|| Histogram::new(BOUNDS))
}

fn observe(histograms: &Histograms, (name, value): (&'static str, &'static str), time: Duration) {
    histograms.get_or_create(&[(name, value.into())]).observe(time.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::serve::metrics::Metrics;

    #[test]
    fn the_page_is_in_the_text_format_of_prometheus() {
        let metrics = Metrics::default();
        metrics.call_started("greet").finish("ok");
        let running = metrics.call_started("greet");
        metrics.upstream_ended("contacts.get", Some(429), Duration::from_millis(30));
        metrics.upstream_retried("contacts.get");
        metrics.upstream_waited("contacts.get", Duration::from_secs(1));
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
            "ghl_mcp_upstream_wait_seconds_bucket{endpoint=\"contacts.get\",le=\"1\"} 1",
            "ghl_mcp_upstream_retries_total{endpoint=\"contacts.get\"} 1",
        ] {
            assert!(page.lines().any(|shown| shown == line), "{line} is not in\n{page}");
        }
        drop(running);
        assert!(metrics.render().contains("ghl_mcp_calls_running 0"));
    }
}
