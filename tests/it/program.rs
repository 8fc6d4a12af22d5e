//! Runs of the real binary, for what only a process has: exit codes, stdout, stderr, the end of stdin.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use ghl_contacts_mcp::tool::Toolset;
use ghl_contacts_mcp::tools;
use serde_json::{Value, json};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server on pipes.
struct Server {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        Self::of(program(arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    fn send(&mut self, message: &Value) {
        let stdin = self.child.stdin.as_mut().unwrap();
        writeln!(stdin, "{message}").unwrap();
    }

    fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Closes stdin. Returns the exit code and the rest of stdout.
    fn close(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.lines, &mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

fn initialize(version: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "spec", "version": "1"}}})
}

#[test]
fn a_stdio_session_prints_only_json_rpc_and_ends_with_its_input() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut server = Server::start(&["stdio", "--sandbox", "--log", "debug"]);
        let hello = server.ask(&initialize(version));
        assert_eq!(hello["result"]["protocolVersion"], version);
        assert_eq!(hello["result"]["serverInfo"]["name"], "ghl-contacts-mcp");
        server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        let listed = server.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}));
        assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 4);
        let call = json!({"name": "ghl_get_contact", "arguments": {"email": "jane.smith@example.com"}});
        let answer = server.ask(&json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}));
        assert_eq!(answer["result"]["structuredContent"]["contact"]["name"], "Jane Smith");
        assert_eq!(server.close(), (Some(0), String::new()));
    }
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "stdin is a file here")]
fn stdin_and_stdout_may_be_sockets_as_node_gives_them_or_files() {
    use std::net::Shutdown;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let lines = |count: u64| -> String {
        let call = |id| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"}).to_string();
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
        let calls = (2..=count).map(call);
        [initialize("2025-11-25").to_string(), ready]
            .into_iter()
            .chain(calls)
            .map(|line| line + "\n")
            .collect()
    };
    let (input, their_input) = UnixStream::pair().unwrap();
    let (output, their_output) = UnixStream::pair().unwrap();
    let mut child = program(&["stdio", "--sandbox"])
        .stdin(OwnedFd::from(their_input))
        .stdout(OwnedFd::from(their_output))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Written before anything is read: the answers are more than a socket holds, and wait for the reader.
    (&input).write_all(lines(100).as_bytes()).unwrap();
    input.shutdown(Shutdown::Write).unwrap();
    let answers: Vec<Value> =
        BufReader::new(output).lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let ids: std::collections::BTreeSet<_> =
        answers.iter().filter_map(|answer| answer["id"].as_u64()).collect();
    assert_eq!((answers.len(), ids), (100, (1..=100).collect()));

    let path = std::env::temp_dir().join(format!("ghl-stdin-{}", std::process::id()));
    std::fs::write(&path, lines(3)).unwrap();
    let output =
        program(&["stdio", "--sandbox"]).stdin(std::fs::File::open(&path).unwrap()).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), 3));
}

#[test]
fn the_stateless_protocol_of_2026_is_served_over_stdio() {
    let mut server = Server::start(&["stdio", "--sandbox"]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "spec", "version": "1"}
    });
    let discover = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}});
    let found = server.ask(&discover);
    assert!(
        found["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")),
        "{found}"
    );
    let call =
        json!({"name": "ghl_get_contact", "arguments": {"email": "nobody@example.com"}, "_meta": meta});
    let answer = server.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}));
    assert_eq!(answer["result"]["isError"], true);
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(answer["result"]["structuredContent"]["code"], "not_found");
    assert_eq!(server.close().0, Some(0));
}

#[test]
fn an_empty_session_ends_with_exit_code_0() {
    assert_eq!(Server::start(&["stdio"]).close(), (Some(0), String::new()));
    // Without a subcommand it is `stdio`.
    assert_eq!(Server::start(&[]).close(), (Some(0), String::new()));
}

