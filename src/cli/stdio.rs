//! `stdio`: MCP on stdin and stdout.

use std::io::IsTerminal as _;

use crate::cli::error::CliError;
use crate::cli::output::print_stderr;
use crate::cli::{assembly, signal};
use crate::config::Config;
use crate::serve::{self, Drain};
use crate::tool::Tool as _;
use crate::tools::SearchContacts;

pub(crate) async fn run(config: Config, drain: Drain) -> Result<(), CliError> {
    let (handler, _sandbox) = assembly::assemble(config).await?.into_handler();
    if std::io::stdin().is_terminal() {
        say_what_it_waits_for();
    }
    signal::end_by(&drain);
    Ok(serve::serve_stdio(handler, drain).await?)
}

/// For a person who started the program in a terminal, where no host speaks to it.
fn say_what_it_waits_for() {
    print_stderr(
        "ghl-contacts-mcp waits for an MCP host to speak JSON-RPC on stdin. Hosts start it by themselves.",
    );
    print_stderr("To see what it does without an account: ghl-contacts-mcp demo");
    print_stderr("To put it into a host (Claude, Cursor, VS Code ...): ghl-contacts-mcp install");
    print_stderr("To check the token, the location and the hosts: ghl-contacts-mcp doctor");
    let call = SearchContacts::NAME;
    print_stderr(&format!("To call a tool: ghl-contacts-mcp call {call} '{{\"limit\":3}}'"));
    print_stderr("All commands: ghl-contacts-mcp --help. Ctrl-C ends it.");
}
