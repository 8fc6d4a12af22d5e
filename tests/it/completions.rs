//! Completions of shells, and the manual pages.

use std::process::{Command, Output};

const COMMANDS: [&str; 6] = ["stdio", "http", "demo", "call", "sandbox", "login"];

/// The program with a setting that cannot be used: a shell starts whatever the settings are.
fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(arguments).env_clear().env("GHL_DIALECT", "nonsense").output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_shell_gets_a_script_that_completes_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        let script = text(&output.stdout);
        for word in COMMANDS.iter().chain(&["--location-id", "ghl-contacts-mcp"]) {
            assert!(script.contains(word.trim_start_matches('-')), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn bash_takes_the_script_and_completes_a_command() {
    let script = run(&["completions", "bash"]).stdout;
    let ask = "COMP_WORDS=(ghl-contacts-mcp sand); COMP_CWORD=1; _ghl__contacts__mcp ghl-contacts-mcp sand \
               ghl-contacts-mcp; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").arg("-c").arg(format!("{}\n{ask}", text(&script))).output().unwrap();
    assert_eq!(text(&output.stdout), "sandbox\n", "{}", text(&output.stderr));
}

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_command() {
    let page = run(&["man"]);
    assert!(page.status.success() && text(&page.stdout).contains(".TH ghl-contacts-mcp 1"), "{page:?}");
    for command in COMMANDS {
        let page = run(&["man", command]);
        let title = format!(".TH ghl-contacts-mcp-{command} 1");
        assert!(page.status.success() && text(&page.stdout).contains(&title), "{command}: {page:?}");
    }
    let unknown = run(&["man", "stdi\u{1b}[2Jo"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(
        text(&unknown.stderr).split(';').next().unwrap(),
        "ghl-contacts-mcp: stdi[2Jo: is not a command"
    );
}
