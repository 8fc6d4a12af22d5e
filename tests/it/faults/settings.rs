//! Rows 84 to 88: the real binary with variables, files and arguments that are not what they seem, and what its log says of
//! a person.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "the specs write the files that the program reads")]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use ghl_contacts_mcp::ghl::is_hidden;
use ghl_contacts_mcp::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::faults::{hits, slow};

const TOKEN: &str = "0123456789abcdef-a";
const OTHER: &str = "0123456789abcdef-b";

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Exit code 2 and one line, which begins with these words and shows no token.
#[track_caller]
fn refused(output: &Output, begins: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{begins}: {stderr}");
    assert!(stderr.starts_with(&format!("ghl-contacts-mcp: {begins}")), "{begins}: {stderr}");
    assert!(!stderr.contains("0123456789abcdef") && output.stdout.is_empty(), "{stderr}");
}

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("ghl-contacts-mcp-settings-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A file that its owner may read.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program on HTTP with this variable, ended at its first line.
fn starts(variable: &str, value: &OsStr) -> String {
    let mut command = program(&["http", "--sandbox", "--listen", "127.0.0.1:0"]);
    let mut child = command.env(variable, value).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    line
}

#[test]
fn row_84_a_variable_that_is_not_text_or_not_a_setting_stops_the_start() {
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    for variable in [
        "GHL_READ_ONLY",
        "GHL_MCP_TOKENS",
        "GHL_MCP_TOKENS_FILE",
        "GHL_ACCOUNTS",
        "GHL_UPSERT",
        "GHL_LOCATION_ID",
        "GHL_PIT_TOKEN",
        "GHL_MCP_ALLOWED_HOSTS",
        "GHL_LOG",
        "GHL_AUDIT_KEY",
    ] {
        for value in [&b"\xff"[..], b"1\xff", b"\xff\xfe1", b"on\xc3", b"0123456789abcdef\x80"] {
            for command in ["stdio", "http", "call"] {
                let arguments = [command, "ghl_get_contact"];
                let arguments = if command == "call" { &arguments[..] } else { &arguments[..1] };
                let output = program(arguments).env(variable, bytes(value)).output().unwrap();
                refused(&output, &format!("{variable}: is not Unicode text"));
            }
        }
    }
    for (name, meant) in [
        ("GHL_READONLY", "GHL_READ_ONLY"),
        ("ghl_read_only", "GHL_READ_ONLY"),
        ("GHL_MCP_TOKEN", "GHL_MCP_TOKENS"),
    ] {
        let output = program(&["stdio"]).env(name, "0123456789abcdef").output().unwrap();
        refused(&output, &format!("{name}: is not a setting, {meant} is"));
    }
    for word in ["maybe", "2", "-1", "enabled", "yes please", "1,", "'1'", "\u{ff11}", "truе", "\u{feff}1"] {
        refused(&program(&["stdio"]).env("GHL_READ_ONLY", word).output().unwrap(), "GHL_READ_ONLY: \"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_84_each_word_for_yes_keeps_a_program_from_writing() {
    let sandbox = slow().await;
    for (word, writes) in [
        ("1", false),
        ("true", false),
        ("yes", false),
        ("on", false),
        ("TRUE", false),
        ("Yes", false),
        (" on\n", false),
        ("0", true),
        ("No", true),
        ("", true),
    ] {
        let before = hits(&sandbox, "POST");
        let output = call(&sandbox, &[("GHL_READ_ONLY", word)], "ghl_upsert_contact", &ada());
        assert_eq!(output["code"] == "read_only", !writes, "{word:?}: {output}");
        assert_eq!(hits(&sandbox, "POST") > before, writes && sandbox.contacts().len() == 1 && before == 0);
    }
    assert_eq!(sandbox.contacts().len(), 1);
}

fn ada() -> Value {
    json!({ "email": "ada@example.com" })
}

/// What `call` prints on stdout.
fn call(sandbox: &Sandbox, variables: &[(&str, &str)], tool: &str, arguments: &Value) -> Value {
    let output = run(sandbox, variables, tool, arguments);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn run(sandbox: &Sandbox, variables: &[(&str, &str)], tool: &str, arguments: &Value) -> Output {
    let mut command = program(&["call", "--log", "info", tool, &arguments.to_string()]);
    command.env("GHL_BASE_URL", sandbox.url()).env("GHL_PIT_TOKEN", sandbox.token());
    command.env("GHL_LOCATION_ID", sandbox.location_id()).envs(variables.iter().copied());
    command.output().unwrap()
}

#[test]
fn row_85_a_file_of_tokens_serves_its_tokens_or_does_not_start() {
    let folder = Folder::new("tokens");
    let file = |bytes: &[u8]| folder.file("tokens", bytes);
    for good in [
        format!("{TOKEN}\n"),
        format!("\u{feff}{TOKEN}"),
        format!("\u{feff}# comment\r\n{TOKEN}\r\n\r\n"),
        format!("\n\n  {TOKEN}  \n\t\n#{OTHER}\n{OTHER}"),
        format!("{TOKEN}\n{TOKEN}\n"),
    ] {
        let line = starts("GHL_MCP_TOKENS_FILE", file(good.as_bytes()).as_os_str());
        assert!(line.starts_with("listening on"), "{good:?}: {line}");
    }
    let list = |text: String| starts("GHL_MCP_TOKENS", OsStr::new(&text));
    for good in [
        format!("{TOKEN},,{OTHER}"),
        format!(" {TOKEN} , {OTHER}\r\n"),
        format!("{TOKEN},{TOKEN}"),
        format!(",{TOKEN}"),
    ] {
        assert!(list(good).starts_with("listening on"));
    }
    let utf_16: Vec<u8> = TOKEN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bad in [
        &b""[..],
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\r\n",
        b"# only\n#comments\n",
        b" \r\n\t\r\n",
        b"short\n",
        b"0123456789abcde\n",
        b"0123456789abcdef # comment\n",
        b"0123456789abcdef,fedcba9876543210\n",
        b"0123456789abcdef\nshort\n",
        b"0123456789\xff\xfeabcdef\n",
        b"0123456789abcdef\0\n",
        b"0123456789abcdef\xc2\xa0x\n",
        &utf_16,
    ] {
        let path = file(bad);
        let mut command = program(&["http", "--listen", "127.0.0.1:0"]);
        refused(&command.env("GHL_MCP_TOKENS_FILE", &path).output().unwrap(), "GHL_MCP_TOKENS_FILE: ");
    }
    for bad in ["short", "0123456789abcdef,short", "\u{feff}", "\u{a0}", "0123456789abcd\u{e9}"] {
        let output =
            program(&["http", "--listen", "127.0.0.1:0"]).env("GHL_MCP_TOKENS", bad).output().unwrap();
        refused(&output, "GHL_MCP_TOKENS: ");
    }
}

/// The `email` of the audit line of one upsert.
fn hash(sandbox: &Sandbox, variables: &[(&str, &str)], file: Option<&PathBuf>) -> String {
    let person = json!({ "email": "ada@example.com", "city": new_city(sandbox) });
    let mut command = program(&["call", "--log", "info", "--log-format", "json", "ghl_upsert_contact"]);
    command.arg(person.to_string());
    if let Some(file) = file {
        command.arg("--audit-key-file").arg(file);
    }
    command.env("GHL_BASE_URL", sandbox.url()).env("GHL_PIT_TOKEN", sandbox.token());
    command.env("GHL_LOCATION_ID", sandbox.location_id()).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    // printf ada@example.com | sha256sum
    assert!(!log.contains("ada@example.com") && !log.contains("b5fc85e55755"), "{log}");
    let line = log.lines().find(|line| line.contains("\"audit\"")).unwrap_or_else(|| panic!("{log}"));
    let line: Value = serde_json::from_str(line).unwrap();
    line["fields"]["email"].as_str().unwrap().to_owned()
}

/// A city that is not stored yet, so that there is a write.
fn new_city(sandbox: &Sandbox) -> String {
    format!("City {}", sandbox.wire().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_86_the_log_names_an_email_by_a_hash_that_needs_the_key() {
    let sandbox = slow().await;
    let folder = Folder::new("audit");
    let key = "key-of-the-audit-1";
    let file = folder.file("key", format!("\u{feff}{key}\r\n").as_bytes());
    let path = file.to_str().unwrap();
    let random = [hash(&sandbox, &[], None), hash(&sandbox, &[], None)];
    assert!(random[0] != random[1] && random.iter().all(|hash| hash.len() == 12), "{random:?}");
    let kept = hash(&sandbox, &[("GHL_AUDIT_KEY", key)], None);
    assert!(!random.contains(&kept));
    assert_eq!(hash(&sandbox, &[("GHL_AUDIT_KEY", key)], None), kept);
    assert_eq!(hash(&sandbox, &[("GHL_AUDIT_KEY_FILE", path)], None), kept);
    assert_eq!(hash(&sandbox, &[("GHL_AUDIT_KEY", "another-key-12345")], Some(&file)), kept);
    assert_ne!(hash(&sandbox, &[("GHL_AUDIT_KEY", "another-key-12345")], None), kept);
    for (variable, value) in [
        ("GHL_AUDIT_KEY", "short"),
        ("GHL_AUDIT_KEY", "a key with blanks in it"),
        ("GHL_AUDIT_KEY_FILE", "/nonexistent"),
        ("GHL_AUDIT_KEY_FILE", "/dev/zero"),
    ] {
        refused(&program(&["stdio"]).env(variable, value).output().unwrap(), &format!("{variable}: "));
    }
    refused(&program(&["stdio", "--audit-key-file", ""]).output().unwrap(), "--audit-key-file: ");
}

/// What a terminal would obey, and what would look like a line of the program.
const HOSTILE: &str = "x\u{202e}\u{1b}[2J\u{1b}]8;;http://x\u{7}\u{9b}31m\u{2066}\u{2069}\r\nFORGED\u{2028}FORGED\u{8}\u{e0041}";

#[track_caller]
fn plain(output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(bytes).unwrap();
        let shown = |c: char| c == '\n' || !(c.is_control() || is_hidden(c) || c == '\u{2028}');
        assert!(text.chars().all(shown), "{text:?}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("FORGED")), "{text}");
    }
}

#[test]
fn row_87_no_argument_variable_or_file_name_reaches_the_terminal_as_it_is() {
    let flag = format!("--{HOSTILE}");
    let (equals, level) = (format!("--dialect={HOSTILE}"), format!("{HOSTILE}=loud"));
    for arguments in [
        &[HOSTILE][..],
        &[flag.as_str()],
        &["stdio", HOSTILE],
        &["http", HOSTILE],
        &["sandbox", "--listen", HOSTILE],
        &["sandbox", "--burst", HOSTILE],
        &["stdio", "--dialect", HOSTILE],
        &["stdio", &equals],
        &["stdio", "--location-id", HOSTILE],
        &["stdio", "--base-url", HOSTILE],
        &["stdio", "--country", HOSTILE],
        &["stdio", "--toolsets", HOSTILE],
        &["stdio", "--accounts", HOSTILE],
        &["stdio", "--log", &level],
        &["http", "--allowed-host", HOSTILE],
        &["http", "--allowed-origin", HOSTILE],
        &["http", "--listen", HOSTILE],
        &["call", HOSTILE],
        &["call", "ghl_get_contact", HOSTILE],
        &["--he\u{200b}lp"],
        &["stdio", "--read-only", "--read-\u{1b}only"],
    ] {
        let output = program(arguments).output().unwrap();
        plain(&output);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
    for variable in ["GHL_DIALECT", "GHL_READ_ONLY", "GHL_ACCOUNTS", "GHL_PIT_TOKEN_FILE", "GHL_LOCATION_ID"]
    {
        let output = program(&["http"]).env(variable, HOSTILE).output().unwrap();
        plain(&output);
        assert_eq!(output.status.code(), Some(2), "{variable}");
    }
    let bytes = OsString::from_vec(b"\xff\x1b[2J".to_vec());
    for before in [&[][..], &["stdio"], &["stdio", "--dialect"], &["call"]] {
        let output = program(before).arg(&bytes).output().unwrap();
        plain(&output);
        assert_eq!(output.status.code(), Some(2), "{before:?}");
    }
    let folder = Folder::new("names");
    let accounts = folder.file("accounts", b"[[account]]\nname = \"a\\u001b[2J\\nFORGED\\u202e\"\n");
    let output = program(&["stdio"]).env("GHL_ACCOUNTS", accounts).output().unwrap();
    plain(&output);
    assert_eq!(output.status.code(), Some(2));
    let schemas =
        program(&["schemas", "--check", "--dir", &format!("/nonexistent/{HOSTILE}")]).output().unwrap();
    plain(&schemas);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_88_no_value_of_the_crm_or_of_a_call_reaches_the_terminal_as_it_is() {
    let sandbox = slow().await;
    sandbox.insert(json!({
        "id": "ada", "email": "ada@example.com", "firstName": HOSTILE, "city": HOSTILE, "tags": [HOSTILE],
        "source": HOSTILE, "dateAdded": HOSTILE,
    }));
    for (tool, arguments) in [
        ("ghl_get_contact", json!({ "email": "ada@example.com", "fields": ["*"] })),
        ("ghl_search_contacts", json!({ "query": "ada", "fields": ["*"] })),
        ("ghl_upsert_contact", json!({ "email": "ada@example.com", "city": HOSTILE, "tags": [HOSTILE] })),
        ("ghl_upsert_contact", json!({ "email": HOSTILE })),
        ("ghl_upsert_contact", json!({ HOSTILE: HOSTILE })),
        ("ghl_add_tags", json!({ "contactIds": ["ada"], "tags": [HOSTILE] })),
        ("ghl_get_contact", json!({ "contactId": HOSTILE })),
    ] {
        for format in ["text", "json"] {
            let log = [("GHL_LOG", "debug"), ("GHL_LOG_FORMAT", format)];
            let output = run(&sandbox, &log, tool, &arguments);
            plain(&output);
            let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert!(answer.is_object(), "{tool} {arguments}: {answer}");
        }
    }
}
