//! The hosts of the machine: does the server start there, and with which token?

use serde_json::{Value, json};

use crate::doctor::{Doctor, Report, sandbox};

/// The file of a host that has the usual form.
fn servers(entries: &[(&str, Value)]) -> String {
    let entries = entries.iter().map(|(name, entry)| ((*name).to_owned(), entry.clone()));
    json!({ "mcpServers": Value::Object(entries.collect()) }).to_string()
}

fn entry(args: &[&str], env: &Value) -> Value {
    json!({ "command": env!("CARGO_BIN_EXE_ghl-contacts-mcp"), "args": args, "env": env })
}

fn lines(report: &Report) -> String {
    let checks = report.0["checks"].as_array().unwrap().iter().filter(|check| check["section"] == "hosts");
    let lines = checks.map(|check| {
        let todo = check["todo"].as_str().map(|todo| format!("\n   -> {todo}")).unwrap_or_default();
        format!(
            "{} {}: {}{todo}",
            check["check"].as_str().unwrap(),
            check["state"].as_str().unwrap(),
            check["seen"].as_str().unwrap()
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_host_is_started_as_it_starts_the_server_and_its_token_is_compared() {
    let sandbox = sandbox(|_| ()).await;
    let (token, location) = (sandbox.token(), sandbox.location_id());
    let set = |token: &str, location: &str| json!({ "GHL_PIT_TOKEN": token, "GHL_LOCATION_ID": location });
    let other = "pit-0b1c2d3e-canary-of-another";
    let doctor = Doctor::before("hosts", &sandbox)
        .file(".config/Claude/claude_desktop_config.json", &servers(&[("ghl-contacts", entry(&["stdio"], &set(token, location)))]))
        .file(".cursor/mcp.json", &servers(&[("crm", entry(&[], &set(other, "ve9EPM428h8vShlRW1KT")))]))
        .file(".gemini/settings.json", &servers(&[("ghl-contacts", entry(&["stdio"], &set("pit-...", "...")))]))
        .file(".qwen/settings.json", &servers(&[("ghl-contacts", entry(&["stdio", "--sandbox"], &json!({})))]))
        .file(
            ".config/Code/User/mcp.json",
            &json!({ "servers": { "ghl-contacts": entry(&["stdio"], &set("${input:ghl-token}", location)) } }).to_string(),
        )
        .file(".codex/config.toml", "[mcp_servers.ghl-contacts]\ncommand = \"/nowhere/ghl-contacts-mcp\"\n")
        .file(".config/zed/settings.json", "{ \"context_servers\": ")
        .file(".codeium/windsurf/other.json", "{}");
    let (code, report) = doctor.json();
    assert_eq!(code, 1);
    insta::assert_snapshot!(lines(&report), @"
    host.claude-desktop ok: starts, version 0.1.0, 4 tools, with the same token as here
    host.cursor ok: starts, version 0.1.0, 4 tools, with another token than here, another location (ve9EPM428h8vShlRW1KT)
    host.vscode ok: starts, version 0.1.0, 4 tools, VS Code puts the token in itself
    host.codex failed: does not start: No such file or directory (os error 2)
       -> Check command and args in ~/.codex/config.toml, or write them anew: ghl-contacts-mcp install codex. A package that is downloaded first may take longer: start it once by hand.
    host.gemini warning: starts, version 0.1.0, 4 tools, with a placeholder as token (GHL_PIT_TOKEN), no location
       -> Set GHL_PIT_TOKEN in ~/.gemini/settings.json. Restart Gemini CLI; /mcp shows the server.
    host.qwen ok: starts, version 0.1.0, 4 tools, against the sandbox
    host.zed warning: ~/.config/zed/settings.json: it is not JSON: Expected value after colon in object property on line 1 column 22
       -> Correct the file: Zed reads no server from it.
    hosts skipped: here without this server: Windsurf; to add it: ghl-contacts-mcp install windsurf
    ");
    let text = report.0.to_string();
    assert!(!text.contains("canary") && !text.contains(token), "{text}");
    let values = &report.check("host.claude-desktop")["values"];
    insta::assert_snapshot!(values.to_string(), @r#"{"starts":true,"version":"0.1.0","tools":4,"token":"same","sandbox":false,"host":"claude-desktop","file":"[home]/.config/Claude/claude_desktop_config.json","name":"ghl-contacts","project":null}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_start_or_is_no_server_is_named_without_its_secrets() {
    let shell = |line: &str| json!({ "command": "/bin/sh", "args": ["-c", line, "ghl-contacts-mcp"], "env": { "SECRET": "canary-of-a-host" } });
    let unreadable = entry(&["stdio"], &json!({ "GHL_PIT_TOKEN_FILE": "/nowhere/token" }));
    let wrong = entry(&["stdio", "--no-such-flag"], &json!({}));
    let doctor = Doctor::new("broken").arg("--sandbox").file(
        ".cursor/mcp.json",
        &servers(&[
            ("a file that is not there", unreadable),
            ("a wrong flag", wrong),
            ("ends", shell("echo \"no module $SECRET\" >&2; exit 3")),
            ("speaks no MCP", shell("read line; echo hello; read line")),
            ("ghl-contacts", json!({ "command": "/bin/true" })),
        ]),
    );
    let (code, report) = doctor.json();
    assert_eq!(code, 1);
    insta::assert_snapshot!(lines(&report), @r#"
    host.cursor failed: the server does not start with these settings: GHL_PIT_TOKEN_FILE: the file cannot be read: /nowhere/token: No such file or directory (os error 2)
       -> Correct it in ~/.cursor/mcp.json. Turn the server on in Cursor: Settings > MCP (or restart Cursor).
    host.cursor failed: starts, but does not speak MCP: the server ended the session (exit code 2); it says: error: unexpected argument '--no-such-flag' found
       -> Check command and args in ~/.cursor/mcp.json, or write them anew: ghl-contacts-mcp install cursor. A package that is downloaded first may take longer: start it once by hand.
    host.cursor failed: starts, but does not speak MCP: the server ended the session (exit code 3); it says: no module [...]
       -> Check command and args in ~/.cursor/mcp.json, or write them anew: ghl-contacts-mcp install cursor. A package that is downloaded first may take longer: start it once by hand.
    host.cursor failed: starts, but does not speak MCP: expected value at line 1 column 1 (exit code 1)
       -> Check command and args in ~/.cursor/mcp.json, or write them anew: ghl-contacts-mcp install cursor. A package that is downloaded first may take longer: start it once by hand.
    host.cursor warning: ~/.cursor/mcp.json: "ghl-contacts" starts another program; it was not started
       -> To let it start this one: ghl-contacts-mcp install cursor.
    "#);
    assert!(!report.0.to_string().contains("canary"));
}

#[test]
fn what_stands_in_a_projects_folder_is_not_started() {
    let evil = json!({ "mcpServers": { "ghl-contacts": { "command": "/bin/sh", "args": ["-c", "touch started; : ghl-contacts-mcp"] } } });
    let doctor = Doctor::new("project").arg("--sandbox").file("here/.mcp.json", &evil.to_string());
    let home = doctor.home.clone();
    let (code, report) = doctor.json();
    assert_eq!(code, 0);
    insta::assert_snapshot!(lines(&report), @"host.claude-code skipped: ~/here/.mcp.json, of the project in this folder: not started");
    assert!(!home.join("here/started").exists());
}

#[test]
fn a_host_does_not_get_the_variables_of_this_shell() {
    let doctor = Doctor::new("shell")
        .arg("--sandbox")
        .env("GHL_PIT_TOKEN", "pit-0b1c2d3e-1234-4abc-9def-0123456789ab")
        .env("GHL_UPSERT", "safe")
        .file(".cursor/mcp.json", &servers(&[("ghl-contacts", json!({
            "command": "/bin/sh",
            "args": ["-c", "test -z \"$GHL_PIT_TOKEN$GHL_UPSERT\" && exec \"$0\" stdio --sandbox", env!("CARGO_BIN_EXE_ghl-contacts-mcp")],
        }))]));
    let (code, report) = doctor.json();
    assert_eq!(code, 0, "{}", lines(&report));
    assert_eq!(report.check("host.cursor")["values"]["starts"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_a_host_can_be_checked_in_place_of_those_of_the_shell() {
    let sandbox = sandbox(|_| ()).await;
    let env = json!({
        "GHL_PIT_TOKEN": sandbox.token(), "GHL_LOCATION_ID": sandbox.location_id(), "GHL_BASE_URL": sandbox.url(),
    });
    let doctor = |host: &str| {
        let text = servers(&[("ghl-contacts", entry(&["stdio"], &env))]);
        Doctor::new(&format!("of-{host}")).arg("--host").arg(host).file(".cursor/mcp.json", &text)
    };
    let (code, report) = doctor("cursor").json();
    assert_eq!((code, &report.0["requests"]), (0, &json!(6)), "{report:?}");
    assert_eq!(report.check("host.cursor")["values"]["token"], "same");
    let output = doctor("zed").output();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    insta::assert_snapshot!(said, @"ghl-contacts-mcp: --host: zed does not have this server; to add it: ghl-contacts-mcp install zed");
}
