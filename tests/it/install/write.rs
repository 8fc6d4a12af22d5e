//! `install` and `uninstall` through the real program, in a made-up home.

use std::fs;
use std::process::{Command, Stdio};

use ghl_contacts_mcp::cli::hosts::{Form, HOSTS, Host, Places};
use ghl_contacts_mcp::config::Os;
use serde_json::Value;

use super::{Folder, home};

const TOKEN: &str = "pit-0b1c2d3e-canary-4abc";
const LOCATION: &str = "ve9EPM428h8vShlRW1KT";

/// What one run said.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(folder: &Folder, arguments: &[&str]) -> Self {
        Self::with(folder, arguments, &[])
    }

    /// The same with these variables. No run ever shows the token.
    pub fn with(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
        command.args(arguments).env_clear().env("HOME", &folder.0).envs(variables.iter().copied());
        let output = command.current_dir(&folder.0).stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run =
            Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(
            !run.stdout.contains("canary") && !run.stderr.contains("canary"),
            "{}{}",
            run.stdout,
            run.stderr
        );
        run
    }

    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// It failed with this code, and its last line says this.
    #[track_caller]
    fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word}: {}", self.stderr);
        }
        self
    }
}

fn path(host: &Host, folder: &Folder) -> String {
    let file = Places::of(host, &home(Os::Linux, &folder.0)).file;
    file.strip_prefix(&folder.0).unwrap().to_str().unwrap().to_owned()
}

/// Texts that a host's file may have; `KEY` stands for the key of its servers.
fn texts(form: Form) -> Vec<String> {
    let json = [
        "{}",
        "{}\n",
        "{\n  \"KEY\": {}\n}\n",
        "{\"KEY\":{\"x\":{\"command\":\"npx\"}},\"theme\":\"dark\"}",
        "// mine\n{\n  // servers\n  \"KEY\": {\n    \"x\": { \"command\": \"npx\", \"args\": [\"-y\", \"x\"] } // last\n  },\n  \"a\": 1 /* one */\n}\n",
        "{\r\n  \"a\": 1,\r\n  \"KEY\": {\r\n    \"x\": {}\r\n  }\r\n}\r\n",
        "\u{feff}{\r\n\t\"KEY\": {}\r\n}",
        "{\n\t\"KEY\": {\n\t\t\"x\": {\n\t\t\t\"url\": \"https://example.com\",\n\t\t},\n\t},\n}\n",
        "{\n    \"unknown\": [\n        1,\n        2\n    ],\n    \"é\": \"\\u00e9\"\n}",
    ];
    let toml = [
        "",
        "model = \"x\" # mine\n",
        "model = 'x'",
        "# first\n[mcp_servers.x]\ncommand = \"npx\" # other\nargs = [\"-y\"]\n\n# tui\n[tui]\na = 1\n# end\n",
        "[tui]\r\na = 1\r\n\r\n[mcp_servers.x.env]\r\nA = \"b\"\r\n",
        "\u{feff}a = 1\r\n",
        "mcp_servers.x = { command = \"npx\" }\n",
        "[mcp_servers]\n",
        "a = \"\"\"\nlong\n\"\"\"\n[[b]]\nc = 1\n[[b]]\nc = 2\n",
    ];
    let texts = if form == Form::Toml { toml } else { json };
    texts.iter().map(|text| text.replace("KEY", form.key())).collect()
}

