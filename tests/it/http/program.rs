//! `http` as a process: its settings and its accounts file.
#![expect(clippy::disallowed_methods, reason = "the specs write an accounts file")]

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ghl_contacts_mcp::sandbox::{Options, Sandbox};
use serde_json::json;

use crate::http::client::{ask, post};
use crate::http::server::{call, request};
use crate::support::process::wait_for;

pub fn program(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(arguments).env_clear().envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The program as a process. It is killed when dropped.
pub struct Running {
    pub child: Child,
    pub at: SocketAddr,
}

impl Running {
    pub fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let arguments = [&["http", "--listen", "127.0.0.1:0"], arguments].concat();
        let mut child = program(&arguments, variables).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stderr.as_mut().unwrap());
        lines.read_line(&mut line).unwrap();
        // The accounts file of a test may be readable by others.
        while line.contains("others on this machine may read this file") {
            line.clear();
            lines.read_line(&mut line).unwrap();
        }
        let at = line.trim().strip_prefix("listening on http://").and_then(|at| at.strip_suffix("/mcp"));
        Self { child, at: at.unwrap_or_else(|| panic!("{line}")).parse().unwrap() }
    }

    /// The same, with what it prints in this file.
    pub fn start_with_log(arguments: &[&str], variables: &[(&str, &str)], log: &Path) -> Self {
        let arguments = [&["http", "--listen", "127.0.0.1:0"], arguments].concat();
        let file = std::fs::File::create(log).unwrap();
        let mut child = program(&arguments, variables).stderr(file).spawn().unwrap();
        let listening = || {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("listening on http://"))?;
            line.strip_suffix("/mcp")?.parse().ok()
        };
        wait_for(|| listening().is_some() || child.try_wait().unwrap().is_some());
        Self { at: listening().expect("the program listens"), child }
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_wrong_http_setting_ends_with_one_line_and_exit_code_2() {
    let token = ("GHL_MCP_TOKENS", "0123456789abcdef");
    for (arguments, variables, says) in [
        (
            &["http", "--listen", "0.0.0.0:0"][..],
            &[][..],
            "--listen: 0.0.0.0:0 can be reached from other machines",
        ),
        (&["http", "--listen", "0.0.0.0:0"], &[token], "--allowed-host"),
        (&["http", "--listen", "nowhere"], &[], "--listen: is not an address"),
        (&["http", "--allowed-host", "*"], &[], "--allowed-host: \"*\" is not a host"),
        (&["http", "--allowed-origin", "x"], &[], "--allowed-origin: \"x\" is not an origin"),
        (&["http"], &[("GHL_MCP_TOKENS", "short")], "GHL_MCP_TOKENS: a token has at least 16"),
        (&["http", "--accounts", "/nonexistent"], &[], "--accounts: the file cannot be read"),
    ] {
        let output = program(arguments, variables).output().unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(
            printed.contains(says) && printed.lines().count() == 1,
            "{printed} does not say {says} in one line"
        );
        assert!(!printed.contains("0123456789abcdef") && !printed.contains("short"));
    }
}

