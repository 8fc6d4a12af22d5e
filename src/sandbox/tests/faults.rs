use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::sandbox::Fault;
use crate::sandbox::tests::client::{call, empty, get, send};

#[tokio::test]
async fn a_hang_up_sends_nothing_and_the_write_happens_if_asked() {
    let (sandbox, _) = empty(|_| {}).await;
    let body = json!({ "firstName": "Ana", "locationId": sandbox.location_id() });
    for (apply, count) in [(false, 0), (true, 1)] {
        sandbox.fail_next(Fault::HangUp { apply });
        let reply = call(&sandbox, "POST", "/contacts/", body.clone()).await;
        assert_eq!((reply.status, reply.text.as_str(), sandbox.contacts().len()), (0, "", count));
    }
    assert_eq!(sandbox.wire()[1].to_string().rsplit_once(" -> ").unwrap().1, "cut");
}

#[tokio::test]
async fn a_truncated_response_is_shorter_than_its_content_length() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana" }));
    sandbox.fault_on("GET", "/contacts/", Fault::Truncate { apply: true });
    let reply = get(&sandbox, &format!("/contacts/{id}")).await;
    let announced: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(reply.status, 200);
    assert!(!reply.text.is_empty() && reply.text.len() < announced, "{} of {announced}", reply.text.len());
}

#[tokio::test]
async fn a_stalled_request_is_carried_out_and_gets_no_response() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana" }));
    sandbox.fail_next(Fault::Stall { apply: true });
    let mut stream = TcpStream::connect(sandbox.addr()).await.unwrap();
    let token = sandbox.token();
    let head = format!(
        "DELETE /contacts/{id} HTTP/1.1\r\nhost: x\r\nuser-agent: x\r\nversion: 2021-07-28\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    while sandbox.contact(&id).is_some() {
        tokio::task::yield_now().await;
    }
    stream.shutdown().await.unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    assert!(response.is_empty());
    assert_eq!(sandbox.wire()[0].status, 0);
}

#[tokio::test]
async fn other_faults_answer_as_a_gateway_does() {
    let (sandbox, _) = empty(|_| {}).await;
    sandbox.fail_next(Fault::Html { status: 502 });
    sandbox.fail_next(Fault::TooManyRequests { retry_after: Some("7".into()), window_headers: false });
    sandbox.fail_next(Fault::Redirect { location: "http://127.0.0.1:1/".into() });
    let html = get(&sandbox, "/contacts/x").await;
    assert!(html.status == 502 && html.text.starts_with("<html>"));
    let many = get(&sandbox, "/contacts/x").await;
    assert_eq!(
        (many.status, many.header("retry-after"), many.header("x-ratelimit-max")),
        (429, Some("7"), None)
    );
    let elsewhere = get(&sandbox, "/contacts/x").await;
    assert_eq!((elsewhere.status, elsewhere.header("location")), (307, Some("http://127.0.0.1:1/")));
    let body = json!({ "statusCode": 422, "message": "no" }).to_string();
    sandbox.fail_always(Some(Fault::Status { status: 422, body, apply: true, headers: vec![] }));
    let refused = call(
        &sandbox,
        "POST",
        "/contacts/",
        json!({ "firstName": "A", "locationId": sandbox.location_id() }),
    )
    .await;
    assert_eq!((refused.status, &refused.body["message"], sandbox.contacts().len()), (422, &json!("no"), 1));
    sandbox.fail_always(None);
    assert_eq!(get(&sandbox, "/contacts/x").await.status, 400);
}

#[tokio::test]
async fn a_hook_changes_the_crm_before_the_request_is_served() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana", "tags": ["lead"] }));
    let own = id.clone();
    sandbox.on_next("PUT", "/contacts/", move |crm| {
        crm.edit(&own, |contact| {
            contact.insert("tags".into(), json!(["lead", "workflow"]));
        });
    });
    call(&sandbox, "PUT", &format!("/contacts/{id}"), json!({ "city": "Rome" })).await;
    let stored = sandbox.contact(&id).unwrap();
    assert_eq!((&stored["tags"], &stored["city"]), (&json!(["lead", "workflow"]), &json!("Rome")));
}

#[tokio::test]
async fn a_dropped_sandbox_closes_its_port() {
    let (sandbox, _) = empty(|_| {}).await;
    let address = sandbox.addr();
    drop(sandbox);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn random_faults_fail_some_requests_and_not_others() {
    let (sandbox, _) = empty(|options| options.burst = 1_000).await;
    sandbox.random_faults(30.0, 1);
    let mut succeeded = 0;
    for _ in 0..60 {
        succeeded += usize::from(get(&sandbox, "/contacts/x").await.status == 400);
    }
    assert!((30..55).contains(&succeeded), "{succeeded}");
    sandbox.random_faults(0.0, 0);
    assert_eq!(get(&sandbox, "/contacts/x").await.status, 400);
}

#[tokio::test]
async fn an_odd_answer_is_a_200_and_the_write_happens_if_asked() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana", "city": "Rome" }));
    let path = format!("/contacts/{id}");
    for (apply, city) in [(false, "Rome"), (true, "Oslo")] {
        for seed in 0..20 {
            sandbox.fail_next(Fault::Odd { apply, seed });
            let reply = call(&sandbox, "PUT", &path, json!({ "city": "Oslo" })).await;
            assert_eq!(reply.status, 200, "{}", reply.text);
            assert_eq!(sandbox.contact(&id).unwrap()["city"], city);
        }
    }
    sandbox.fail_next(Fault::Odd { apply: false, seed: 1 });
    let reply = get(&sandbox, &path).await;
    assert_eq!(sandbox.wire().last().unwrap().status, 200);
    assert_ne!(reply.text, get(&sandbox, &path).await.text);
}

#[tokio::test]
async fn random_odd_answers_are_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for seed in [3, 3, 4] {
        let (sandbox, _) = empty(|options| options.burst = 1_000).await;
        let id = sandbox.insert(json!({ "firstName": "Ana", "tags": ["lead"] }));
        sandbox.random_odd_answers(30.0, seed);
        let mut bodies = Vec::new();
        for _ in 0..40 {
            let body = get(&sandbox, &format!("/contacts/{id}")).await.text;
            bodies.push(body.split("\"traceId\"").next().unwrap().to_owned());
        }
        runs.push(bodies);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn the_contents_are_read_without_token_fault_or_limit() {
    let (sandbox, _) = empty(|options| options.burst = 0).await;
    sandbox.insert(json!({ "firstName": "Ana" }));
    sandbox.fail_always(Some(Fault::Html { status: 502 }));
    let reply = send(&sandbox, "GET", "/sandbox", &[], "").await;
    assert_eq!((reply.status, &reply.body["contacts"][0]["firstName"]), (200, &json!("Ana")));
    assert!(sandbox.wire().is_empty());
}
