//! The `login` command.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::oauth::{BIN, Fixture, found_jane, output};

/// A running `login`, and the address that it printed for the browser.
pub struct Login {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    redirect: url::Url,
    pub state: String,
    scope: String,
}

impl Login {
    fn start(fixture: &Fixture) -> Self {
        Self::start_with(fixture, &[])
    }

    /// The same with these variables.
    pub(super) fn start_with(fixture: &Fixture, variables: &[(&str, &str)]) -> Self {
        let mut child = fixture
            .program(BIN, &["login", "--port", "0"])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address: url::Url = line.trim().parse().unwrap();
        assert_eq!(address.host_str(), Some("marketplace.gohighlevel.com"));
        let given = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!((given("client_id"), given("response_type")), ("app".to_owned(), "code".to_owned()));
        Self {
            child,
            out,
            redirect: given("redirect_uri").parse().unwrap(),
            state: given("state"),
            scope: given("scope"),
        }
    }

    /// Sends the request of a browser that HighLevel redirected. Returns the status line.
    pub fn browser(&self, query: &str) -> String {
        let port = self.redirect.port().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "GET {}?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", self.redirect.path()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap().to_owned()
    }

    pub fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), out, err)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_stores_the_tokens_and_prints_the_grant() {
    let fixture = Fixture::new("login").await;
    let login = Login::start(&fixture);
    assert_eq!(login.browser("code=forged&state=guessed"), "HTTP/1.1 400 Bad Request");
    assert_eq!(fixture.wire(), (0, 0));
    assert_eq!(login.browser(&format!("code=one-time&state={}", login.state)), "HTTP/1.1 200 OK");
    let (code, out, err) = login.end();
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("Authorised for the sub-account SandboxLocation00001."), "{out}");
    assert!(out.contains("Scopes: contacts.readonly contacts.write locations.readonly."), "{out}");
    for secret in ["canary", "sandbox-access", "sandbox-refresh", "one-time"] {
        assert!(!out.contains(secret) && !err.contains(secret), "{out}{err}");
    }
    let exchange = &fixture.sandbox.wire()[0];
    let body = exchange.body.as_ref().unwrap();
    assert_eq!((&body["grant_type"], &body["code"]), (&json!("authorization_code"), &json!("one-time")));
    assert!(body["redirect_uri"].as_str().unwrap().ends_with("/callback"));
    // The stored tokens work at once. Only the owner may read the folder and the file.
    found_jane(&output(fixture.call()).await);
    assert_eq!(fixture.sandbox.oauth_refreshes(), 0);
    #[cfg(unix)]
    for (path, mode) in [(fixture.folder.clone(), 0o700), (fixture.store(), 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_login_prints_the_reason_and_stores_nothing() {
    let fixture = Fixture::new("declined").await;
    let login = Login::start(&fixture);
    assert_eq!(login.browser(&format!("error=access_denied&state={}", login.state)), "HTTP/1.1 200 OK");
    let (code, _, err) = login.end();
    assert_eq!(code, Some(1));
    assert!(err.contains("not authorised: HighLevel says: access_denied"), "{err}");
    assert!(!fixture.store().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_that_a_terminal_would_obey_is_one_plain_line() {
    let fixture = Fixture::new("hostile").await;
    let login = Login::start(&fixture);
    let reason = "a%E2%80%AEb%1B%5B2J%1B%5D8%3B%3Bhttp%3A%2F%2Fx%07%0D%0AAuthorised%C2%9B31m%E2%81%A6c";
    let callback = format!("error=x&error_description={reason}&state={}", login.state);
    assert_eq!(login.browser(&callback), "HTTP/1.1 200 OK");
    let (code, _, err) = login.end();
    assert_eq!(code, Some(1));
    let last = err.lines().last().unwrap();
    assert_eq!(last, "ghl-contacts-mcp: not authorised: HighLevel says: ab[2J]8;;http://x Authorised31mc");
    assert!(!err.contains(|c: char| c.is_control() && c != '\n'), "{err:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_asks_for_the_scopes_that_the_readme_lists() {
    let fixture = Fixture::new("scopes").await;
    let login = Login::start(&fixture);
    let readme = include_str!("../../../README.md");
    let (_, table) = readme.split_once("| scope | needed for |\n| --- | --- |\n").unwrap();
    let first =
        table.lines().take_while(|line| line.starts_with('|')).map(|line| line.split('|').nth(1).unwrap());
    let listed: Vec<_> = first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(login.scope.split(' ').collect::<Vec<_>>(), listed);
    assert_eq!(login.browser(&format!("error=access_denied&state={}", login.state)), "HTTP/1.1 200 OK");
    assert_eq!(login.end().0, Some(1));
}