#[test]
fn every_host_gets_the_server_twice_is_once_and_uninstall_restores_the_file() {
    for host in &HOSTS {
        for text in texts(host.form) {
            let folder = Folder::new();
            let file = path(host, &folder);
            folder.write(&file, &text);
            let said = Run::of(&folder, &["install", host.id, "--sandbox", "--yes"]).ok();
            let new = folder.text(&file);
            let args = if host.form == Form::OpenCode {
                "\"stdio\", \"--sandbox\"]"
            } else {
                "[\"stdio\", \"--sandbox\"]"
            };
            assert!(new.contains("ghl-contacts") && new.contains(args), "{}: {new}", host.id);
            assert!(
                said.contains(&format!("Backup: ~/{file}.ghl-backup")) && said.contains(host.restart),
                "{said}"
            );
            assert_eq!(folder.text(&format!("{file}.ghl-backup")), text);
            assert_eq!(new.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
            assert_eq!(new.contains("\r\n"), text.contains("\r\n"));
            assert!(!text.contains("\r\n") || new.matches('\n').count() == new.matches("\r\n").count());
            for line in text.lines() {
                let at = ["// ", "/* ", "# "].iter().find_map(|start| line.find(start));
                let comment = at.map_or("", |at| &line[at..]);
                assert!(new.contains(comment), "{}: {comment} is not in {new}", host.id);
            }
            let again = Run::of(&folder, &["install", host.id, "--sandbox", "--yes"]).ok();
            assert!(again.starts_with("Nothing changes: "), "{}: {again}", host.id);
            let said = Run::of(&folder, &["uninstall", host.id, "--yes"]).ok();
            assert!(said.contains(&format!("{} starts this server no more", host.title)), "{said}");
            assert_eq!(folder.text(&file), text, "{}", host.id);
            let again = Run::of(&folder, &["uninstall", host.id, "--yes"]).ok();
            assert!(again.starts_with("Nothing to take out: "), "{again}");
        }
    }
}

#[test]
fn an_empty_home_gets_a_file_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    for host in &HOSTS {
        let folder = Folder::new();
        let said = Run::of(&folder, &["install", host.id, "--sandbox", "--yes"]).ok();
        let file = path(host, &folder);
        assert!(
            said.contains("does not exist; it is made") && said.contains("jane.smith@example.com"),
            "{said}"
        );
        assert_eq!(folder.files(), std::slice::from_ref(&file), "{}", host.id);
        assert_eq!(fs::metadata(folder.at(&file)).unwrap().permissions().mode() & 0o777, 0o600);
        Run::of(&folder, &["uninstall", host.id, "--yes"]).ok();
        assert_eq!(folder.text(&file), if host.form == Form::Toml { "" } else { "{}\n" }, "{}", host.id);
    }
}

#[test]
fn the_token_goes_into_its_own_file_and_never_into_a_hosts_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let variables = [("GHL_PIT_TOKEN", TOKEN), ("GHL_LOCATION_ID", LOCATION)];
    for host in &HOSTS {
        let folder = Folder::new();
        let said = Run::with(&folder, &["install", host.id, "--yes"], &variables).ok();
        let (file, token) = (folder.text(&path(host, &folder)), ".config/ghl-contacts-mcp/token");
        assert!(said.contains(&format!("The token goes into ~/{token}, which only you can read")), "{said}");
        assert!(!said.contains("missing"), "{said}");
        assert_eq!(folder.text(token), format!("{TOKEN}\n"));
        assert_eq!(fs::metadata(folder.at(token)).unwrap().permissions().mode() & 0o777, 0o600);
        let folder_mode = fs::metadata(folder.at(".config/ghl-contacts-mcp")).unwrap().permissions().mode();
        assert_eq!(folder_mode & 0o777, 0o700);
        assert!(
            file.contains(LOCATION) && file.contains("GHL_PIT_TOKEN_FILE") && !file.contains("canary"),
            "{file}"
        );
        assert!(file.contains(folder.at(token).to_str().unwrap()), "{file}");
        // The program that the host starts takes them.
        let again = Run::of(&folder, &["install", host.id, "--yes"]).ok();
        assert!(again.starts_with("Nothing changes") && !again.contains("missing"), "{again}");
        let said = Run::of(&folder, &["uninstall", host.id, "--yes"]).ok();
        assert!(said.contains("is deleted: no other host uses it"), "{said}");
        assert!(!folder.at(token).exists());
    }
}

