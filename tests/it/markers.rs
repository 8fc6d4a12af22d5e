//! Calls with marked values through the real binary, at every level of the log and with filters that ask for more: no secret
//! and nothing personal reaches stderr, and the token reaches no answer.

use std::io::Read as _;

use ghl_contacts_mcp::sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

use crate::faults::slow;
use crate::http::client::post;
use crate::http::program::Running;
use crate::http::server::call;
use crate::support::process::Program;

/// What stands in the calls and in the CRM.
const PERSONAL: [&str; 6] =
    ["marker.ada@example.com", "4155550199", "Markerfirst", "markertag", "Markercity", "marker words"];

const FILTERS: [(&str, &str); 5] = [
    ("trace", "text"),
    ("trace,rmcp::transport=trace,rmcp::service=debug", "json"),
    ("debug,hyper=trace,h2=trace,rustls=trace,hyper_util=trace", "text"),
    ("reqwest=trace,ghl_contacts_mcp=trace", "json"),
    ("[call]=trace", "text"),
];

fn program(sandbox: &Sandbox, filter: &str, format: &str) -> Program {
    let (url, token) = (sandbox.url(), ("GHL_PIT_TOKEN", sandbox.token()));
    let log = [("GHL_LOG", filter), ("GHL_LOG_FORMAT", format)];
    let location = ("GHL_LOCATION_ID", sandbox.location_id());
    Program::run("exec \"$0\" stdio", &[("GHL_BASE_URL", &url), token, location, log[0], log[1]])
}

/// All that the model sees of these calls.
fn calls(program: &mut Program, sandbox: &Sandbox) -> Vec<Value> {
    let person = json!({
        "email": PERSONAL[0], "phone": "+14155550199", "firstName": PERSONAL[2], "tags": [PERSONAL[3]],
        "city": PERSONAL[4],
    });
    let token = sandbox.token().to_owned();
    let mut seen = Vec::new();
    let mut ask = |tool: &str, arguments: &Value| {
        program.call(seen.len() as u64, tool, arguments);
        seen.push(program.next());
    };
    ask("ghl_upsert_contact", &person);
    ask("ghl_get_contact", &json!({ "email": PERSONAL[0], "fields": ["*"] }));
    ask("ghl_search_contacts", &json!({ "query": PERSONAL[5] }));
    ask("ghl_add_tags", &json!({ "email": PERSONAL[0], "tags": [PERSONAL[3], "more"] }));
    // HighLevel echoes the token and the e-mail, in three forms and in one long line.
    let echo = format!("{token} is not for {} marker words", PERSONAL[0]);
    let long = format!("{echo} {}", "marker words ".repeat(250_000));
    let escaped =
        format!("{{\"message\":\"\\u{:04x}{} {}\"}}", token.as_bytes()[0], &token[1..], PERSONAL[0]);
    for (status, body) in [
        (401, json!({ "message": echo }).to_string()),
        (422, json!({ "message": [long, PERSONAL[0]], "traceId": token }).to_string()),
        (422, escaped),
        (400, json!({ "error": { "message": echo } }).to_string()),
        (500, format!("plain {echo}")),
        (403, format!("<html>{echo}</html>")),
    ] {
        // A read that meets a 500 is repeated.
        for _ in 0..3 {
            sandbox.fail_next(Fault::answer(status, body.clone()));
        }
        ask("ghl_get_contact", &json!({ "contactId": "other" }));
        sandbox.fail_always(None);
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn no_filter_of_the_log_shows_a_secret_or_a_person_and_no_answer_shows_the_token() {
    for (filter, format) in FILTERS {
        let sandbox = slow().await;
        let token = sandbox.token().to_owned();
        // A person wrote the token into a contact.
        sandbox.insert(json!({
            "id": "echo", "email": "echo@example.com", "firstName": "Echo", "city": token, "tags": [token],
        }));
        let mut program = program(&sandbox, filter, format);
        let mut seen = calls(&mut program, &sandbox);
        program.call(99, "ghl_get_contact", &json!({ "email": "echo@example.com", "fields": ["*"] }));
        seen.push(program.next());
        let (code, rest, log) = program.close();
        assert_eq!((code, rest.as_str()), (Some(0), ""), "{filter}");
        for answer in &seen {
            assert!(!answer.to_string().contains(&token), "{filter}: {answer}");
        }
        for marker in PERSONAL.iter().chain([&&*token]) {
            assert!(!log.contains(marker), "{filter} {format} shows {marker}: {log}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_neither_the_log_nor_an_answer_shows_a_secret() {
    let sandbox = slow().await;
    let (url, client) = (sandbox.url(), "token-of-a-marked-client");
    let mut running = Running::start(
        &[],
        &[
            ("GHL_BASE_URL", &url),
            ("GHL_PIT_TOKEN", sandbox.token()),
            ("GHL_LOCATION_ID", sandbox.location_id()),
            ("GHL_MCP_TOKENS", client),
            ("GHL_LOG", FILTERS[1].0),
        ],
    );
    // Read meanwhile: a full pipe would stop the log.
    let mut stderr = running.child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).map(|_| log).unwrap()
    });
    let ask = async |tool: &str, arguments: Value| {
        post(&call(tool, arguments)).bearer(client).send(running.at).await
    };
    let mut seen = vec![
        ask("ghl_upsert_contact", json!({ "email": PERSONAL[0], "firstName": PERSONAL[2] })).await,
        ask("ghl_search_contacts", json!({ "query": PERSONAL[5] })).await,
        ask("ghl_add_tags", json!({ "email": PERSONAL[0], "tags": [PERSONAL[3]] })).await,
    ];
    sandbox.fail_next(Fault::answer(
        422,
        json!({ "message": [sandbox.token(), PERSONAL[0], client] }).to_string(),
    ));
    seen.push(ask("ghl_get_contact", json!({ "contactId": "other" })).await);
    seen.push(post(&call("ghl_get_contact", json!({}))).bearer("pit-a-wrong-token").send(running.at).await);
    running.signal("TERM");
    assert!(running.child.wait().unwrap().success());
    let log = log.join().unwrap();
    assert!(log.contains("created"), "the audit of the upsert: {log}");
    for marker in PERSONAL.iter().chain(&[sandbox.token(), client, "pit-a-wrong-token"]) {
        assert!(!log.contains(marker), "the log shows {marker}: {log}");
    }
    assert!(seen.iter().all(|answer| !format!("{answer:?}").contains(sandbox.token())), "{seen:?}");
    assert_eq!(seen.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 200, 200, 401]);
}
