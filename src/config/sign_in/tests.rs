use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::config::environment::Environment;
use crate::config::flags::Flags;
use crate::config::http::{HttpConfig, HttpFlags};
use crate::config::settings::Config;

const ISSUER: (&str, &str) = ("GHL_MCP_OAUTH_ISSUER", "https://login.example.com");
const PUBLIC: (&str, &str) = ("GHL_MCP_PUBLIC_URL", "https://crm.example.com");
const ENDPOINT: (&str, &str) = ("GHL_MCP_OAUTH_INTROSPECTION", "https://login.example.com/introspect");
const ID: (&str, &str) = ("GHL_MCP_OAUTH_CLIENT_ID", "crm");
const SECRET: (&str, &str) = ("GHL_MCP_OAUTH_CLIENT_SECRET", "canary-canary-canary");
/// `X` in the accounts file.
const X: (&str, &str) = ("X", "pit-0b1c2d3e-1234-4abc-9def-0123456789ab");

struct Set(HashMap<&'static str, &'static str>);

impl Environment for Set {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }
}

fn read(variables: &[(&'static str, &'static str)]) -> Result<HttpConfig, ConfigError> {
    let environment = Set(variables.iter().copied().collect());
    let config = Config::read(&Flags::default(), &environment)?;
    HttpConfig::read(&HttpFlags::default(), &environment, &config)
}

fn error(variables: &[(&'static str, &'static str)]) -> String {
    let error = read(variables).unwrap_err().to_string();
    assert!(!error.contains("canary"), "{error}");
    error
}

/// The error of accounts with these lines, one account each.
fn accounts(variables: &[(&'static str, &'static str)], lines: &[&str]) -> Result<(), String> {
    let environment = Set(variables.iter().chain([&X]).copied().collect());
    let mut text = String::new();
    for (at, lines) in lines.iter().enumerate() {
        let location = "[[account.location]]\nid = \"ve9EPM428h8vShlRW1KT\"\ncredential_env = \"X\"\n";
        let _ = write!(text, "[[account]]\nname = \"a{at}\"\n{lines}\n{location}");
    }
    let mut config = Config::read(&Flags::default(), &environment).unwrap();
    let file = AccountsFile::parse(&text, Path::new(""), "--accounts", &environment, false);
    config.accounts = Some(file.map_err(|error| error.to_string())?);
    let read = HttpConfig::read(&HttpFlags::default(), &environment, &config);
    read.map(drop).map_err(|error| error.to_string())
}

#[test]
fn an_issuer_and_a_public_address_turn_the_sign_in_on() {
    let http = read(&[ISSUER, PUBLIC]).unwrap();
    let sign_in = http.sign_in.unwrap();
    assert_eq!(sign_in.settings.issuers[0].text, "https://login.example.com");
    assert_eq!(sign_in.settings.resource.mcp(), "https://crm.example.com/mcp");
    assert_eq!(http.allowed_hosts, ["crm.example.com"]);
    assert!(read(&[]).unwrap().sign_in.is_none());
    let two =
        ("GHL_MCP_OAUTH_ISSUER", "https://a.example.com/, https://b.example.com/t\nhttp://127.0.0.1:3000");
    let names: Vec<_> = read(&[two, PUBLIC])
        .unwrap()
        .sign_in
        .unwrap()
        .settings
        .issuers
        .into_iter()
        .map(|one| one.text)
        .collect();
    // To the letter: the last slash stays.
    assert_eq!(names, ["https://a.example.com/", "https://b.example.com/t", "http://127.0.0.1:3000"]);
}

#[test]
fn another_machine_may_reach_a_server_with_a_sign_in_and_no_token() {
    assert!(read(&[("GHL_MCP_LISTEN", "0.0.0.0:8787"), ISSUER, PUBLIC]).is_ok());
}

