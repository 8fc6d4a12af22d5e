//! One server in a host's settings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::cli::hosts::host::{Host, NAME};

/// The name of this program, of its packages and of its image.
const PACKAGE: &str = env!("CARGO_PKG_NAME");

/// Programs that start a package by its name.
const LAUNCHERS: [&str; 17] = [
    "bash",
    "bunx",
    "bun",
    "cargo",
    "cmd",
    "docker",
    "node",
    "npm",
    "npx",
    "pipx",
    "pnpm",
    "podman",
    "powershell",
    "sh",
    "uv",
    "uvx",
    "wsl",
];

/// A server as a host starts it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The host.
    pub host: &'static Host,
    /// The file that holds it.
    pub file: PathBuf,
    /// The folder of the project for which alone it holds, if the file says so (`projects` of Claude Code).
    pub project: Option<String>,
    /// Its name there.
    pub name: String,
    /// The program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its variables. They may hold secrets.
    pub env: BTreeMap<String, String>,
}

/// Values of variables may be secrets.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("host", &self.host.id)
            .field("file", &self.file)
            .field("project", &self.project)
            .field("name", &self.name)
            .field("command", &self.command)
            .field("args", &self.args)
            .field("env", &self.env.keys())
            .finish()
    }
}

impl Entry {
    /// Whether it has this server's name, or starts this program.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.name == NAME || self.starts_us()
    }

    /// Whether it starts this program: by its file, or as a package of its name.
    #[must_use]
    pub fn starts_us(&self) -> bool {
        let program = program(&self.command);
        program == PACKAGE || LAUNCHERS.contains(&program) && self.args.iter().any(|word| names_package(word))
    }
}

/// The name of a program's file, without its folder and the ending of Windows. Either system may have written it.
fn program(command: &str) -> &str {
    let name = command.trim().rsplit(['/', '\\']).next().unwrap_or_default();
    [".exe", ".cmd", ".EXE", ".CMD"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// `ghl-contacts-mcp@latest`, `ghcr.io/x/ghl-contacts-mcp:1`, `@x/ghl-contacts-mcp`.
fn names_package(word: &str) -> bool {
    word.split(|c: char| c.is_whitespace() || "/\\@:=\"'".contains(c)).any(|piece| program(piece) == PACKAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::hosts::host::HOSTS;

    fn entry(name: &str, command: &str, args: &[&str]) -> Entry {
        Entry {
            host: &HOSTS[0],
            file: PathBuf::new(),
            project: None,
            name: name.to_owned(),
            command: command.to_owned(),
            args: args.iter().map(|word| (*word).to_owned()).collect(),
            env: BTreeMap::from([("GHL_PIT_TOKEN".to_owned(), "pit-canary".to_owned())]),
        }
    }

    #[test]
    fn this_program_is_known_by_its_file_its_packages_and_its_image() {
        for (command, args) in [
            ("ghl-contacts-mcp", &[][..]),
            ("/usr/local/bin/ghl-contacts-mcp", &["stdio"]),
            ("C:\\Users\\jane\\bin\\ghl-contacts-mcp.exe", &["stdio"]),
            ("npx", &["-y", "ghl-contacts-mcp"]),
            ("npx", &["-y", "ghl-contacts-mcp@0.1.0", "stdio"]),
            ("npx", &["-y", "@example/ghl-contacts-mcp"]),
            ("C:\\Program Files\\nodejs\\npx.cmd", &["ghl-contacts-mcp"]),
            ("cmd", &["/c", "npx", "-y", "ghl-contacts-mcp"]),
            ("/home/jane/.local/bin/uvx", &["--from", "ghl-contacts-mcp==0.1.0", "ghl-contacts-mcp"]),
            ("docker", &["run", "-i", "--rm", "ghcr.io/example/ghl-contacts-mcp:latest"]),
            ("sh", &["-c", "exec /opt/ghl-contacts-mcp stdio"]),
            ("node", &["/x/node_modules/ghl-contacts-mcp/run.js"]),
        ] {
            assert!(entry("crm", command, args).starts_us(), "{command} {args:?}");
        }
        for (command, args) in [
            ("ghl-mcp", &["ghl-contacts-mcp"][..]),
            ("mcp-server-filesystem", &["/home/jane/ghl-contacts-mcp"]),
            ("npx", &["-y", "ghl-contacts-mcp-tools"]),
            ("/opt/ghl-contacts-mcp/other", &[]),
            ("", &[]),
        ] {
            assert!(!entry("crm", command, args).starts_us(), "{command} {args:?}");
        }
        assert!(entry(NAME, "other", &[]).is_ours() && !entry(NAME, "other", &[]).starts_us());
    }

    #[test]
    fn the_value_of_a_variable_is_not_shown() {
        let shown = format!("{:?}", entry("crm", "x", &[]));
        assert!(shown.contains("GHL_PIT_TOKEN") && !shown.contains("canary"), "{shown}");
    }
}
