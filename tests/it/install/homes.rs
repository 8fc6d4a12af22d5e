//! Where the hosts' files lie, and which entries in them are ours.

use std::path::Path;

use ghl_contacts_mcp::cli::hosts::{Entry, HOSTS, Host, Places, found};
use ghl_contacts_mcp::config::{Home, Os};

use super::{Folder, home, with};

/// Host, and its file on macOS, Windows and Linux.
const FILES: [(&str, &str, &str, &str); 10] = [
    (
        "claude-desktop",
        "Library/Application Support/Claude/claude_desktop_config.json",
        "AppData/Roaming/Claude/claude_desktop_config.json",
        ".config/Claude/claude_desktop_config.json",
    ),
    ("claude-code", ".claude.json", ".claude.json", ".claude.json"),
    ("cursor", ".cursor/mcp.json", ".cursor/mcp.json", ".cursor/mcp.json"),
    (
        "vscode",
        "Library/Application Support/Code/User/mcp.json",
        "AppData/Roaming/Code/User/mcp.json",
        ".config/Code/User/mcp.json",
    ),
    ("codex", ".codex/config.toml", ".codex/config.toml", ".codex/config.toml"),
    ("gemini", ".gemini/settings.json", ".gemini/settings.json", ".gemini/settings.json"),
    ("qwen", ".qwen/settings.json", ".qwen/settings.json", ".qwen/settings.json"),
    (
        "opencode",
        ".config/opencode/opencode.json",
        ".config/opencode/opencode.json",
        ".config/opencode/opencode.json",
    ),
    (
        "windsurf",
        ".codeium/windsurf/mcp_config.json",
        ".codeium/windsurf/mcp_config.json",
        ".codeium/windsurf/mcp_config.json",
    ),
    ("zed", ".config/zed/settings.json", "AppData/Roaming/Zed/settings.json", ".config/zed/settings.json"),
];

fn file(id: &str, home: &Home) -> String {
    let file = Places::of(Host::by_id(id).unwrap(), home).file;
    file.strip_prefix(&home.folder).unwrap().to_str().unwrap().to_owned()
}

#[test]
fn every_host_has_its_file_on_every_system() {
    let folder = Folder::new();
    assert!(HOSTS.iter().map(|host| host.id).eq(FILES.map(|(id, ..)| id)));
    for (id, mac, windows, linux) in FILES {
        for (os, expected) in [(Os::Mac, mac), (Os::Windows, windows), (Os::Linux, linux)] {
            assert_eq!(file(id, &home(os, &folder.0)), expected, "{id} {os:?}");
            assert!(!Places::of(Host::by_id(id).unwrap(), &home(os, &folder.0)).present, "{id} {os:?}");
        }
    }
}

#[test]
fn variables_of_a_host_name_another_file() {
    let folder = Folder::new();
    for (variable, id, expected) in [
        ("CLAUDE_CONFIG_DIR", "claude-code", "other/.claude.json"),
        ("CODEX_HOME", "codex", "other/config.toml"),
        ("GEMINI_CLI_HOME", "gemini", "other/.gemini/settings.json"),
        ("QWEN_HOME", "qwen", "other/settings.json"),
        ("XDG_CONFIG_HOME", "opencode", "other/opencode/opencode.json"),
        ("XDG_CONFIG_HOME", "zed", "other/zed/settings.json"),
        ("XDG_CONFIG_HOME", "vscode", "other/Code/User/mcp.json"),
    ] {
        let home = with(Os::Linux, &folder.0, &[(variable, folder.at("other").to_str().unwrap())]);
        assert_eq!(file(id, &home), expected, "{variable}");
    }
    let windows = with(Os::Windows, &folder.0, &[("APPDATA", folder.at("roaming").to_str().unwrap())]);
    assert_eq!(file("zed", &windows), "roaming/Zed/settings.json");
}

