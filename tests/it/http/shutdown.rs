//! Stopping a server.

use std::sync::atomic::Ordering;

use serde_json::json;
use tokio::net::TcpStream;

use crate::http::client::{Connection, ask, post};
use crate::http::server::{MOMENT, Server, call};

/// Starts a call that runs until it is cancelled.
async fn begin_waiting(server: &Server) -> Connection {
    let message = call("save", json!({ "wait": true }));
    let mut connection = Connection::open(server.at).await;
    connection.write(post(&message).without("connection").head().as_bytes()).await;
    connection.write(message.to_string().as_bytes()).await;
    server.fixture.started.notified().await;
    connection
}

#[tokio::test]
async fn a_stopping_server_finishes_its_calls_and_takes_no_new_ones() {
    let mut server = Server::open().await;
    let mut idle = Connection::open(server.at).await;
    idle.write(ask("GET", "/healthz").without("connection").head().as_bytes()).await;
    assert_eq!(idle.answer().await.status, 200);
    let connection = begin_waiting(&server).await;
    server.stop.cancel();
    assert!(idle.is_closed().await, "an idle connection is closed");
    while TcpStream::connect(server.at).await.is_ok() {}
    assert!(!server.fixture.cancelled.load(Ordering::SeqCst), "the call is not cancelled");
    assert!(!server.running.is_finished());
    drop(connection);
    (&mut server.running).await.unwrap();
    assert!(server.fixture.cancelled.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_stopping_server_gives_up_on_a_call_after_the_drain_time() {
    let mut server = Server::with(|options| options.limits.drain = MOMENT).await;
    let connection = begin_waiting(&server).await;
    server.stop.cancel();
    (&mut server.running).await.unwrap();
    drop(connection);
}

#[tokio::test]
async fn a_stopping_server_ends_open_streams() {
    let mut server = Server::open().await;
    let (mut connection, _) = ask("GET", "/sse").stream(server.at).await;
    assert!(connection.event().await.is_some());
    server.stop.cancel();
    assert_eq!(connection.event().await, None);
    (&mut server.running).await.unwrap();
}
