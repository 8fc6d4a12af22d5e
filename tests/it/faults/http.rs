//! Rows 90 to 93: clients that open connections and send bodies only to keep other clients out.

use ghl_contacts_mcp::serve::Limits;
use serde_json::json;

use crate::http::client::{Answer, Ask, Connection, ask, post};
use crate::http::server::{Server, TOKEN, call, greet};

/// On a connection that stays open.
async fn on(connection: &mut Connection, request: Ask) -> Answer {
    connection.try_write(&request.without("connection").bytes()).await;
    connection.answer().await
}

async fn open(server: &Server, count: usize) -> Vec<Connection> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(Connection::open(server.at).await);
    }
    connections
}

#[tokio::test]
async fn row_90_silent_connections_without_a_token_do_not_keep_out_a_client_with_one() {
    let server = Server::locked(&[]).await;
    let mut client = Connection::open(server.at).await;
    let request = || post(&greet("Jane")).bearer(TOKEN);
    assert_eq!(on(&mut client, request()).await.status, 200);
    let mut silent = open(&server, 1024).await;
    assert_eq!(server.ask(request()).await.status, 200, "a client that connects now is served");
    assert_eq!(on(&mut client, request()).await.status, 200, "and one that was connected before");
    // One address may have 256 of the 1,024 connections. The new client took the place of one more.
    let kept = silent.split_off(1024 - 255);
    for connection in &mut silent {
        assert!(connection.is_closed().await);
    }
    for mut connection in kept {
        assert_eq!(on(&mut connection, ask("GET", "/healthz")).await.status, 200);
    }
}

#[tokio::test]
async fn row_90_the_same_holds_for_half_heads_and_for_wrong_tokens() {
    let server = Server::locked_with(|options| options.limits.connections = 16).await;
    for begin in [
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ".to_owned(),
        format!("{}{{", post(&greet("J")).bearer("another-token").without("connection").head()),
        "\r\n\r\n".to_owned(),
    ] {
        let mut flood = open(&server, 16).await;
        for connection in &mut flood {
            connection.try_write(begin.as_bytes()).await;
        }
        assert_eq!(server.ask(post(&greet("J")).bearer(TOKEN)).await.status, 200, "{begin:?}");
    }
}

#[tokio::test]
async fn row_91_a_proxy_has_a_connection_for_each_client_with_a_token() {
    let server = Server::locked_with(|options| options.limits.connections = 16).await;
    let mut proxied = Vec::new();
    let request = || post(&greet("Jane")).bearer(TOKEN);
    for _ in 0..16 {
        let mut connection = Connection::open(server.at).await;
        assert_eq!(on(&mut connection, request()).await.status, 200);
        proxied.push(connection);
    }
    let mut one_more = Connection::open(server.at).await;
    let refused = one_more.answer().await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")));
    for connection in &mut proxied {
        assert_eq!(on(connection, request()).await.status, 200);
    }
}

#[tokio::test]
async fn row_92_a_connection_without_a_token_has_a_shorter_rest() {
    let moment = crate::http::server::MOMENT;
    let server = Server::locked_with(|options| options.limits.unauthenticated_time = moment).await;
    let mut client = Connection::open(server.at).await;
    let request = || post(&greet("Jane")).bearer(TOKEN);
    assert_eq!(on(&mut client, request()).await.status, 200);
    let mut other = Connection::open(server.at).await;
    assert_eq!(on(&mut other, post(&greet("Jane"))).await.status, 401);
    assert!(other.is_closed().await);
    // That took as long as a connection without a token may rest.
    assert_eq!(on(&mut client, request()).await.status, 200);
}

/// A call that does not end, with a body of 1 MiB.
fn large() -> Ask {
    let message = call("save", json!({ "wait": true })).to_string();
    let mut body = vec![b' '; Limits::default().body_bytes];
    body[..message.len()].copy_from_slice(message.as_bytes());
    post(&json!({})).bearer(TOKEN).body(body)
}

#[tokio::test]
async fn row_93_large_bodies_are_refused_while_others_use_the_memory_and_small_calls_are_served() {
    let server = Server::locked_with(|options| options.limits.bodies_bytes = 4 << 20).await;
    let mut running = Vec::new();
    for _ in 0..4 {
        let mut connection = Connection::open(server.at).await;
        connection.write(&large().without("connection").bytes()).await;
        server.fixture.started.notified().await;
        running.push(connection);
    }
    for _ in 0..2 {
        let refused = server.ask(large()).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")), "{refused:?}");
    }
    assert_eq!(server.ask(post(&greet("J")).bearer(TOKEN)).await.status, 200);
    // A client that leaves gives the memory of its body back.
    running.pop();
    loop {
        let mut connection = Connection::open(server.at).await;
        connection.try_write(&large().without("connection").bytes()).await;
        tokio::select! {
            () = server.fixture.started.notified() => break,
            refused = connection.answer() => assert!([0, 503].contains(&refused.status), "{refused:?}"),
        }
    }
}

#[tokio::test]
async fn row_93_no_byte_of_a_body_is_asked_for_before_the_token_is_checked() {
    let server = Server::locked(&[]).await;
    for path in ["/mcp", "/messages?sessionId=1"] {
        let request = post(&greet("J")).to(path).with("expect", "100-continue").without("connection");
        let mut connection = Connection::open(server.at).await;
        connection.write(request.head().as_bytes()).await;
        assert_eq!(connection.answer().await.status, 401, "{path}");
    }
    let mut connection = Connection::open(server.at).await;
    let request = post(&greet("J")).bearer(TOKEN).with("expect", "100-continue").without("connection");
    connection.write(request.head().as_bytes()).await;
    assert!(connection.head().await.starts_with("HTTP/1.1 100 "));
}
