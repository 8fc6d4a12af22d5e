//! The listening side: connections, the wire log, hooks and faults around every request.

mod body;
mod fault_response;

use std::sync::Arc;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::sandbox::faults::Fault;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes;
use crate::sandbox::server::body::{Body, Cut, half, whole};
use crate::sandbox::server::fault_response::{placeholder, spoilt};
use crate::sandbox::state::{State, lock};

const LARGEST_BODY: usize = 10 * 1024 * 1024;

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

async fn connection(stream: TcpStream, state: Arc<State>) {
    // Small answers must not wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |incoming| serve(Arc::clone(&state), incoming));
    // An error here is a client gone or a fault on purpose.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn serve(state: Arc<State>, incoming: hyper::Request<Incoming>) -> Result<hyper::Response<Body>, Cut> {
    let request = read(incoming).await?;
    let number = lock(&state.log).open(&request);
    let hook = lock(&state.faults).take_hook(&request);
    if let Some(hook) = hook {
        hook();
    }
    let fault = lock(&state.faults).take(&request);
    let Some(fault) = fault else {
        let mut answer = carried_out(&state, request).await?;
        answer.headers.extend(lock(&state.budget).headers(state.now(), &state.options));
        lock(&state.log).close(number, answer.status, answer.body.to_value());
        return whole(&answer);
    };
    let applied = if fault.applies() { Some(carried_out(&state, request).await?) } else { None };
    let limits = lock(&state.budget).headers(state.now(), &state.options);
    let answer = match fault {
        Fault::HangUp { .. } => return Err(Cut),
        Fault::Stall { .. } => std::future::pending().await,
        Fault::Truncate { .. } => return half(&applied.unwrap_or_else(placeholder), limits),
        other => spoilt(other, limits),
    };
    lock(&state.log).close(number, answer.status, answer.body.to_value());
    whole(&answer)
}

async fn read(incoming: hyper::Request<Incoming>) -> Result<Request, Cut> {
    let (head, body) = incoming.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect().await.map_err(|_| Cut)?.to_bytes().to_vec();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body,
    })
}

/// Carries a request out to its end even where the client leaves meanwhile, as a real server does.
async fn carried_out(state: &Arc<State>, request: Request) -> Result<Response, Cut> {
    let state = Arc::clone(state);
    let work = tokio::spawn(async move { routes::serve(&state, &request).await });
    work.await.map_err(|_| Cut)
}
