//! The HTTP server: connections, and the log, the hooks and the faults around each request.

mod body;
mod contents;
mod fault_response;
mod odd_answer;

use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::sandbox::clock;
use crate::sandbox::faults::Fault;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes;
use crate::sandbox::server::body::{Body, Disconnected, truncated, whole};
use crate::sandbox::server::contents::contents;
use crate::sandbox::server::fault_response::{fault_response, placeholder};
use crate::sandbox::server::odd_answer::odd_answer;
use crate::sandbox::state::{State, lock};

const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Serves until `stop` is cancelled.
pub(crate) async fn run(listener: TcpListener, state: Arc<State>, stop: CancellationToken) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                let (state, stop) = (Arc::clone(&state), stop.clone());
                tokio::spawn(async move { stop.run_until_cancelled(connection(stream, state)).await });
            }
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Serves one connection.
async fn connection(stream: TcpStream, state: Arc<State>) {
    // Without this, a small response waits for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |incoming| serve(Arc::clone(&state), incoming));
    // An error here means that the client left, or it is a requested fault.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Serves one request.
async fn serve(
    state: Arc<State>,
    incoming: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Disconnected> {
    let request = read(incoming).await?;
    if let Some(response) = contents(&state, &request) {
        return whole(&response);
    }
    let number = lock(&state.log).add(&request);
    let hook = lock(&state.faults).take_hook(&request);
    if let Some(hook) = hook {
        hook();
    }
    let fault = lock(&state.faults).take(&request);
    let Some(fault) = fault else {
        let mut response = execute(&state, request).await?;
        response.headers.extend(headers(&state));
        lock(&state.log).set_response(number, response.status, response.body.to_value());
        return whole(&response);
    };
    let applied = if fault.applies(&request) { Some(execute(&state, request.clone()).await?) } else { None };
    let limits = headers(&state);
    let response = match fault {
        Fault::HangUp { .. } => return Err(Disconnected),
        Fault::Stall { .. } => std::future::pending().await,
        Fault::Truncate { .. } => return truncated(&applied.unwrap_or_else(placeholder), limits),
        Fault::Odd { seed, .. } => odd_answer(&state, &request, applied, seed, limits),
        other => fault_response(other, limits),
    };
    lock(&state.log).set_response(number, response.status, response.body.to_value());
    whole(&response)
}

/// The headers of every response: the limits, and the time by this CRM's clock.
fn headers(state: &State) -> Vec<(String, String)> {
    let mut headers = lock(&state.budget).headers(state.now(), &state.options);
    headers.push(("date".to_owned(), httpdate::fmt_http_date(state.now())));
    headers
}

/// Reads a request and its whole body.
async fn read(incoming: hyper::Request<Incoming>) -> Result<Request, Disconnected> {
    let (head, body) = incoming.into_parts();
    let body =
        Limited::new(body, MAX_BODY_BYTES).collect().await.map_err(|_| Disconnected)?.to_bytes().to_vec();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body,
    })
}

/// Carries a request out, also if the client leaves before the end, as a real server does.
async fn execute(state: &Arc<State>, request: Request) -> Result<Response, Disconnected> {
    let state = Arc::clone(state);
    let task = tokio::spawn(async move {
        let response = routes::serve(&state, &request).await;
        clock::pause(state.options.latency).await;
        response
    });
    task.await.map_err(|_| Disconnected)
}
