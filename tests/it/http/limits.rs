//! How much one client may take, and that the others do not feel it. The server is told to be impatient, so that
//! nobody here has to be patient.

use crate::http::client::{Line, ask, post};
use crate::http::server::{MOMENT, Server, greet};

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_however_it_is_sent() {
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
async fn a_length_that_is_announced_is_refused_before_a_byte_comes() {
    let server = Server::open().await;
    let mut line = Line::open(server.at).await;
    let request = post(&greet("J")).without("connection").with("content-length", "1048577");
    line.write(request.head().as_bytes()).await;
    assert_eq!(line.answer().await.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::with(|options| options.limits.body_time = MOMENT).await;
    let mut line = Line::open(server.at).await;
    line.write(post(&greet("J")).without("connection").head().as_bytes()).await;
    line.write(b"{\"jsonrpc\"").await;
    assert_eq!(line.answer().await.status, 408);
    assert!(line.is_closed().await);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_its_body_calls_nothing() {
    let server = Server::open().await;
    for length in [10, 40] {
        let body = greet("J").to_string();
        let mut line = Line::open(server.at).await;
        line.write(post(&greet("J")).without("connection").head().as_bytes()).await;
        line.write(&body.as_bytes()[..length]).await;
        line.say_no_more().await;
        // Nobody may be there to read it any more.
        assert!([0, 400].contains(&line.answer().await.status));
    }
    assert!(server.is_well().await);
    assert!(server.metrics.render().contains("ghl_mcp_calls_total{tool=\"greet\",outcome=\"ok\"} 1"));
}

#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let server = Server::with(|options| options.limits.head_time = MOMENT).await;
    let mut half = Line::open(server.at).await;
    half.write(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await;
    let mut silent = Line::open(server.at).await;
    assert!(server.is_well().await);
    assert!(half.is_closed().await);
    assert!(silent.is_closed().await);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_connection_may_rest_between_requests_for_longer_than_a_head_may_take() {
    let server = Server::with(|options| {
        options.limits.head_time = MOMENT;
        options.limits.idle_time = 5 * MOMENT;
    })
    .await;
    let (mut resting, mut other) = (Line::open(server.at).await, Line::open(server.at).await);
    let request = ask("GET", "/healthz").without("connection").head();
    resting.write(request.as_bytes()).await;
    assert_eq!(resting.answer().await.status, 200);
    // The other one never says anything and is closed after the time of a head: a clock that is not ours.
    assert!(other.is_closed().await);
    resting.write(request.as_bytes()).await;
    assert_eq!(resting.answer().await.status, 200);
    assert!(resting.is_closed().await, "a rest has its end too");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
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
async fn what_is_no_http_is_not_answered_as_if_it_were() {
    let server = Server::open().await;
    for bytes in
        ["\x16\x03\x01\x02\x00", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let mut line = Line::open(server.at).await;
        line.write(bytes.as_bytes()).await;
        let answer = line.answer().await;
        assert!([0, 400, 404, 505].contains(&answer.status), "{bytes:?}: {answer:?}");
    }
    let both = post(&greet("J")).with("transfer-encoding", "chunked");
    assert_eq!(server.ask(both).await.status, 400);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_has_a_place_when_another_leaves() {
    let server = Server::with(|options| options.limits.connections = 2).await;
    let mut first = Line::open(server.at).await;
    let second = Line::open(server.at).await;
    let request = ask("GET", "/healthz").without("connection").head();
    first.write(request.as_bytes()).await;
    assert_eq!(first.answer().await.status, 200);
    let mut third = Line::open(server.at).await;
    let turned_away = third.answer().await;
    assert_eq!((turned_away.status, turned_away.header("retry-after")), (503, Some("5")));
    first.write(request.as_bytes()).await;
    assert_eq!(first.answer().await.status, 200, "those who are in are served");
    drop(second);
    loop {
        let mut line = Line::open(server.at).await;
        // A place that is not free yet closes the line, perhaps before the request is written.
        line.try_write(request.as_bytes()).await;
        if line.answer().await.status == 200 {
            break;
        }
    }
}

#[tokio::test]
async fn a_crowd_of_connections_leaves_the_server_well() {
    let server = Server::with(|options| options.limits.connections = 64).await;
    let mut lines = Vec::new();
    for _ in 0..500 {
        lines.push(Line::open(server.at).await);
    }
    drop(lines);
    loop {
        let mut line = Line::open(server.at).await;
        line.try_write(ask("GET", "/readyz").without("connection").head().as_bytes()).await;
        if line.answer().await.status == 200 {
            break;
        }
    }
}