#[test]
fn a_token_that_other_hosts_use_is_kept_and_another_token_is_named() {
    let folder = Folder::new();
    let token = ".config/ghl-contacts-mcp/token";
    Run::with(&folder, &["install", "cursor", "--yes"], &[("GHL_PIT_TOKEN", TOKEN)]).ok();
    Run::with(&folder, &["install", "zed", "--yes"], &[("GHL_PIT_TOKEN", TOKEN)]).ok();
    let said = Run::of(&folder, &["uninstall", "cursor", "--yes"]).ok();
    assert!(!said.contains("deleted") && folder.at(token).exists(), "{said}");
    let said =
        Run::with(&folder, &["install", "zed", "--yes"], &[("GHL_PIT_TOKEN", "pit-another-canary")]).ok();
    assert!(said.contains("is replaced, for every host that names this file"), "{said}");
    assert_eq!(folder.text(token), "pit-another-canary\n");
    // A second sub-account has its own name, and its own token.
    let two = ["install", "zed", "--yes", "--name", "ghl-two"];
    Run::with(&folder, &two, &[("GHL_PIT_TOKEN", "pit-two-canary"), ("GHL_LOCATION_ID", LOCATION)]).ok();
    assert_eq!(folder.text(".config/ghl-contacts-mcp/token-ghl-two"), "pit-two-canary\n");
    assert_eq!(folder.text(token), "pit-another-canary\n");
    Run::of(&folder, &["uninstall", "zed", "--yes"]).ok();
    let left: Value = serde_json::from_str(&folder.text(".config/zed/settings.json")).unwrap();
    assert_eq!(left["context_servers"].as_object().unwrap().keys().collect::<Vec<_>>(), ["ghl-two"]);
}

#[test]
fn a_token_that_stands_in_a_hosts_file_moves_into_its_own() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let text = format!(
        r#"{{"mcpServers": {{"ghl-contacts": {{"command": "/old/ghl-contacts-mcp", "args": ["--read-only"],
            "env": {{"GHL_PIT_TOKEN": "{TOKEN}", "GHL_LOCATION_ID": "{LOCATION}", "GHL_COUNTRY": "US"}}}}}}}}"#
    );
    let file = folder.write(".cursor/mcp.json", &text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    Run::of(&folder, &["install", "cursor", "--yes"]).ok();
    let value: Value = serde_json::from_str(&folder.text(".cursor/mcp.json")).unwrap();
    let entry = &value["mcpServers"]["ghl-contacts"];
    assert_eq!(entry["args"], serde_json::json!(["stdio", "--read-only"]));
    assert_eq!(entry["env"]["GHL_COUNTRY"], "US");
    assert_eq!(entry["env"]["GHL_PIT_TOKEN"], Value::Null);
    assert_eq!(folder.text(".config/ghl-contacts-mcp/token"), format!("{TOKEN}\n"));
    let mode = |path: &str| fs::metadata(folder.at(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".cursor/mcp.json"), mode(".cursor/mcp.json.ghl-backup")), (0o644, 0o600));
}

#[test]
fn modes_and_links_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    for mode in [0o600, 0o644, 0o640, 0o664] {
        let folder = Folder::new();
        let real = folder.write("dotfiles/mcp.json", "{}");
        fs::set_permissions(&real, fs::Permissions::from_mode(mode)).unwrap();
        fs::create_dir_all(folder.at(".cursor")).unwrap();
        std::os::unix::fs::symlink("../dotfiles/mcp.json", folder.at(".cursor/mcp.json")).unwrap();
        Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).ok();
        assert!(fs::symlink_metadata(folder.at(".cursor/mcp.json")).unwrap().is_symlink());
        assert!(folder.text("dotfiles/mcp.json").contains("--sandbox"));
        let found = |path: &str| fs::metadata(folder.at(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((found("dotfiles/mcp.json"), found("dotfiles/mcp.json.ghl-backup")), (mode, mode));
        assert_eq!(folder.files(), [".cursor/mcp.json", "dotfiles/mcp.json", "dotfiles/mcp.json.ghl-backup"]);
    }
    let folder = Folder::new();
    fs::create_dir_all(folder.at(".cursor")).unwrap();
    std::os::unix::fs::symlink("../not/there.json", folder.at(".cursor/mcp.json")).unwrap();
    Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).ok();
    assert!(folder.text("not/there.json").contains("--sandbox"));
    fs::remove_file(folder.at(".cursor/mcp.json")).unwrap();
    std::os::unix::fs::symlink("mcp.json", folder.at(".cursor/mcp.json")).unwrap();
    Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).failed(1, &["too many symbolic links"]);
}