#[test]
fn the_package_of_claude_desktop_on_windows_has_a_folder_of_its_own() {
    let folder = Folder::new();
    let windows = home(Os::Windows, &folder.0);
    // A file of an installation that is gone.
    folder.write("AppData/Roaming/Claude/claude_desktop_config.json", "{}");
    folder.write("AppData/Local/Packages/Other_1/x", "");
    assert_eq!(file("claude-desktop", &windows), "AppData/Roaming/Claude/claude_desktop_config.json");
    folder.write("AppData/Local/Packages/Claude_pzs8sxrjxfjjc/x", "");
    assert_eq!(
        file("claude-desktop", &windows),
        "AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json"
    );
}

#[test]
fn of_several_files_the_one_that_is_there_is_taken() {
    let folder = Folder::new();
    let linux = home(Os::Linux, &folder.0);
    folder.write(".config/opencode/config.json", "{}");
    assert_eq!(file("opencode", &linux), ".config/opencode/config.json");
    folder.write(".config/opencode/opencode.json", "{}");
    assert_eq!(file("opencode", &linux), ".config/opencode/opencode.json");
    folder.write(".config/opencode/opencode.jsonc", "{}");
    assert_eq!(file("opencode", &linux), ".config/opencode/opencode.jsonc");
    folder.write(".config/Code - Insiders/User/settings.json", "{}");
    assert_eq!(file("vscode", &linux), ".config/Code - Insiders/User/mcp.json");
    folder.write(".config/Code/User/settings.json", "{}");
    assert_eq!(file("vscode", &linux), ".config/Code/User/mcp.json");
}

fn short(entry: &Entry) -> String {
    let file = entry.file.file_name().unwrap().to_str().unwrap();
    let env: Vec<_> = entry.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let project = entry.project.as_deref().map(|project| format!(" in {project}")).unwrap_or_default();
    let (host, name, command) = (entry.host.id, &entry.name, &entry.command);
    format!("{host} {file}{project}: {name} = {command} {:?} {env:?}", entry.args)
}