#[tokio::test]
async fn an_accounts_file_gives_each_token_its_own_location() {
    let folder = tempfile("accounts");
    let mut file = String::from("[metrics]\ntoken_env = \"METRICS\"\n");
    let mut crms = Vec::new();
    for name in ["A", "B"] {
        let options = Options {
            location_id: format!("Location{name}"),
            token: format!("pit-of-{name}"),
            ..Options::default()
        };
        let crm = Sandbox::start(options).await.unwrap();
        crm.insert(json!({ "firstName": name, "email": "jane@example.com", "tags": [] }));
        let account = format!(
            "[[account]]\nname = \"{name}\"\ntoken_env = \"TOKEN_{name}\"\n[[account.location]]\n\
             id = \"Location{name}\"\ncredential_env = \"PIT_{name}\"\nbase_url = \"{}\"\nread_only = true\n",
            crm.url()
        );
        file.push_str(&account);
        crms.push(crm);
    }
    std::fs::write(&folder, file).unwrap();
    let running = Running::start(
        &["--accounts", folder.to_str().unwrap()],
        &[
            ("TOKEN_A", "token-of-account-a"),
            ("TOKEN_B", "token-of-account-b"),
            ("METRICS", "token-of-metrics"),
            ("PIT_A", "pit-of-A"),
            ("PIT_B", "pit-of-B"),
        ],
    );
    for (token, name) in [("token-of-account-a", "A"), ("token-of-account-b", "B")] {
        let read = post(&call("ghl_get_contact", json!({ "email": "jane@example.com" }))).bearer(token);
        let read = read.send(running.at).await.json();
        assert_eq!(read["result"]["structuredContent"]["contact"]["name"], name, "{read}");
        let list = post(&request("tools/list", json!({}))).bearer(token).send(running.at).await.json();
        let tools = list["result"]["tools"].as_array().unwrap();
        assert!(tools.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
        assert_eq!(ask("GET", "/metrics").bearer(token).send(running.at).await.status, 401);
    }
    let page = ask("GET", "/metrics").bearer("token-of-metrics").send(running.at).await;
    assert!(page.body.contains("ghl_mcp_upstream_requests_total{endpoint="), "{}", page.body);
    assert!(!page.body.contains("Location") && !page.body.contains("jane"));
    std::fs::remove_file(folder).unwrap();
}

#[test]
fn healthz_says_whether_http_answers() {
    let token = ("GHL_MCP_TOKENS", "0123456789abcdef");
    let running = Running::start(&["--sandbox"], &[token]);
    let listen = running.at.to_string();
    for (arguments, variables) in [
        (&["healthz", "--listen", &*listen][..], &[][..]),
        (&["healthz"], &[("GHL_MCP_LISTEN", &*listen)]),
        // A container listens on all addresses.
        (&["healthz", "--listen", &*format!("0.0.0.0:{}", running.at.port())], &[]),
    ] {
        let output = program(arguments, variables).stdout(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"ok\n"[..]), "{arguments:?}");
    }
    drop(running);
    let output = program(&["healthz", "--listen", &listen], &[]).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(
        printed.starts_with(&format!("ghl-contacts-mcp: http://{listen}/healthz does not answer: ")),
        "{printed}"
    );
    assert_eq!(program(&["healthz", "--listen", "8787"], &[]).output().unwrap().status.code(), Some(2));
}

#[test]
fn healthz_takes_no_other_program_for_the_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = listener.local_addr().unwrap().to_string();
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 512]).unwrap();
        stream.write_all(b"SSH-2.0-\x1b[31mother\r\n").unwrap();
    });
    let output = program(&["healthz", "--listen", &listen], &[]).output().unwrap();
    other.join().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("/healthz answers \"SSH-2.0-") && !printed.contains('\u{1b}'), "{printed}");
}

#[test]
fn the_accounts_file_serves_stdio_for_a_named_account() {
    let path = tempfile("stdio");
    let account = |name: &str| {
        format!(
            "[[account]]\nname = \"{name}\"\n[[account.location]]\nid = \"L{name}\"\ncredential_env = \"PIT\"\n"
        )
    };
    std::fs::write(&path, account("a") + &account("b")).unwrap();
    let arguments = ["stdio", "--accounts", path.to_str().unwrap()];
    let output = program(&arguments, &[("PIT", "pit-1")]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--account: is needed: one of a, b"));
    let named =
        program(&[&arguments[..], &["--account", "b"]].concat(), &[("PIT", "pit-1")]).output().unwrap();
    assert_eq!(named.status.code(), Some(0));
    std::fs::remove_file(path).unwrap();
}

fn tempfile(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("ghl-contacts-mcp-{name}-{}.toml", std::process::id()))
}