#[test]
fn a_file_that_cannot_be_edited_is_named_and_not_touched() {
    for host in &HOSTS {
        let key = host.form.key();
        let broken = match host.form {
            Form::Toml => vec!["[mcp_servers".to_owned(), "mcp_servers = 5\n".to_owned(), "\u{0}".to_owned()],
            _ => vec![
                "{".to_owned(),
                "[]".to_owned(),
                "not json".to_owned(),
                format!("{{\"{key}\": [1]}}"),
                format!("{{\"{key}\": {{}}, \"{key}\": {{}}}}"),
                "{\"a\": \"canary}".to_owned(),
                "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n".to_owned(),
            ],
        };
        for text in broken {
            let folder = Folder::new();
            let file = path(host, &folder);
            folder.write(&file, &text);
            for arguments in [&["install", host.id, "--sandbox", "--yes"][..], &["install", host.id, "--yes"]]
            {
                let run = Run::with(&folder, arguments, &[("GHL_PIT_TOKEN", TOKEN)]);
                run.failed(1, &[&format!("~/{file}: "), "Nothing was written"]);
            }
            assert_eq!(folder.text(&file), text);
            assert_eq!(folder.files(), [file]);
        }
    }
    let folder = Folder::new();
    fs::create_dir_all(folder.at(".cursor/mcp.json")).unwrap();
    Run::of(&folder, &["install", "cursor", "--yes"])
        .failed(1, &["~/.cursor/mcp.json", "not a regular file"]);
    Run::of(&folder, &["install", "cursor", "--yes", "--file", "/proc/none/x.json"])
        .failed(1, &["/proc/none/x.json"]);
    let read_only = folder.write(".codeium/windsurf/mcp_config.json", "{}");
    let mut permissions = fs::metadata(&read_only).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&read_only, permissions).unwrap();
    Run::of(&folder, &["install", "windsurf", "--yes"]).failed(1, &["it is read-only. Nothing was written"]);
    assert_eq!(folder.text(".codeium/windsurf/mcp_config.json"), "{}");
    // Another's folder for the token.
    fs::create_dir_all(folder.at(".config/ghl-contacts-mcp")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.at(".config/ghl-contacts-mcp/token")).unwrap();
    let run = Run::with(&folder, &["install", "zed", "--yes"], &[("GHL_PIT_TOKEN", TOKEN)]);
    run.failed(1, &["token: it is a link or no regular file"]);
    assert!(!folder.at(".config/zed/settings.json").exists());
}

#[test]
fn without_a_terminal_nothing_is_written_unless_yes_is_given() {
    let folder = Folder::new();
    folder.write(".cursor/mcp.json", "{}");
    let run = Run::with(&folder, &["install", "cursor"], &[("GHL_PIT_TOKEN", TOKEN)]);
    let run = run.failed(1, &["Nothing was written: there is no terminal to ask in. Add --yes to write it."]);
    assert!(run.stdout.contains("+    \"ghl-contacts\": {"), "{}", run.stdout);
    assert_eq!(folder.files(), [".cursor/mcp.json"]);
    let said = Run::of(&folder, &["install", "cursor", "--yes"]).ok();
    assert!(said.contains("Still missing: the token and the location are not set"), "{said}");
    Run::of(&folder, &["uninstall", "cursor"]).failed(1, &["Add --yes to write it"]);
    let said = Run::of(&folder, &["install", "vscode", "--yes"]).ok();
    assert!(said.contains("VS Code asks for the token") && !said.contains("missing"), "{said}");
}

#[test]
fn another_programs_entry_of_this_name_is_named_and_not_taken_out() {
    let folder = Folder::new();
    let text =
        r#"{"mcpServers": {"ghl-contacts": {"command": "other-server", "env": {"OTHER_SECRET": "canary"}}}}"#;
    folder.write(".cursor/mcp.json", text);
    Run::of(&folder, &["uninstall", "cursor", "--yes"]).failed(1, &["starts another program, other-server"]);
    assert_eq!(folder.text(".cursor/mcp.json"), text);
    let said = Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).ok();
    assert!(
        said.contains("\"ghl-contacts\" there starts another program, other-server. It is replaced."),
        "{said}"
    );
    assert!(!folder.text(".cursor/mcp.json").contains("canary"));
}

