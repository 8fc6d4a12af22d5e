//! The upstream of `benches/drive/compare.py`: HighLevel with prepared answers, on a loopback port that it prints.
//!
//! `GET /bench/delay/MS` makes each later answer wait; `GET /bench/count` answers how many requests have come. Neither is
//! counted.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "the script reads the address, and the delay is real"
)]

mod highlevel;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::highlevel::HighLevel;

struct Upstream {
    highlevel: HighLevel,
    delay: AtomicU64,
    count: AtomicU64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let upstream = Arc::new(Upstream {
        highlevel: HighLevel::new(),
        delay: AtomicU64::new(0),
        count: AtomicU64::new(0),
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let upstream = Arc::clone(&upstream);
        tokio::spawn(async move {
            let service = service_fn(|request| upstream.serve(request));
            // A client that closes its connection ends this with an error.
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Upstream {
    async fn serve(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        if let Some(order) = path.strip_prefix("/bench/") {
            return Ok(Response::new(Full::from(self.control(order))));
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let (status, body) = self.highlevel.answer(parts.method.as_str(), path, &body);
        let delay = self.delay.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        let response = Response::builder()
            .status(status)
            .header("content-type", "application/json; charset=utf-8")
            .header("x-ratelimit-limit-daily", "1000000000")
            .header("x-ratelimit-daily-remaining", "999999999")
            .header("x-ratelimit-daily-reset", "80000000")
            .header("x-ratelimit-interval-milliseconds", "10000")
            .header("x-ratelimit-max", "10000000")
            .header("x-ratelimit-remaining", "9999999");
        Ok(response.body(Full::from(body)).unwrap_or_default())
    }

    fn control(&self, order: &str) -> String {
        if let Some(delay) = order.strip_prefix("delay/") {
            self.delay.store(delay.parse().unwrap_or_default(), Ordering::Relaxed);
        }
        self.count.load(Ordering::Relaxed).to_string()
    }
}