#[test]
fn entries_of_ours_are_found_in_every_form_and_others_are_not() {
    let folder = Folder::new();
    let mac = home(Os::Mac, &folder.0);
    folder.write(
        "Library/Application Support/Claude/claude_desktop_config.json",
        r#"{"mcpServers": {"ghl-contacts": {"command": "/opt/ghl-contacts-mcp", "args": ["stdio"],
            "env": {"GHL_LOCATION_ID": "loc1", "N": 5}}, "files": {"command": "npx", "args": ["-y", "files"]}}}"#,
    );
    folder.write(
        ".claude.json",
        r#"{"mcpServers": {"crm": {"type": "stdio", "command": "uvx", "args": ["ghl-contacts-mcp"]}},
            "projects": {"/src/a": {"mcpServers": {"ghl": {"command": "/x/ghl-contacts-mcp"}}, "history": []}}}"#,
    );
    folder.write(
        "Library/Application Support/Code/User/mcp.json",
        "\u{feff}// servers\n{\"servers\": {\"ghl-contacts\": {\"type\": \"stdio\", \"command\": \"ghl-contacts-mcp\",},},}",
    );
    folder.write(
        ".codex/config.toml",
        "model = \"x\" # mine\n[mcp_servers.ghl-contacts]\ncommand = 'C:\\bin\\ghl-contacts-mcp.exe'\nargs = [\"stdio\"]\n\
         env = { GHL_LOCATION_ID = \"loc2\" }\n[mcp_servers.other]\nurl = \"https://example.com\"\n",
    );
    folder.write(
        ".config/opencode/opencode.json",
        r#"{"mcp": {"a": {"type": "local", "command": ["npx", "-y", "ghl-contacts-mcp"], "environment": {"A": "b"}},
            "servers": {"b": {"type": "local", "command": ["/x/ghl-contacts-mcp", "stdio"]}}}}"#,
    );
    folder.write(
        ".config/zed/settings.json",
        r#"{"context_servers": {"ghl-contacts": {"command": {"path": "/x/ghl-contacts-mcp", "args": ["stdio"], "env": {"A": "b"}}}}}"#,
    );
    folder.write("project/.cursor/mcp.json", r#"{"mcpServers": {"ghl-contacts": {"command": "other"}}}"#);
    let found = found(&mac, Some(&folder.at("project")));
    assert_eq!(found.unreadable, []);
    let lines: Vec<_> = found.entries.iter().map(short).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    claude-desktop claude_desktop_config.json: ghl-contacts = /opt/ghl-contacts-mcp ["stdio"] ["GHL_LOCATION_ID=loc1", "N=5"]
    claude-code .claude.json: crm = uvx ["ghl-contacts-mcp"] []
    claude-code .claude.json in /src/a: ghl = /x/ghl-contacts-mcp [] []
    cursor mcp.json: ghl-contacts = other [] []
    vscode mcp.json: ghl-contacts = ghl-contacts-mcp [] []
    codex config.toml: ghl-contacts = C:\bin\ghl-contacts-mcp.exe ["stdio"] ["GHL_LOCATION_ID=loc2"]
    opencode opencode.json: a = npx ["-y", "ghl-contacts-mcp"] ["A=b"]
    opencode opencode.json: b = /x/ghl-contacts-mcp ["stdio"] []
    zed settings.json: ghl-contacts = /x/ghl-contacts-mcp ["stdio"] ["A=b"]
    "#);
    let hosts: Vec<_> = found.hosts.iter().map(|host| host.id).collect();
    assert_eq!(hosts, ["claude-desktop", "claude-code", "vscode", "codex", "opencode", "zed"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_hides_no_other() {
    let folder = Folder::new();
    let linux = home(Os::Linux, &folder.0);
    folder.write(".codex/config.toml", "[mcp_servers.ghl-contacts]\ncommand = \"ghl-contacts-mcp\"\n");
    for broken in [
        "{",
        "{\"mcpServers\": {\"canary\" 5}}",
        "[1]",
        "5",
        "\"x\"",
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": 1 \"b\": 2}",
        "}{",
        "{\"a\": nul}",
        "{\"a\": \"canary}",
        "{} {}",
        "/* open",
        "{\"a\": \"\\ud800 \\x\"}",
    ] {
        folder.write(".cursor/mcp.json", broken);
        let found = found(&linux, None);
        assert_eq!(found.entries.len(), 1, "{broken}");
        let [unreadable] = &found.unreadable[..] else { panic!("{broken}: {found:?}") };
        let text = unreadable.to_string();
        assert!(
            text.contains(".cursor/mcp.json: it is not ") && !text.contains("canary"),
            "{broken}: {text}"
        );
    }
    // Nothing of ours is in these, and nothing is wrong with them.
    for good in [
        "",
        " \n",
        "// empty\n",
        "{}",
        "{\"mcpServers\": 5}",
        "{\"mcpServers\": {\"x\": [], \"y\": {\"command\": 5}}}",
    ] {
        folder.write(".cursor/mcp.json", good);
        assert_eq!(found(&linux, None).unreadable, [], "{good}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in [deep.as_str(), &format!("{{\"mcpServers\": {deep}}}")] {
        folder.write(".cursor/mcp.json", text);
        assert_eq!(found(&linux, None).unreadable.len(), 1);
    }
    for toml in ["[mcp_servers", "a = ", "[a]\n[a]\n", "mcp_servers = 5\nmcp_servers = 6\n"] {
        folder.write(".cursor/mcp.json", "{}");
        folder.write(".codex/config.toml", toml);
        let text = found(&linux, None).unreadable[0].to_string();
        assert!(
            text.contains("config.toml: it is not TOML: ") && text.contains(" on line "),
            "{toml}: {text}"
        );
    }
    std::fs::write(folder.at(".codex/config.toml"), b"\xff\xfe").unwrap();
    assert!(found(&linux, None).unreadable[0].to_string().ends_with("it is not UTF-8 text"));
    std::fs::remove_file(folder.at(".codex/config.toml")).unwrap();
    std::fs::create_dir(folder.at(".codex/config.toml")).unwrap();
    assert!(found(&linux, None).unreadable[0].to_string().contains("not a regular file"));
}

#[test]
fn a_project_in_ones_own_folder_is_not_read_twice() {
    let folder = Folder::new();
    let linux = home(Os::Linux, &folder.0);
    folder.write(".cursor/mcp.json", r#"{"mcpServers": {"ghl-contacts": {"command": "x"}}}"#);
    assert_eq!(found(&linux, Some(Path::new(&folder.0))).entries.len(), 1);
}