#[test]
fn settings_that_do_not_fit_together_are_named() {
    for (variables, setting, words) in [
        (&[ISSUER][..], "--oauth-issuer", "needs --public-url"),
        (&[PUBLIC], "GHL_MCP_PUBLIC_URL", "--oauth-issuer is not"),
        (&[("GHL_MCP_OAUTH_SCOPES", "read=r")], "GHL_MCP_OAUTH_SCOPES", "--oauth-issuer is not"),
        (&[("GHL_MCP_OAUTH_AUDIENCE", "api://x")], "GHL_MCP_OAUTH_AUDIENCE", "--oauth-issuer is not"),
        (&[ENDPOINT, ID, SECRET], "--oauth-introspection", "--oauth-issuer is not"),
        (&[ISSUER, PUBLIC, ENDPOINT], "GHL_MCP_OAUTH_CLIENT_ID", "needs all of"),
        (&[ISSUER, PUBLIC, ENDPOINT, ID], "GHL_MCP_OAUTH_CLIENT_SECRET", "needs all of"),
        (&[ISSUER, PUBLIC, ID, SECRET], "--oauth-introspection", "needs all of"),
        (&[ISSUER, PUBLIC, SECRET], "--oauth-introspection", "needs all of"),
        (
            &[("GHL_MCP_OAUTH_ISSUER", "https://a.example https://b.example"), PUBLIC, ENDPOINT, ID, SECRET],
            "GHL_MCP_OAUTH_INTROSPECTION",
            "needs one --oauth-issuer",
        ),
        (
            &[("GHL_MCP_OAUTH_ISSUER", "https://a.example,https://a.example"), PUBLIC],
            "GHL_MCP_OAUTH_ISSUER",
            "twice",
        ),
        (
            &[ISSUER, PUBLIC, ("GHL_MCP_OAUTH_SCOPES", "contacts")],
            "GHL_MCP_OAUTH_SCOPES",
            "read=NAME,write=NAME",
        ),
    ] {
        let error = error(variables);
        assert!(
            error.starts_with(&format!("{setting}: ")) && error.contains(words),
            "{variables:?}: {error}"
        );
    }
}

#[test]
fn an_issuer_that_is_set_and_empty_never_opens_the_server() {
    for empty in ["", " ", ",", "${ISSUER}", "<URL>", "$(issuer)", "{{issuer}}"] {
        for others in [&[][..], &[PUBLIC]] {
            let error = error(&[&[("GHL_MCP_OAUTH_ISSUER", empty)], others].concat());
            assert!(error.starts_with("GHL_MCP_OAUTH_ISSUER: is set, but is empty"), "{empty}: {error}");
        }
    }
}

#[test]
fn an_address_must_be_https_or_of_this_machine() {
    for wrong in [
        "http://login.example.com",
        "login.example.com",
        "ftp://login.example.com",
        "https://u:p@example.com",
        "https://example.com?a",
        "https://example.com#a",
    ] {
        assert!(
            error(&[("GHL_MCP_OAUTH_ISSUER", wrong), PUBLIC]).starts_with("GHL_MCP_OAUTH_ISSUER: "),
            "{wrong}"
        );
        assert!(
            error(&[ISSUER, ("GHL_MCP_PUBLIC_URL", wrong)]).starts_with("GHL_MCP_PUBLIC_URL: "),
            "{wrong}"
        );
        let endpoint = ("GHL_MCP_OAUTH_INTROSPECTION", wrong);
        let error = error(&[ISSUER, PUBLIC, endpoint, ID, SECRET]);
        assert!(error.starts_with("GHL_MCP_OAUTH_INTROSPECTION: "), "{wrong}");
    }
}

#[test]
fn introspection_takes_its_secret_from_a_variable() {
    let sign_in = read(&[ISSUER, PUBLIC, ENDPOINT, ID, SECRET]).unwrap().sign_in.unwrap();
    let introspection = sign_in.settings.introspection.unwrap();
    assert_eq!(introspection.client_id, "crm");
    assert!(!format!("{introspection:?}").contains("canary"));
}

#[test]
fn an_account_is_for_people_beside_or_in_place_of_tokens() {
    let on = [ISSUER, PUBLIC];
    let token = format!("token_sha256 = \"{}\"", "0".repeat(64));
    assert_eq!(accounts(&on, &["subject = \"jane\"", &token]), Ok(()));
    assert_eq!(accounts(&on, &[&format!("{token}\nemail = [\"a@example.com\", \"b@example.com\"]")]), Ok(()));
    assert_eq!(
        accounts(&on, &["group = \"g\"\nissuer = \"https://login.example.com\"\nclient_id = \"c\""]),
        Ok(())
    );
    for (lines, words) in [
        (&["email = \"a@example.com\"", ""][..], "account \"a1\": has no token"),
        (&[&token[..]], "--oauth-issuer: needs an account with subject"),
        (&["subject = []"], "subject has no entry"),
        (&["subject = \"\""], "subject has no entry"),
        (&["group = [\"a\", \"${GROUP}\"]"], "group has no entry, or one that was never filled in"),
        (&["subject = 7"], "a string or a list of strings"),
        (&["subjects = \"a\""], "unknown field"),
        (&["issuer = \"https://login.example.com\""], "issuer names no person"),
        (&["subject = \"a\"\nissuer = \"https://login.example.com/\""], "is not one of --oauth-issuer"),
        (
            &["subject = [\"a\", \"b\"]", "subject = \"b\""],
            "account \"a0\": is for the same person as account \"a1\"",
        ),
    ] {
        let error = accounts(&on, lines).unwrap_err();
        assert!(error.contains(words), "{lines:?}: {error}");
    }
    let error = accounts(&[], &["subject = \"jane\""]).unwrap_err();
    assert_eq!(error, "account \"a0\": is for people who sign in, but there is no --oauth-issuer");
}
