//! A server that is told to stop.

use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::net::TcpStream;

use crate::http::client::{Line, ask, post};
use crate::http::server::{MOMENT, Server, call};

/// Begins a call that goes on until it is cancelled.
async fn begin_waiting(server: &Server) -> Line {
    let message = call("save", json!({ "wait": true }));
    let mut line = Line::open(server.at).await;
    line.write(post(&message).without("connection").head().as_bytes()).await;
    line.write(message.to_string().as_bytes()).await;
    server.stage.started.notified().await;
    line
}

#[tokio::test]
async fn a_call_that_runs_is_waited_for_and_no_new_one_is_taken() {
    let mut server = Server::open().await;
    let mut idle = Line::open(server.at).await;
    idle.write(ask("GET", "/healthz").without("connection").head().as_bytes()).await;
    assert_eq!(idle.answer().await.status, 200);
    let line = begin_waiting(&server).await;
    server.stop.cancel();
    assert!(idle.is_closed().await, "a connection that rests is closed");
    while TcpStream::connect(server.at).await.is_ok() {}
    assert!(!server.stage.cancelled.load(Ordering::SeqCst), "the call is not cancelled");
    assert!(!server.running.is_finished());
    drop(line);
    (&mut server.running).await.unwrap();
    assert!(server.stage.cancelled.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_call_that_does_not_end_is_not_waited_for_for_ever() {
    let mut server = Server::with(|options| options.limits.drain = MOMENT).await;
    let line = begin_waiting(&server).await;
    server.stop.cancel();
    (&mut server.running).await.unwrap();
    drop(line);
}

#[tokio::test]
async fn open_streams_end() {
    let mut server = Server::open().await;
    let (mut line, _) = ask("GET", "/sse").stream(server.at).await;
    assert!(line.event().await.is_some());
    server.stop.cancel();
    assert_eq!(line.event().await, None);
    (&mut server.running).await.unwrap();
}
