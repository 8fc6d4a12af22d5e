//! The listening side: connections, the wire log, hooks and faults around every request.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::sandbox::faults::Fault;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes;
use crate::sandbox::state::{State, lock};

const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The connection ends here, without an answer or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cut the connection")]
pub(crate) struct Cut;

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

async fn serve(
    state: Arc<State>,
    incoming: hyper::Request<Incoming>,
) -> Result<hyper::Response<Outgoing>, Cut> {
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

/// The answer of a fault that has one.
fn spoilt(fault: Fault, mut limits: Vec<(String, String)>) -> Response {
    let mut answer = match fault {
        Fault::Status { status, body, headers, .. } => {
            let mut answer = match serde_json::from_str(&body) {
                Ok(json) => Response::json(status, json),
                Err(_) => Response::html(status, &body),
            };
            answer.headers.extend(headers);
            answer
        }
        Fault::TooManyRequests { retry_after, window_headers } => {
            if !window_headers {
                limits.clear();
            }
            for (_, left) in limits.iter_mut().filter(|(name, _)| name == "x-ratelimit-remaining") {
                "0".clone_into(left);
            }
            let answer = Response::refuse(429, "Too Many Requests");
            retry_after.into_iter().fold(answer, |answer, wait| answer.with_header("retry-after", wait))
        }
        Fault::Redirect { location } => Response::html(307, "").with_header("location", location),
        Fault::Html { status } => {
            Response::html(status, "<html><body><h1>Bad gateway</h1><p>cloudflare</p></body></html>")
        }
        Fault::HangUp { .. } | Fault::Truncate { .. } | Fault::Stall { .. } => placeholder(),
    };
    answer.headers.extend(limits);
    answer
}

fn placeholder() -> Response {
    Response::json(
        200,
        serde_json::json!({ "contact": { "id": "cut-off-before-the-end", "firstName": "Cut" } }),
    )
}

fn whole(answer: &Response) -> Result<hyper::Response<Outgoing>, Cut> {
    response(
        answer,
        Outgoing { chunks: VecDeque::from([Bytes::from(answer.body.to_text())]), ending: Ending::Whole },
    )
}

fn half(answer: &Response, limits: Vec<(String, String)>) -> Result<hyper::Response<Outgoing>, Cut> {
    let text = answer.body.to_text().into_bytes();
    let mut answer = answer.clone().with_header("content-length", text.len().to_string());
    answer.headers.extend(limits);
    let first = text.get(..text.len() / 2).unwrap_or_default().to_vec();
    response(
        &answer,
        Outgoing { chunks: VecDeque::from([Bytes::from(first)]), ending: Ending::CutAfterFlush },
    )
}

fn response(answer: &Response, body: Outgoing) -> Result<hyper::Response<Outgoing>, Cut> {
    let mut built = hyper::Response::builder().status(answer.status);
    built = built.header("content-type", answer.body.content_type());
    for (name, value) in &answer.headers {
        built = built.header(name, value);
    }
    built.body(body).map_err(|_| Cut)
}

enum Ending {
    Whole,
    /// Lets what was sent so far reach the client first.
    CutAfterFlush,
    Cut,
}

/// A body that may break off.
pub(crate) struct Outgoing {
    chunks: VecDeque<Bytes>,
    ending: Ending,
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Some(chunk) = self.chunks.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match self.ending {
            Ending::Whole => Poll::Ready(None),
            Ending::CutAfterFlush => {
                self.ending = Ending::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Cut => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self.ending {
            Ending::Whole => SizeHint::with_exact(self.chunks.iter().map(|chunk| chunk.len() as u64).sum()),
            _ => SizeHint::default(),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.ending, Ending::Whole) && self.chunks.iter().all(Bytes::is_empty)
    }
}
