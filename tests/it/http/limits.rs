//! The limits on one client, and that other clients are still served. The timeouts are short here, so that the specs are
//! quick.

use crate::http::client::{Connection, ask, post};
use crate::http::server::{MOMENT, Server, greet};

#[tokio::test]
async fn a_body_above_the_limit_is_refused_with_and_without_a_length() {
    let server = Server::open().await;
    let large = vec![b'x'; 5 * 1024 * 1024];
    assert_eq!(server.ask(post(&greet("J")).body(large.clone())).await.status, 413);
    let mut chunked = format!("{:x}\r\n", large.len()).into_bytes();
    chunked.extend(&large);
    let request =
        post(&greet("J")).body(chunked).without("content-length").with("transfer-encoding", "chunked");
    assert_eq!(server.ask(request).await.status, 413);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn an_announced_length_above_the_limit_is_refused_at_once() {
    let server = Server::open().await;
    let mut connection = Connection::open(server.at).await;
    let request = post(&greet("J")).without("connection").with("content-length", "1048577");
    connection.write(request.head().as_bytes()).await;
    assert_eq!(connection.answer().await.status, 413);
}

#[tokio::test]
async fn an_incomplete_body_times_out() {
    let server = Server::with(|options| options.limits.body_time = MOMENT).await;
    let mut connection = Connection::open(server.at).await;
    connection.write(post(&greet("J")).without("connection").head().as_bytes()).await;
    connection.write(b"{\"jsonrpc\"").await;
    assert_eq!(connection.answer().await.status, 408);
    assert!(connection.is_closed().await);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_body_that_the_client_cuts_off_calls_no_tool() {
    let server = Server::open().await;
    for length in [10, 40] {
        let body = greet("J").to_string();
        let mut connection = Connection::open(server.at).await;
        connection.write(post(&greet("J")).without("connection").head().as_bytes()).await;
        connection.write(&body.as_bytes()[..length]).await;
        connection.finish_writing().await;
        // The server may have closed the connection already.
        assert!([0, 400].contains(&connection.answer().await.status));
    }
    assert!(server.is_well().await);
    assert!(server.metrics.render().contains("ghl_mcp_calls_total{tool=\"greet\",outcome=\"ok\"} 1"));
}

#[tokio::test]
async fn an_incomplete_head_times_out() {
    let server = Server::with(|options| options.limits.unauthenticated_time = MOMENT).await;
    let mut half = Connection::open(server.at).await;
    half.write(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await;
    let mut silent = Connection::open(server.at).await;
    assert!(server.is_well().await);
    assert!(half.is_closed().await);
    assert!(silent.is_closed().await);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn an_idle_connection_lives_longer_than_one_without_a_request() {
    let server = Server::with(|options| {
        options.limits.unauthenticated_time = MOMENT;
        options.limits.idle_time = 5 * MOMENT;
    })
    .await;
    let (mut resting, mut other) = (Connection::open(server.at).await, Connection::open(server.at).await);
    let request = post(&greet("J")).without("connection").bytes();
    resting.write(&request).await;
    assert_eq!(resting.answer().await.status, 200);
    // The other connection sends nothing and is closed early, so that time has passed here.
    assert!(other.is_closed().await);
    resting.write(&request).await;
    assert_eq!(resting.answer().await.status, 200);
    assert!(resting.is_closed().await, "an idle connection is closed in the end");
}

#[tokio::test]
async fn a_head_above_the_limit_is_refused() {
    let server = Server::open().await;
    let long = ask("GET", "/healthz").with("x-long", &"x".repeat(17 * 1024));
    assert_eq!(server.ask(long).await.status, 431);
    let mut many = ask("GET", "/healthz");
    for at in 0..200 {
        many = many.with(&format!("x-{at}"), "1");
    }
    assert_eq!(server.ask(many).await.status, 431);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn bytes_that_are_not_http_get_no_success() {
    let server = Server::open().await;
    for bytes in
        ["\x16\x03\x01\x02\x00", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let mut connection = Connection::open(server.at).await;
        connection.write(bytes.as_bytes()).await;
        let answer = connection.answer().await;
        assert!([0, 400, 404, 505].contains(&answer.status), "{bytes:?}: {answer:?}");
    }
    let both = post(&greet("J")).with("transfer-encoding", "chunked");
    assert_eq!(server.ask(both).await.status, 400);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_connection_above_the_limit_is_refused_until_one_closes() {
    let server = Server::with(|options| options.limits.connections = 2).await;
    let request = post(&greet("J")).without("connection").bytes();
    let mut first = Connection::open(server.at).await;
    first.write(&request).await;
    assert_eq!(first.answer().await.status, 200);
    let mut second = Connection::open(server.at).await;
    second.write(&request).await;
    assert_eq!(second.answer().await.status, 200);
    let mut third = Connection::open(server.at).await;
    let refused = third.answer().await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")));
    first.write(&request).await;
    assert_eq!(first.answer().await.status, 200, "open connections are still served");
    drop(second);
    loop {
        let mut connection = Connection::open(server.at).await;
        // Without a free place the server closes the connection, perhaps before the request is written.
        connection.try_write(&request).await;
        if connection.answer().await.status == 200 {
            break;
        }
    }
}

#[tokio::test]
async fn the_server_still_serves_after_500_connections() {
    let server = Server::with(|options| options.limits.connections = 64).await;
    let mut lines = Vec::new();
    for _ in 0..500 {
        lines.push(Connection::open(server.at).await);
    }
    drop(lines);
    loop {
        let mut connection = Connection::open(server.at).await;
        connection.try_write(ask("GET", "/readyz").without("connection").head().as_bytes()).await;
        if connection.answer().await.status == 200 {
            break;
        }
    }
}