#[test]
fn with_settings_that_were_never_filled_in_a_call_says_what_is_missing_and_where_it_is_set_in_the_host() {
    let address = "https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/dashboard";
    let mut said = Vec::new();
    for (host, token, location) in [
        ("claude-ai", "${user_config.token}", "${user_config.location}"),
        ("Visual Studio Code", "${input:ghl-token}", address),
        ("cursor-vscode", "pit-0b1c2d3e-1234", "<YOUR_LOCATION>"),
        ("an agent", "pit-...", ""),
    ] {
        let mut command = program(&["stdio"]);
        command.env("GHL_PIT_TOKEN", token).env("GHL_LOCATION_ID", location);
        let mut server = Server::of(command);
        let mut hello = initialize("2025-11-25");
        hello["params"]["clientInfo"]["name"] = host.into();
        server.ask(&hello);
        server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        let listed = server.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}));
        assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 4);
        let call = json!({"name": "ghl_get_contact", "arguments": {"email": "jane.smith@example.com"}});
        let answer = server.ask(&json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}));
        assert_eq!(answer["result"]["structuredContent"]["code"], "not_configured");
        said.push(format!("{host}: {}", answer["result"]["content"][0]["text"].as_str().unwrap()));
        assert_eq!(server.close().0, Some(0));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    claude-ai: No HighLevel token and no location is configured. Set GHL_PIT_TOKEN (made in HighLevel: Settings > Private Integrations) and GHL_LOCATION_ID (the id in the dashboard's address), or try it with --sandbox. In Claude Desktop: Settings > Extensions, or "env" in claude_desktop_config.json; then restart it.
    Visual Studio Code: No HighLevel token is configured. Set GHL_PIT_TOKEN (made in HighLevel: Settings > Private Integrations). In VS Code: "env" in mcp.json (command MCP: Open User Configuration); then Restart.
    cursor-vscode: No HighLevel location is configured. Set GHL_LOCATION_ID (the id in the address of the sub-account's dashboard). In Cursor: "env" in ~/.cursor/mcp.json; then turn the server off and on.
    an agent: No HighLevel token and no location is configured. Set GHL_PIT_TOKEN (made in HighLevel: Settings > Private Integrations) and GHL_LOCATION_ID (the id in the dashboard's address), or try it with --sandbox. They are variables of this server's environment; restart it then.
    "#);
}

#[test]
fn a_call_reads_its_arguments_from_stdin() {
    for (arguments, code) in
        [("{\"email\":\"jane.smith@example.com\"}", 0), ("\u{feff}{\"email\":1}\n", 1), ("", 2)]
    {
        let mut child = program(&["call", "ghl_get_contact", "-", "--sandbox"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(arguments.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout).contains("Jane Smith"), code == 0, "{arguments}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["http", "--sandbox", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let said = format!("--listen: another program listens on {address}, maybe another ghl-contacts-mcp");
    assert!(text(&output.stderr).contains(&said), "{}", text(&output.stderr));
}

#[test]
fn without_a_token_a_call_says_how_to_set_it() {
    let mut server = Server::start(&["stdio"]);
    server.ask(&initialize("2025-11-25"));
    server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    let listed = server.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}));
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 4);
    let call = json!({"name": "ghl_get_contact", "arguments": {"email": "jane@example.com"}});
    let answer = server.ask(&json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}));
    let words = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(words.contains("GHL_PIT_TOKEN") && words.contains("GHL_LOCATION_ID"), "{words}");
    assert_eq!(server.close().0, Some(0));
}

