use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::cli::hosts::{HOSTS, NAME};

fn host(id: &str) -> &'static Host {
    Host::by_id(id).unwrap()
}

fn server() -> Server {
    Server {
        name: NAME.to_owned(),
        command: "C:\\Program Files\\Jane's \"x\"\\ghl-contacts-mcp.exe".to_owned(),
        args: vec!["stdio".to_owned(), "--country".to_owned(), "Côte d'Ivoire".to_owned()],
        env: BTreeMap::from([("GHL_LOCATION_ID".to_owned(), "ve9EPM428h8vShlRW1KT".to_owned())]),
        unset: vec!["GHL_SANDBOX"],
        replace: false,
    }
}

#[test]
fn a_server_is_read_as_it_was_written_in_every_form() {
    for host in &HOSTS {
        for text in ["", "\u{feff}", "\r\n", "{}"] {
            let text = if host.form == Form::Toml { text.trim_end_matches("{}") } else { text };
            let new = insert(host, text, &server()).unwrap();
            let entry = entry(host, Path::new(""), &new, NAME).unwrap().unwrap();
            let read = Server { unset: vec!["GHL_SANDBOX"], ..Server::of(entry) };
            assert_eq!(read, server(), "{}: {new}", host.id);
            assert_eq!(insert(host, &new, &server()).unwrap(), new, "{}", host.id);
            assert_eq!(new.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
        }
    }
}

#[test]
fn comments_indentation_and_unknown_keys_stay() {
    let text = "// mine\n{\n\t\"editor\": {\"a\": [1, 2,], }, // kept\n\t\"servers\": {\n\t\t/* other */\n\t\t\"x\": {\"url\": \"https://example.com\"},\n\t},\n}\n";
    let new = insert(host("vscode"), text, &server()).unwrap();
    insta::assert_snapshot!(new.replace('\t', "→"), @r#"
    // mine
    {
    →"editor": {"a": [1, 2,], }, // kept
    →"servers": {
    →→/* other */
    →→"x": {"url": "https://example.com"},
    →→"ghl-contacts": {
    →→→"type": "stdio",
    →→→"command": "C:\\Program Files\\Jane's \"x\"\\ghl-contacts-mcp.exe",
    →→→"args": ["stdio", "--country", "Côte d'Ivoire"],
    →→→"env": {
    →→→→"GHL_LOCATION_ID": "ve9EPM428h8vShlRW1KT",
    →→→},
    →→},
    →},
    }
    "#);
    let updated = new.replace("\"args\": [", "\"disabled\": false, // by me\n\t\t\t\"args\": [\"--log\", ");
    let again = insert(host("vscode"), &updated, &server()).unwrap();
    assert!(again.contains("\"disabled\": false, // by me"), "{again}");
}

#[test]
fn toml_keeps_its_comments_and_other_tables() {
    let text = "model = \"x\" # mine\n\n[mcp_servers.files]\ncommand = 'npx' # other\nargs = [ \"a\",\n  \"b\" ]\n\n# last\n[tui]\na = 1\n# end\n";
    let new = insert(host("codex"), text, &server()).unwrap();
    insta::assert_snapshot!(new, @r#"
    model = "x" # mine

    [mcp_servers.files]
    command = 'npx' # other
    args = [ "a",
      "b" ]

    [mcp_servers.ghl-contacts]
    command = '''C:\Program Files\Jane's "x"\ghl-contacts-mcp.exe'''
    args = ["stdio", "--country", "Côte d'Ivoire"]

    [mcp_servers.ghl-contacts.env]
    GHL_LOCATION_ID = "ve9EPM428h8vShlRW1KT"

    # last
    [tui]
    a = 1
    # end
    "#);
    let inline = "mcp_servers = { x = { command = \"y\" } }\n";
    let new = insert(host("codex"), inline, &server()).unwrap();
    let entry = entry(host("codex"), Path::new(""), &new, NAME).unwrap().unwrap();
    assert_eq!(entry.args, server().args, "{new}");
}

#[test]
fn opencode_keeps_the_shape_of_its_version() {
    for (text, inside) in [
        ("{}", "/mcp/ghl-contacts"),
        (r#"{"mcp": {"x": {"type": "local", "command": ["y"]}}}"#, "/mcp/ghl-contacts"),
        (r#"{"mcp": {"servers": {}}}"#, "/mcp/servers/ghl-contacts"),
        (r#"{"mcp": {"servers": {"type": "local", "command": ["y"]}}}"#, "/mcp/ghl-contacts"),
        (
            r#"{"mcp": {"ghl-contacts": {"command": ["ghl-contacts-mcp"]}, "servers": {}}}"#,
            "/mcp/ghl-contacts",
        ),
    ] {
        let new = insert(host("opencode"), text, &server()).unwrap();
        let value: Value = serde_json::from_str(&new).unwrap();
        assert_eq!(value.pointer(inside).unwrap()["type"], "local", "{new}");
        assert_eq!(entry(host("opencode"), Path::new(""), &new, NAME).unwrap().unwrap().args, server().args);
        let gone: Value = serde_json::from_str(&remove(host("opencode"), &new, NAME).unwrap()).unwrap();
        assert_eq!(gone.pointer(inside), None);
    }
}

#[test]
fn an_entry_of_ours_keeps_its_own_variables_and_another_programs_entry_is_replaced() {
    let text = r#"{"mcpServers": {"ghl-contacts": {"command": "x", "env": {"GHL_SANDBOX": "1", "A": "b"}, "y": 1}}}"#;
    let new: Value = serde_json::from_str(&insert(&HOSTS[0], text, &server()).unwrap()).unwrap();
    let there = &new["mcpServers"][NAME];
    assert_eq!(there["env"], serde_json::json!({ "A": "b", "GHL_LOCATION_ID": "ve9EPM428h8vShlRW1KT" }));
    assert_eq!(there["y"], 1);
    let replace = Server { replace: true, ..server() };
    let new: Value = serde_json::from_str(&insert(&HOSTS[0], text, &replace).unwrap()).unwrap();
    assert_eq!(new["mcpServers"][NAME], Value::Object(server().entry(HOSTS[0].form)));
    let toml = "[mcp_servers.ghl-contacts]\ncommand = \"x\"\ny = 1\n[mcp_servers.ghl-contacts.env]\nGHL_SANDBOX = \"1\"\nA = \"b\"\n";
    let new = insert(host("codex"), toml, &server()).unwrap();
    assert!(new.contains("y = 1\n") && new.contains("A = \"b\"\n") && !new.contains("SANDBOX"), "{new}");
    assert!(!insert(host("codex"), toml, &replace).unwrap().contains("y = 1"));
}

#[test]
fn what_cannot_be_edited_is_refused_with_its_place() {
    for (text, reason) in [
        ("{", "it is not JSON: "),
        ("[]", "it is not an object"),
        ("{\"mcpServers\": []}", "its \"mcpServers\" is not an object"),
        ("{\"mcpServers\": null}", "its \"mcpServers\" is not an object"),
        ("{\"mcpServers\": {}, \"mcpServers\": {}}", "it has \"mcpServers\" twice in one object"),
        ("{\"mcpServers\": {\"ghl-contacts\": 5}}", "its \"ghl-contacts\" is not an object"),
        ("{\"mcpServers\": {\"ghl-contacts\": {\"env\": []}}}", "its \"env\" is not an object"),
    ] {
        let error = insert(&HOSTS[0], text, &server()).unwrap_err();
        assert!(error.starts_with(reason), "{text}: {error}");
    }
    for (text, reason) in [
        ("a = ", "it is not TOML: "),
        ("mcp_servers = 5", "its \"mcp_servers\" is not a table"),
        ("[mcp_servers]\nghl-contacts = 5", "its \"ghl-contacts\" is not a table"),
        ("[mcp_servers.ghl-contacts]\nenv = 5", "its \"env\" is not a table"),
        ("[[mcp_servers]]\na = 1", "its \"mcp_servers\" is not a table"),
    ] {
        let error = insert(host("codex"), text, &server()).unwrap_err();
        assert!(error.starts_with(reason), "{text}: {error}");
    }
}

#[test]
fn inputs_that_another_server_uses_stay() {
    let asks = |name: &str| Server {
        name: name.to_owned(),
        env: BTreeMap::from([("GHL_PIT_TOKEN".to_owned(), "${input:ghl-token}".to_owned())]),
        ..server()
    };
    let one = insert(host("vscode"), "{\n  \"inputs\": [{\"id\": \"x\"}]\n}\n", &asks("a")).unwrap();
    let two = insert(host("vscode"), &one, &asks("b")).unwrap();
    assert_eq!(two.matches("\"ghl-token\"").count(), 1, "{two}");
    let first = remove(host("vscode"), &two, "a").unwrap();
    assert!(first.contains("\"ghl-token\""), "{first}");
    let none = remove(host("vscode"), &first, "b").unwrap();
    assert!(!none.contains("ghl-token") && none.contains("{\"id\": \"x\"}"), "{none}");
}

/// A text of JSON as a person may write it, with comments, tabs and commas where none is needed.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-1.5e3".to_owned()),
        Just("\"a // b \\\" {\"".to_owned()),
        Just("\"é\\u00e9\"".to_owned()),
        Just("[]".to_owned()),
        Just("{ }".to_owned()),
    ];
    let space = || {
        prop_oneof![
            Just(""),
            Just(" "),
            Just("\n"),
            Just("\n\t"),
            Just(" // c\n"),
            Just("/* d */"),
            Just("\n  ")
        ]
    };
    let value = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            (prop::collection::vec((space(), inner.clone(), space()), 0..4), any::<bool>()).prop_map(
                |(all, comma)| {
                    let all: Vec<_> = all.into_iter().map(|(a, value, b)| format!("{a}{value}{b}")).collect();
                    let comma = if comma && !all.is_empty() { "," } else { "" };
                    format!("[{}{comma}]", all.join(","))
                }
            ),
            prop::collection::vec((space(), inner, space()), 0..4).prop_map(|all| object(&all, "k", false)),
        ]
    });
    (
        prop::collection::vec((space(), value.clone(), space()), 0..4),
        prop::option::of(prop::collection::vec((space(), value, space()), 0..3)),
        space(),
        space(),
        any::<bool>(),
    )
        .prop_map(|(others, servers, before, after, comma)| {
            let mut all = others;
            if let Some(servers) = servers {
                all.push(("\n  ", object(&servers, "server", comma), after));
            }
            let text = object(&all, "key", comma);
            // The last key is the one of the servers.
            let last = format!("\"key{}\"", all.len().saturating_sub(1));
            format!("{before}{}{after}", text.replace(&last, "\"mcpServers\""))
                .replace("\"mcpServers\":null", "\"z\":null")
        })
}

fn object(all: &[(&str, String, &str)], key: &str, comma: bool) -> String {
    let all: Vec<_> =
        all.iter().enumerate().map(|(at, (a, value, b))| format!("{a}\"{key}{at}\":{value}{b}")).collect();
    let comma = if comma && !all.is_empty() { "," } else { "" };
    format!("{{{}{comma}}}", all.join(","))
}

/// The comments of a text, in their order.
fn comments(text: &str) -> (usize, usize) {
    (text.matches("// c").count(), text.matches("/* d */").count())
}

proptest! {
    #[test]
    fn other_content_is_the_same_after_a_server_was_put_in_and_taken_out(text in json(), returns: bool) {
        let text = if returns { text.replace('\n', "\r\n") } else { text };
        let value = |text: &str| {
            jsonc_parser::cst::CstRootNode::parse(text, &crate::cli::hosts::JSONC).ok()?.value()?.to_serde_value()
        };
        let before = value(&text).unwrap();
        let Ok(new) = insert(&HOSTS[0], &text, &server()) else {
            prop_assert!(!before["mcpServers"].is_object() && !before["mcpServers"].is_null());
            return Ok(());
        };
        prop_assert_eq!(comments(&new), comments(&text), "{}", new);
        let mut with = value(&new).unwrap();
        prop_assert_eq!(with["mcpServers"].as_object_mut().unwrap().remove(NAME), Some(Value::Object(server().entry(HOSTS[0].form))));
        prop_assert_eq!(insert(&HOSTS[0], &new, &server()).unwrap(), new.clone());
        let gone = value(&remove(&HOSTS[0], &new, NAME).unwrap()).unwrap();
        prop_assert_eq!(&gone, &with);
        let mut same = gone.clone();
        if before.get("mcpServers").is_none() {
            same.as_object_mut().unwrap().remove("mcpServers");
        }
        prop_assert_eq!(&same, &before);
        prop_assert_eq!(super::before(&HOSTS[0], &new, &text, NAME).unwrap(), text);
    }
}
