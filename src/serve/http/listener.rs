//! Accepts connections up to a limit, serves each on its own task, and closes them in order when the server stops.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::serve::drain::Drain;
use crate::serve::handler::McpServer;
use crate::serve::http::accounts::Accounts;
use crate::serve::http::admission::{Admission, Connections};
use crate::serve::http::connection::{ConnectionState, TimedConnection, TrackedBody};
use crate::serve::http::options::{HttpOptions, Limits};
use crate::serve::http::router::Router;
use crate::serve::metrics::Metrics;

/// Time for clients to read the responses of calls that have ended.
const FLUSH: Duration = Duration::from_secs(3);
/// Pause after `accept` failed, for example because there are no file descriptors left.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

const TOO_MANY_CONNECTIONS: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
retry-after: 5\r\nconnection: close\r\ncontent-length: 27\r\n\r\ntoo many open connections.\n";

/// Serves on `listener` until `stop` fires. Then it accepts no more requests, waits for running calls and ends open streams,
/// and returns, all within the drain time.
#[expect(clippy::disallowed_methods, reason = "the time for reading responses is measured here")]
pub async fn serve_http<S: McpServer>(
    listener: TcpListener,
    accounts: Accounts<S>,
    options: HttpOptions,
    metrics: Metrics,
    stop: CancellationToken,
) {
    let limits = options.limits;
    let servers: Vec<S> = accounts.servers().cloned().collect();
    let abort = CancellationToken::new();
    let router = Arc::new(Router::new(accounts, options, metrics, stop.clone(), abort.clone()));
    let connections = TaskTracker::new();
    accept(&listener, &router, &limits, &connections, &stop).await;
    drop(listener);
    connections.close();
    let drain = Drain::new(stop, limits.drain);
    if drain.finish(join_all(servers.iter().map(McpServer::idle))).await.is_none() {
        tracing::warn!("stopped while a call was running; its outcome is not known");
    }
    router.end_sessions();
    let _ = drain.finish(tokio::time::timeout(FLUSH, connections.wait())).await;
    abort.cancel();
    let _ = drain.finish(tokio::time::timeout(FLUSH, connections.wait())).await;
}

#[expect(clippy::disallowed_methods, reason = "the pause after a failed accept is measured here")]
async fn accept<S: McpServer>(
    listener: &TcpListener,
    router: &Arc<Router<S>>,
    limits: &Limits,
    connections: &TaskTracker,
    stop: &CancellationToken,
) {
    let open = Connections::new(limits.connections);
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => match open.admit(peer.ip()) {
                Some(admission) => {
                    let router = Arc::clone(router);
                    connections.spawn(serve_connection(stream, admission, router, *limits, stop.clone()));
                }
                None => refuse(&stream),
            },
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

async fn serve_connection<S: McpServer>(
    stream: TcpStream,
    admission: Admission,
    router: Arc<Router<S>>,
    limits: Limits,
    stop: CancellationToken,
) {
    let _open = router.metrics().connection_opened();
    // Without this, a small event waits up to 40 ms for the client's acknowledgement of the previous one.
    let _ = stream.set_nodelay(true);
    let state = ConnectionState::new(admission);
    let connection = TimedConnection::new(stream, state.clone(), limits);
    let place = state.clone();
    let service = service_fn(move |request| {
        state.request_received();
        let (router, state) = (Arc::clone(&router), state.clone());
        // hyper reserves space for this future for the whole life of a connection. Boxed, its 7 KB are allocated only
        // while a request is answered.
        Box::pin(async move {
            let response = router.respond(request, &state).await;
            Ok::<_, Infallible>(TrackedBody::of(response, state))
        })
    });
    let mut http = http1::Builder::new();
    http.max_header_size(limits.head_bytes).max_buf_size(limits.head_bytes.max(8192));
    let mut serving = std::pin::pin!(http.serve_connection(connection, service));
    // An error means that the client is gone, too slow, or does not speak HTTP: there is nothing to report.
    tokio::select! {
        ended = &mut serving => drop(ended),
        () = place.closed() => {}
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}

/// Sends 503 if that is possible without waiting, and closes the connection.
fn refuse(stream: &TcpStream) {
    let _ = stream.try_write(TOO_MANY_CONNECTIONS);
}
