//! Starts a server as its host does, asks what it is, and ends it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::cli::client::Client;
use crate::cli::hosts::Entry;
use crate::config::{Environment as _, ProcessEnvironment};
use crate::ghl::model::text::{clean_line, cut};
use crate::ghl::{Clock as _, SystemClock};

/// How long a server may take to start and to list its tools.
const TIME: Duration = Duration::from_secs(10);
/// How long it may take to end when its input ends.
const END: Duration = Duration::from_secs(2);
/// The most bytes that are read of its log.
const LOG: u64 = 64 * 1024;
/// The most characters of its log that are shown.
const SHOWN: usize = 160;
/// A shorter value is no secret, and may stand anywhere.
const SECRET: usize = 8;

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) tools: usize,
}

/// Starts the server of `entry`, and ends it.
///
/// # Errors
/// Why it does not serve, without any value of its variables.
pub(crate) async fn start(entry: &Entry) -> Result<Started, String> {
    let mut command = Command::new(&entry.command);
    command.args(&entry.args);
    // A host that is started from the desktop does not know the variables of this shell.
    for name in ProcessEnvironment.names().iter().filter(|name| name.starts_with("GHL_")) {
        command.env_remove(name);
    }
    command.envs(&entry.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().map_err(|error| format!("does not start: {error}"))?;
    let log = child.stderr.take().map(|stderr| tokio::spawn(log(stderr)));
    let clock = SystemClock::default();
    let asked = tokio::select! {
        asked = ask(&mut child) => asked.map_err(|error| format!("starts, but does not speak MCP: {error}")),
        () = clock.sleep(TIME) => Err(format!("does not answer within {} s", TIME.as_secs())),
    };
    let ended = end(&mut child, &clock).await;
    let Err(why) = asked else { return asked };
    let said = match log {
        // A process that it has started may hold its log open.
        Some(log) => tokio::select! {
            log = log => log.unwrap_or_default(),
            () = clock.sleep(END) => String::new(),
        },
        None => String::new(),
    };
    let said = telling_line(&without_values(&said, entry));
    let code = ended.filter(|code| *code != 0).map(|code| format!(" (exit code {code})")).unwrap_or_default();
    Err(if said.is_empty() { format!("{why}{code}") } else { format!("{why}{code}; it says: {said}") })
}

async fn ask(child: &mut Child) -> Result<Started, String> {
    let (Some(write), Some(read)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("it has no stdin or stdout".to_owned());
    };
    let mut client =
        Client::connect("ghl-contacts-mcp-doctor", read, write).await.map_err(|e| e.to_string())?;
    let tools = client.tools().await.map_err(|error| error.to_string())?.len();
    let (name, version) = client.server();
    Ok(Started { name: cut(&clean_line(name), 60), version: cut(&clean_line(version), 40), tools })
}

/// Its input has ended: an MCP server ends then. One that does not is killed.
async fn end(child: &mut Child, clock: &SystemClock) -> Option<i32> {
    child.stdin = None;
    tokio::select! {
        status = child.wait() => status.ok().and_then(|status| status.code()),
        () = clock.sleep(END) => {
            let _ = child.kill().await;
            None
        }
    }
}

async fn log(stderr: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let _ = stderr.take(LOG).read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Another program may print what it was given.
fn without_values(text: &str, entry: &Entry) -> String {
    let given = entry.args.iter().filter_map(|word| word.split_once('=').map(|(_, value)| value));
    let values = entry.env.values().map(String::as_str).chain(given);
    let values = values.map(str::trim).filter(|value| value.len() >= SECRET);
    values.fold(text.to_owned(), |text, value| text.replace(value, "[...]"))
}

/// The line that says most: the first that speaks of an error, or else the last.
fn telling_line(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let error = lines.iter().find(|line| line.to_lowercase().contains("error"));
    let line = error.or(lines.last()).copied().unwrap_or_default();
    cut(&clean_line(line), SHOWN)
}
