//! Connections: taken in up to a number, each on its own task, and let go in order when the server stops.
#![expect(clippy::disallowed_methods, reason = "the server's own end is timed here")]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::serve::handler::Served;
use crate::serve::http::accounts::Doors;
use crate::serve::http::connection::{Given, Link, Phase};
use crate::serve::http::options::{HttpOptions, Limits};
use crate::serve::http::router::Server;
use crate::serve::metrics::Metrics;

/// Answers of calls that have ended are given this long to be read.
const FLUSH: Duration = Duration::from_secs(3);
/// A machine that is out of file descriptors is given this long before it is asked again.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
retry-after: 5\r\nconnection: close\r\ncontent-length: 27\r\n\r\ntoo many open connections.\n";

/// Serves on `listener` until `stop` fires; then takes no more requests, waits for the calls that are running (up to
/// the drain time), ends open streams and returns.
pub async fn http<S: Served>(
    listener: TcpListener,
    doors: Doors<S>,
    options: HttpOptions,
    metrics: Metrics,
    stop: CancellationToken,
) {
    let limits = options.limits;
    let servers: Vec<S> = doors.servers().cloned().collect();
    let end = CancellationToken::new();
    let server = Arc::new(Server::new(doors, options, metrics, stop.clone(), end.clone()));
    let connections = TaskTracker::new();
    accept(&listener, &server, &limits, &connections, &stop).await;
    drop(listener);
    connections.close();
    let idle = join_all(servers.iter().map(Served::idle));
    if tokio::time::timeout(limits.drain, idle).await.is_err() {
        tracing::warn!("stopped with a call still running; its outcome is not known");
    }
    server.end_sessions();
    if tokio::time::timeout(FLUSH, connections.wait()).await.is_err() {
        end.cancel();
        let _ = tokio::time::timeout(FLUSH, connections.wait()).await;
    }
    end.cancel();
}

async fn accept<S: Served>(
    listener: &TcpListener,
    server: &Arc<Server<S>>,
    limits: &Limits,
    connections: &TaskTracker,
    stop: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => {
                    connections.spawn(connection(stream, place, Arc::clone(server), *limits, stop.clone()));
                }
                Err(_) => turn_away(&stream),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
            }
        }
    }
}

async fn connection<S: Served>(
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    server: Arc<Server<S>>,
    limits: Limits,
    stop: CancellationToken,
) {
    let _counted = server.metrics().connection_opened();
    // A small event must not wait for the client's acknowledgement of the one before: that is 40 ms.
    let _ = stream.set_nodelay(true);
    let phase = Phase::default();
    let link = Link::new(stream, phase.clone(), limits);
    let service = service_fn(move |request| {
        phase.answering();
        let (server, phase) = (Arc::clone(&server), phase.clone());
        // hyper keeps room for this future from the first to the last byte of a connection. Boxed, its 7 KB are there
        // only while something is answered.
        Box::pin(async move {
            let reply = server.answer(request).await;
            Ok::<_, Infallible>(reply.map(|body| Given::new(body, phase)))
        })
    });
    let mut http = http1::Builder::new();
    http.max_header_size(limits.head_bytes).max_buf_size(limits.head_bytes.max(8192));
    let mut serving = std::pin::pin!(http.serve_connection(link, service));
    // Errors are a client's: gone, too slow, or no HTTP.
    tokio::select! {
        ended = &mut serving => drop(ended),
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
    drop(place);
}

/// Tells a client, if it costs no waiting, that there is no place for it.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_write(FULL);
}