#[test]
fn a_wrong_setting_is_one_line_and_exit_code_2() {
    for (arguments, says) in [
        (
            vec!["stdio", "--dialect", "v3"],
            "ghl-contacts-mcp: --dialect: \"v3\" is not one of auto, current, recipe\n",
        ),
        (
            vec!["stdio", "--country", "XX"],
            "ghl-contacts-mcp: --country: \"XX\" is not a country; give a name or a code, like US\n",
        ),
        (vec!["stdio", "--toolsets", "contact"], "ghl-contacts-mcp: --toolsets: "),
        (vec!["stdio", "--base-url", "http://example.com"], "ghl-contacts-mcp: --base-url: must be https"),
        (
            vec!["stdio", "--sandbox-dialect", "v3"],
            "ghl-contacts-mcp: --sandbox-dialect: \"v3\" is not one of current, recipe\n",
        ),
        (vec!["call", "ghl_nothing"], "ghl-contacts-mcp: ghl_nothing: is not a tool; the tools are "),
        (vec!["call", "ghl_get_contact", "{"], "ghl-contacts-mcp: arguments: are not JSON"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let words = text(&output.stderr);
        assert!(words.starts_with(says) && words.lines().count() == 1, "{arguments:?}: {words}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn the_call_command_prints_the_answer_and_exits_by_its_outcome() {
    let output = run(&["call", "--sandbox", "ghl_get_contact", r#"{"email":"jane.smith@example.com"}"#]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["contact"]["name"]), (Some(0), &json!("Jane Smith")));
    let output = run(&["call", "--sandbox", "ghl_get_contact", r#"{"email":"nobody@example.com"}"#]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &answer["code"]), (Some(1), &json!("not_found")));
}

#[test]
fn the_call_command_works_in_the_recipes_dialect() {
    let arguments =
        r#"{"email":"jane.smith@example.com","firstName":"Jane","lastName":"Doe","tags":["qualified"]}"#;
    let output = run(&["call", "--sandbox-dialect", "recipe", "ghl_upsert_contact", arguments]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["outcome"], "updated", "{answer}");
    assert_eq!(answer["contact"]["tags"], json!(["lead", "webinar-signup", "qualified"]));
}

#[test]
fn the_demo_shows_what_it_says() {
    let output = run(&["demo"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for words in [
        "8. Add a tag",
        "unchanged (found by email; 1 request)",
        "refused: conflict",
        "tags added: renewal-2027",
    ] {
        assert!(shown.contains(words), "{words} is missing in:\n{shown}");
    }
    assert!(output.stderr.is_empty() && !shown.contains('\u{1b}'));
}

#[test]
fn the_help_names_the_toolsets_that_have_a_tool() {
    let output = run(&["stdio", "--help"]);
    let help = text(&output.stdout);
    let (_, after) = help.split_once("--toolsets <LIST>").unwrap();
    let words = after.split("comma-separated").next().unwrap();
    for set in Toolset::ALL {
        assert_eq!(words.contains(set.word()), tools::all().toolsets().contains(&set), "{set}: {words}");
    }
}

#[test]
fn the_read_only_program_hides_and_refuses_writing_tools() {
    let mut server = Server::start(&["stdio", "--sandbox", "--read-only"]);
    server.ask(&initialize("2025-11-25"));
    server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    let listed = server.ask(&json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}));
    let names: Vec<_> = listed["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ghl_get_contact", "ghl_search_contacts"]);
    let call =
        json!({"name": "ghl_add_tags", "arguments": {"email": "jane.smith@example.com", "tags": ["x"]}});
    let answer = server.ask(&json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}));
    assert_eq!(answer["result"]["structuredContent"]["code"], "read_only");
    assert_eq!(server.close().0, Some(0));
}

#[test]
fn a_host_that_never_reads_the_log_is_still_served() {
    // Each refusal is one log line. A thousand lines are more than the pipe holds.
    let mut server = Server::start(&["stdio", "--sandbox"]);
    server.ask(&initialize("2025-11-25"));
    server.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    let call = json!({"name": "ghl_get_contact", "arguments": {}});
    for id in 2..1_002 {
        let answer = server.ask(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": call}));
        assert_eq!(answer["id"], id);
    }
    assert_eq!(server.close().0, Some(0));
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "the test writes the files that the program reads")]
fn an_empty_token_list_stops_the_start_and_a_readable_file_is_named_once() {
    use std::os::unix::fs::PermissionsExt as _;

    for empty in ["", ",", " ", "\n", " , ", ",,", "\t", "\r\n", " \n, "] {
        let output = program(&["http", "--sandbox", "--listen", "127.0.0.1:0"])
            .env("GHL_MCP_TOKENS", empty)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let stderr = text(&output.stderr);
        assert!(stderr.contains("GHL_MCP_TOKENS: is set, but contains no token"), "{stderr}");
    }
    let folder = std::env::temp_dir().join(format!("ghl-contacts-mcp-start-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let token = folder.join("token");
    std::fs::write(&token, "pit-00000000-0000-4000-8000-000000000000").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = program(&["stdio"]).env("GHL_PIT_TOKEN_FILE", &token).output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(stderr.matches("others on this machine may read this file").count(), 1, "{stderr}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "the test makes the files that the program reads")]
fn a_file_setting_that_names_no_regular_file_stops_the_start_and_never_hangs_it() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::net::UnixListener;

    let folder = std::env::temp_dir().join(format!("ghl-contacts-mcp-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    let at = |name: &str| folder.join(name);
    assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    std::os::unix::fs::symlink(at("fifo"), at("to_fifo")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("to_zero")).unwrap();
    std::os::unix::fs::symlink(at("loop"), at("loop")).unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    std::fs::File::create(at("giant")).unwrap().set_len(1 << 40).unwrap();
    std::fs::set_permissions(at("giant"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let bad = ["fifo", "to_fifo", "to_zero", "loop", "folder", "socket", "giant", "missing"];
    for bad in bad {
        for variable in
            ["GHL_PIT_TOKEN_FILE", "GHL_ACCOUNTS", "GHL_CLIENT_SECRET_FILE", "GHL_MCP_TOKENS_FILE"]
        {
            refused(program(&["http", "--listen", "127.0.0.1:0"]).env(variable, at(bad)), variable, bad);
        }
        // The token store may be missing until `login` writes it, and is read for the first call.
        if !["missing", "giant"].contains(&bad) {
            let mut command = program(&["stdio"]);
            command.env("GHL_CLIENT_ID", "app").env("GHL_CLIENT_SECRET", "secret");
            refused(command.env("GHL_TOKEN_STORE", at(bad)), "GHL_TOKEN_STORE", bad);
        }
        for (token, credential) in [(bad, "token"), ("token", bad)] {
            std::fs::write(at("token"), "0123456789abcdef-token").unwrap();
            std::fs::set_permissions(at("token"), std::fs::Permissions::from_mode(0o600)).unwrap();
            let accounts = format!(
                "[[account]]\nname = \"a\"\ntoken_file = \"{token}\"\n[[account.location]]\nid = \"La\"\n\
                 credential_file = \"{credential}\"\n"
            );
            std::fs::write(at("accounts"), accounts).unwrap();
            std::fs::set_permissions(at("accounts"), std::fs::Permissions::from_mode(0o600)).unwrap();
            let mut command = program(&["http", "--listen", "127.0.0.1:0"]);
            refused(command.env("GHL_ACCOUNTS", at("accounts")), "account \"a\"", bad);
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// It ends with one line that names the setting, and exit code 2.
#[track_caller]
fn refused(command: &mut Command, names: &str, file: &str) {
    let output = command.output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{names} {file}: {stderr}");
    assert!(stderr.contains(names), "{names} {file}: {stderr}");
}
