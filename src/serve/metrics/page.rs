//! How Prometheus reads what is counted.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::serve::metrics::{BOUNDS, Family, Histogram, Histograms, lock};

/// A page of metrics, in Prometheus's text format. Writing to a `String` cannot fail, so its results are dropped.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}.\n# TYPE {name} {kind}");
    }

    pub(crate) fn counter<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        family: &Family<N>,
    ) {
        self.head(name, help, "counter");
        for (values, count) in lock(family).iter() {
            let pairs: Vec<_> =
                labels.iter().zip(values).map(|(l, v)| format!("{l}=\"{}\"", escape(v))).collect();
            let _ = writeln!(self.0, "{name}{{{}}} {count}", pairs.join(","));
        }
    }

    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: &AtomicU64) {
        self.head(name, help, "gauge");
        let _ = writeln!(self.0, "{name} {}", value.load(Ordering::Relaxed));
    }

    pub(crate) fn histogram(&mut self, name: &str, help: &str, label: &str, histograms: &Histograms) {
        self.head(name, help, "histogram");
        for (value, histogram) in lock(histograms).iter() {
            let value = escape(value);
            for (bound, count) in BOUNDS.iter().zip(histogram.buckets) {
                let _ = writeln!(self.0, "{name}_bucket{{{label}=\"{value}\",le=\"{bound}\"}} {count}");
            }
            let Histogram { count, sum, .. } = histogram;
            let _ = writeln!(self.0, "{name}_bucket{{{label}=\"{value}\",le=\"+Inf\"}} {count}");
            let _ = writeln!(self.0, "{name}_sum{{{label}=\"{value}\"}} {}", sum.as_secs_f64());
            let _ = writeln!(self.0, "{name}_count{{{label}=\"{value}\"}} {count}");
        }
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