#[test]
fn what_changed_after_install_is_kept_by_uninstall() {
    let folder = Folder::new();
    folder.write(".cursor/mcp.json", "{\n  // mine\n  \"a\": 1\n}\n");
    Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).ok();
    let more = folder.text(".cursor/mcp.json").replace("\"a\": 1", "\"a\": 1, // later\n  \"b\": 2");
    folder.write(".cursor/mcp.json", &more);
    Run::of(&folder, &["uninstall", "cursor", "--yes"]).ok();
    insta::assert_snapshot!(folder.text(".cursor/mcp.json"), @r#"
    {
      // mine
      "a": 1, // later
      "b": 2,
      "mcpServers": {}
    }
    "#);
}

#[test]
fn print_writes_nothing_and_prints_what_the_host_reads() {
    let folder = Folder::new();
    for host in &HOSTS {
        let variables = [("GHL_PIT_TOKEN", TOKEN), ("GHL_LOCATION_ID", LOCATION)];
        for variables in [&variables[..], &[]] {
            let printed = Run::with(&folder, &["install", host.id, "--print"], variables).ok();
            if host.form == Form::Toml {
                assert!(printed.starts_with("[mcp_servers.ghl-contacts]\n"), "{printed}");
            } else {
                let value: Value = serde_json::from_str(&printed).unwrap();
                assert!(value[host.form.key()]["ghl-contacts"].is_object(), "{printed}");
            }
        }
    }
    assert_eq!(folder.files(), [""; 0]);
}

#[test]
fn the_hosts_are_listed_and_a_misspelt_one_names_the_nearest() {
    let folder = Folder::new();
    folder.write(".cursor/mcp.json", "{");
    folder.write(".codex/auth.json", "{}");
    Run::of(&folder, &["install", "zed", "--sandbox", "--yes"]).ok();
    let said = Run::of(&folder, &["install"]).ok();
    for (host, state) in [
        ("cursor", "its file cannot be read"),
        ("codex", "is here"),
        ("zed", "has this server"),
        ("qwen", "not found"),
    ] {
        let line = said.lines().find(|line| line.trim_start().starts_with(host)).unwrap();
        assert!(line.contains(state), "{line}");
    }
    for (wrong, right) in [("cursr", "cursor"), ("vs-code", "vscode"), ("claud-desktop", "claude-desktop")] {
        Run::of(&folder, &["install", wrong]).failed(2, &[&format!("'{right}'")]);
    }
    Run::of(&folder, &["install", "Cursor", "--print"]).ok();
    for (arguments, words) in [
        (["install", "zed", "--name", "a b"], "a name has up to 40 letters"),
        (["install", "zed", "--command", ""], "--command: names no program"),
        (["install", "zed", "--location-id", "a b"], "--location-id"),
    ] {
        Run::of(&folder, &arguments).failed(2, &[words]);
    }
}

#[test]
fn a_projects_file_is_written_where_it_is_named() {
    let folder = Folder::new();
    Run::of(&folder, &["install", "claude-code", "--file", ".mcp.json", "--sandbox", "--yes"]).ok();
    assert_eq!(folder.files(), [".mcp.json"]);
    Run::of(&folder, &["uninstall", "claude-code", "--file", ".mcp.json", "--yes"]).ok();
    assert_eq!(folder.text(".mcp.json"), "{}\n");
}

#[test]
fn the_entry_starts_a_server() {
    let folder = Folder::new();
    Run::of(&folder, &["install", "cursor", "--sandbox", "--yes"]).ok();
    let value: Value = serde_json::from_str(&folder.text(".cursor/mcp.json")).unwrap();
    let entry = &value["mcpServers"]["ghl-contacts"];
    let args = entry["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
    let output =
        Command::new(entry["command"].as_str().unwrap()).args(args).env_clear().stdin(Stdio::null()).output();
    assert_eq!(output.unwrap().status.code(), Some(0));
}
