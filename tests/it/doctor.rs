//! `doctor`: what a person and a program read of it, through the real binary.
#![expect(clippy::disallowed_methods, reason = "the specs write settings of hosts, and token files")]

mod failures;
mod hosts;
mod http;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use ghl_contacts_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

/// A run of `doctor` in a home of its own.
struct Doctor {
    home: PathBuf,
    command: Command,
}

impl Doctor {
    /// `name` is the home's, with a number: specs that run at the same time may give the same name.
    fn new(name: &str) -> Self {
        static HOMES: AtomicUsize = AtomicUsize::new(0);
        let number = HOMES.fetch_add(1, Ordering::Relaxed);
        let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("doctor-{name}-{number}"));
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(home.join("here")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
        command.arg("doctor").env_clear().env("HOME", &home).env("USERPROFILE", &home);
        command.current_dir(home.join("here"));
        Self { home, command }
    }

    /// The same in front of that sandbox.
    fn before(name: &str, sandbox: &Sandbox) -> Self {
        Self::new(name)
            .env("GHL_BASE_URL", &sandbox.url())
            .env("GHL_PIT_TOKEN", sandbox.token())
            .env("GHL_LOCATION_ID", sandbox.location_id())
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Writes a file into the home.
    fn file(self, path: &str, text: &str) -> Self {
        let path = self.home.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn output(&mut self) -> Output {
        self.command.output().unwrap()
    }

    /// The exit code and the table. Nothing else is printed.
    fn table(mut self) -> (i32, String) {
        let output = self.output();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        (output.status.code().unwrap(), self.settled(&String::from_utf8(output.stdout).unwrap()))
    }

    /// The exit code and the object. Nothing else is printed.
    fn json(mut self) -> (i32, Report) {
        self.command.arg("--json");
        let output = self.output();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        let text = self.settled(&String::from_utf8(output.stdout).unwrap());
        (output.status.code().unwrap(), Report(serde_json::from_str(&text).unwrap()))
    }

    /// Without the home's path.
    fn settled(&self, text: &str) -> String {
        text.replace(self.home.to_str().unwrap(), "[home]")
    }
}

/// Without the time until the quota starts again.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.split_once("resets in ") {
        Some((before, _)) => format!("{before}resets in [time]"),
        None => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The object of `--json`.
#[derive(Debug)]
struct Report(Value);

impl Report {
    #[track_caller]
    fn check(&self, id: &str) -> &Value {
        let checks = self.0["checks"].as_array().unwrap();
        checks.iter().find(|check| check["check"] == id).unwrap_or_else(|| panic!("no {id} in {}", self.0))
    }

    /// `failed: what was seen -> what to do`.
    #[track_caller]
    fn line(&self, id: &str) -> String {
        let check = self.check(id);
        let text = |key: &str| check[key].as_str().unwrap_or_default().to_owned();
        let todo = check["todo"].as_str().map(|todo| format!("\n-> {todo}")).unwrap_or_default();
        timeless(&format!("{}: {}{todo}", text("state"), text("seen")))
    }

    /// The checks of this state, by their names.
    fn of(&self, state: &str) -> Vec<&str> {
        let checks = self.0["checks"].as_array().unwrap().iter();
        checks.filter(|check| check["state"] == state).map(|check| check["check"].as_str().unwrap()).collect()
    }
}

async fn sandbox(change: impl FnOnce(&mut Options)) -> Sandbox {
    let mut options = Options::default();
    change(&mut options);
    Sandbox::start(options).await.unwrap()
}

/// `GET /path -> 200`, sorted.
fn requests(sandbox: &Sandbox) -> Vec<String> {
    let line = |path: &str| path.split('?').next().unwrap_or_default().to_owned();
    let mut lines: Vec<_> = sandbox
        .wire()
        .iter()
        .map(|exchange| format!("{} {} -> {}", exchange.method, line(&exchange.path), exchange.status))
        .collect();
    lines.sort();
    lines
}

#[test]
fn against_the_sandbox_all_is_well() {
    let (code, table) = Doctor::new("sandbox").arg("--sandbox").table();
    assert_eq!(code, 0);
    insta::assert_snapshot!(timeless(&table), @"
    ghl-contacts-mcp 0.1.0: doctor

    Settings
      + ok      token        made up by the sandbox
      + ok      location id  made up by the sandbox
      + ok      base url     the built-in sandbox
      + ok      sandbox      on, from --sandbox
      + ok      the others   not set: dialect, upsert, log-format, accounts, token-store, account,
                             country, toolsets, read-only, log, audit-key-file, store

    HighLevel, location SandboxLocation00001
      + ok      connection                       127.0.0.1 answers, over plain HTTP on this machine
      + ok      clock                            this machine's clock and HighLevel's agree
      + ok      token                            a private integration token, accepted by HighLevel
      + ok      contacts.readonly                granted
      + ok      contacts.write                   granted (asked by taking no tag from a contact that
                                                 does not exist)
      + ok      locations.readonly               granted
      + ok      locations/customFields.readonly  granted; 15 custom fields
      + ok      locations/tags.readonly          granted; 10 tags
      + ok      users.readonly                   granted; 3 users
      + ok      location                         Harbour Light Studio, US, America/New_York
      + ok      duplicates                       not allowed: an upsert changes the contact found by
                                                 e-mail, then phone, and creates one only where none is
                                                 found
      + ok      quota of the window              94 of 100 requests left in 10 s
      + ok      quota of the day                 199,994 of 200,000 left; resets in [time]
      + ok      dialect                          current: HighLevel's API of 2021-07-28 (detected)

    This machine
      + ok      proxy        none is set; this program connects directly
      - skipped token store  none: no app is used
      + ok      audit        the log's hashes of e-mails change at each start; --audit-key-file keeps
                             them the same

    Hosts on this machine
      - skipped hosts  no host that this program knows is on this machine

    All is well. 2 skipped. 6 requests to HighLevel; nothing was written there.
    ");
}

#[test]
fn a_program_reads_the_same_as_one_object() {
    let (code, mut report) = Doctor::new("json").arg("--sandbox").json();
    assert_eq!(code, 0);
    for check in report.0["checks"].as_array_mut().unwrap() {
        check["seen"] = json!(timeless(check["seen"].as_str().unwrap()));
        for name in ["resetsInSeconds", "aheadSeconds"] {
            if check["values"][name].is_number() {
                check["values"][name] = json!("[number]");
            }
        }
    }
    let checks = report.0["checks"].take();
    let lines: Vec<_> = checks.as_array().unwrap().iter().map(Value::to_string).collect();
    insta::assert_snapshot!(report.0.to_string(), @r#"{"program":"ghl-contacts-mcp","version":"0.1.0","ok":true,"failed":0,"warnings":0,"skipped":2,"requests":6,"checks":null}"#);
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"section":"settings","check":"settings.token","location":null,"state":"ok","seen":"made up by the sandbox","todo":null,"values":{"source":"default","name":null}}
    {"section":"settings","check":"settings.location-id","location":null,"state":"ok","seen":"made up by the sandbox","todo":null,"values":{"source":"default","name":null}}
    {"section":"settings","check":"settings.base-url","location":null,"state":"ok","seen":"the built-in sandbox","todo":null,"values":{"source":"default","name":null}}
    {"section":"settings","check":"settings.sandbox","location":null,"state":"ok","seen":"on, from --sandbox","todo":null,"values":{"source":"flag","name":"--sandbox"}}
    {"section":"settings","check":"settings.defaults","location":null,"state":"ok","seen":"not set: dialect, upsert, log-format, accounts, token-store, account, country, toolsets, read-only, log, audit-key-file, store","todo":null,"values":{}}
    {"section":"highlevel","check":"connection","location":"SandboxLocation00001","state":"ok","seen":"127.0.0.1 answers, over plain HTTP on this machine","todo":null,"values":{"host":"127.0.0.1","tls":false}}
    {"section":"highlevel","check":"clock","location":"SandboxLocation00001","state":"ok","seen":"this machine's clock and HighLevel's agree","todo":null,"values":{"aheadSeconds":"[number]"}}
    {"section":"highlevel","check":"token","location":"SandboxLocation00001","state":"ok","seen":"a private integration token, accepted by HighLevel","todo":null,"values":{"kind":"privateIntegration"}}
    {"section":"highlevel","check":"scope.contacts.readonly","location":"SandboxLocation00001","state":"ok","seen":"granted","todo":null,"values":{}}
    {"section":"highlevel","check":"scope.contacts.write","location":"SandboxLocation00001","state":"ok","seen":"granted (asked by taking no tag from a contact that does not exist)","todo":null,"values":{}}
    {"section":"highlevel","check":"scope.locations.readonly","location":"SandboxLocation00001","state":"ok","seen":"granted","todo":null,"values":{}}
    {"section":"highlevel","check":"scope.locations/customFields.readonly","location":"SandboxLocation00001","state":"ok","seen":"granted; 15 custom fields","todo":null,"values":{"count":15}}
    {"section":"highlevel","check":"scope.locations/tags.readonly","location":"SandboxLocation00001","state":"ok","seen":"granted; 10 tags","todo":null,"values":{"count":10}}
    {"section":"highlevel","check":"scope.users.readonly","location":"SandboxLocation00001","state":"ok","seen":"granted; 3 users","todo":null,"values":{"count":3}}
    {"section":"highlevel","check":"location","location":"SandboxLocation00001","state":"ok","seen":"Harbour Light Studio, US, America/New_York","todo":null,"values":{"name":"Harbour Light Studio","country":"US","timeZone":"America/New_York"}}
    {"section":"highlevel","check":"duplicates","location":"SandboxLocation00001","state":"ok","seen":"not allowed: an upsert changes the contact found by e-mail, then phone, and creates one only where none is found","todo":null,"values":{"allowed":false,"byEmail":true,"byPhone":true}}
    {"section":"highlevel","check":"quota.window","location":"SandboxLocation00001","state":"ok","seen":"94 of 100 requests left in 10 s","todo":null,"values":{"left":94,"max":100}}
    {"section":"highlevel","check":"quota.day","location":"SandboxLocation00001","state":"ok","seen":"199,994 of 200,000 left; resets in [time]","todo":null,"values":{"left":199994,"max":200000,"resetsInSeconds":"[number]"}}
    {"section":"highlevel","check":"dialect","location":"SandboxLocation00001","state":"ok","seen":"current: HighLevel's API of 2021-07-28 (detected)","todo":null,"values":{"dialect":"current"}}
    {"section":"machine","check":"proxy","location":null,"state":"ok","seen":"none is set; this program connects directly","todo":null,"values":{"variables":[]}}
    {"section":"machine","check":"tokenStore","location":null,"state":"skipped","seen":"none: no app is used","todo":null,"values":{}}
    {"section":"machine","check":"audit","location":null,"state":"ok","seen":"the log's hashes of e-mails change at each start; --audit-key-file keeps them the same","todo":null,"values":{}}
    {"section":"hosts","check":"hosts","location":null,"state":"skipped","seen":"no host that this program knows is on this machine","todo":null,"values":{}}
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sends_one_request_for_each_scope_and_writes_nothing() {
    let sandbox = sandbox(|_| ()).await;
    let before = sandbox.contacts();
    let (code, report) = Doctor::before("requests", &sandbox).json();
    assert_eq!((code, &report.0["requests"]), (0, &json!(6)));
    insta::assert_snapshot!(requests(&sandbox).join("\n"), @"
    DELETE /contacts/00000000000000000000/tags -> 400
    GET /contacts/search/duplicate -> 200
    GET /locations/SandboxLocation00001 -> 200
    GET /locations/SandboxLocation00001/customFields -> 200
    GET /locations/SandboxLocation00001/tags -> 200
    GET /users/ -> 200
    ");
    assert_eq!(sandbox.contacts(), before);
    assert!(sandbox.unexpected().is_empty());
    crate::support::openapi::check(&sandbox);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_not_asked_whether_it_may_write() {
    let sandbox = sandbox(|options| options.denied_scopes = vec!["contacts.write".to_owned()]).await;
    let (code, report) = Doctor::before("read-only", &sandbox).arg("--read-only").json();
    assert_eq!((code, &report.0["requests"]), (0, &json!(5)));
    insta::assert_snapshot!(report.line("scope.contacts.write"), @"skipped: not needed: the server only reads");
}

#[test]
fn a_pipe_gets_no_colours_and_no_text_of_others_that_a_terminal_obeys() {
    let (_, table) = Doctor::new("pipe").arg("--sandbox").env("TERM", "xterm-256color").table();
    assert!(!table.contains('\u{1b}') && table.is_ascii(), "{table}");
    assert!(table.lines().all(|line| line.len() <= 100), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_location_of_the_accounts_is_checked_once_or_those_of_one_account() {
    let (one, two) =
        (sandbox(|_| ()).await, sandbox(|options| options.location_id = "SandboxLocation00002".into()).await);
    let location = |sandbox: &Sandbox, name: &str| {
        format!(
            "[[account.location]]\nid = \"{}\"\nname = \"{name}\"\ncredential_env = \"CRM\"\nbase_url = \"{}\"\n",
            sandbox.location_id(),
            sandbox.url()
        )
    };
    let text = format!(
        "[[account]]\nname = \"sales\"\n{}{}[[account]]\nname = \"support\"\n{}",
        location(&one, "North"),
        location(&two, "South"),
        location(&two, "South")
    );
    let doctor = |name: &str| {
        let doctor = Doctor::new(name).env("CRM", one.token()).file("accounts.toml", &text);
        let path = doctor.home.join("accounts.toml");
        doctor.env("GHL_ACCOUNTS", path.to_str().unwrap())
    };
    let (code, report) = doctor("accounts").json();
    assert_eq!((code, &report.0["requests"]), (0, &json!(12)), "{report:?}");
    assert_eq!((one.wire().len(), two.wire().len()), (6, 6));
    insta::assert_snapshot!(report.line("settings.accounts"), @"ok: [home]/accounts.toml: 2 accounts with 3 locations, from GHL_ACCOUNTS");
    let (code, report) = doctor("account").arg("--account").arg("support").json();
    assert_eq!((code, &report.0["requests"]), (0, &json!(6)));
    assert_eq!(report.check("settings.token")["location"], Value::Null);
    assert_eq!(report.check("connection")["location"], "SandboxLocation00002");
}

#[test]
fn the_source_of_each_setting_is_named_and_no_secret_is() {
    let doctor =
        Doctor::new("sources").file("token", "pit-canary-of-a-token\n").file("key", "canary-of-an-audit-key");
    let home = doctor.home.clone();
    let path = |name: &str| home.join(name).to_str().unwrap().to_owned();
    let doctor = doctor
        .arg("--base-url=https://127.0.0.1:9")
        .arg("--country=Spain")
        .env("GHL_PIT_TOKEN_FILE", &path("token"))
        .env("GHL_LOCATION_ID", "https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/dashboard")
        .env("GHL_AUDIT_KEY_FILE", &path("key"))
        .env("GHL_READ_ONLY", "${user_config.read_only}")
        .env("GHL_TOOLSETS", "<LIST>")
        .env("HTTPS_PROXY", "http://jane:canary@proxy.example:3128");
    let (code, report) = doctor.json();
    assert_eq!(code, 1);
    let checks = report.0["checks"].as_array().unwrap().iter().filter(|check| check["section"] == "settings");
    let lines: Vec<_> =
        checks.map(|check| format!("{} {} {}", check["check"], check["seen"], check["values"])).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    "settings.token" "set, from the file [home]/token (GHL_PIT_TOKEN_FILE)" {"source":"file","name":"GHL_PIT_TOKEN_FILE"}
    "settings.location-id" "ve9EPM428h8vShlRW1KT, from GHL_LOCATION_ID" {"source":"environment","name":"GHL_LOCATION_ID"}
    "settings.base-url" "https://127.0.0.1:9/, from --base-url" {"source":"flag","name":"--base-url"}
    "settings.country" "Spain, from --country" {"source":"flag","name":"--country"}
    "settings.toolsets" "not set: GHL_TOOLSETS was never filled in" {"source":"placeholder","name":"GHL_TOOLSETS"}
    "settings.read-only" "on: GHL_READ_ONLY was never filled in" {"source":"placeholder","name":"GHL_READ_ONLY"}
    "settings.audit-key-file" "[home]/key, from GHL_AUDIT_KEY_FILE" {"source":"environment","name":"GHL_AUDIT_KEY_FILE"}
    "settings.defaults" "not set: dialect, upsert, log-format, accounts, token-store, sandbox, account, log, store" {}
    "#);
    assert!(
        !report.0.to_string().contains("canary-of") && !report.0.to_string().contains(":canary"),
        "{report:?}"
    );
}

#[test]
fn a_setting_that_cannot_be_used_ends_it_with_exit_code_2_and_a_program_reads_which() {
    for (arguments, setting) in [
        (["--dialect", "v3"], "--dialect"),
        (["--country", "XX"], "--country"),
        (["--toolsets", "x"], "--toolsets"),
    ] {
        let run = |json: bool| {
            let doctor = Doctor::new("unusable").arg(arguments[0]).arg(arguments[1]);
            if json { doctor.arg("--json").output() } else { { doctor }.output() }
        };
        let output = run(false);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{setting}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(&format!("ghl-contacts-mcp: {setting}: ")), "{said}");
        let output = run(true);
        assert_eq!(output.status.code(), Some(2));
        let report = Report(serde_json::from_slice(&output.stdout).unwrap());
        assert_eq!((&report.0["ok"], report.of("failed")), (&json!(false), vec!["settings"]));
        assert!(report.line("settings").starts_with(&format!("failed: {setting}: ")), "{report:?}");
    }
}
