//! Where each host's file lies on each system.

use std::fs;
use std::path::PathBuf;

use crate::cli::hosts::host::Host;
use crate::config::{Home, Os};

/// The files in which a host may keep its servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The file that `install` writes.
    pub file: PathBuf,
    /// Every file that the host may read, that one first.
    pub all: Vec<PathBuf>,
    /// Whether the host has been used on this machine.
    pub present: bool,
}

/// One edition of a host: the folder that shows that it is there, and its files, the preferred one first.
struct Edition {
    mark: PathBuf,
    files: Vec<PathBuf>,
}

impl Edition {
    fn of(mark: PathBuf, names: &[&str]) -> Self {
        let files = names.iter().map(|name| mark.join(name)).collect();
        Self { mark, files }
    }
}

impl Places {
    /// The files of `host` in this home. The first edition that is there counts, and of its files the first that exists.
    #[must_use]
    pub fn of(host: &Host, home: &Home) -> Self {
        let editions = editions(host, home);
        let there =
            |edition: &&Edition| edition.mark.exists() || edition.files.iter().any(|file| file.exists());
        let present = editions.iter().any(|edition| there(&edition));
        let chosen = editions.iter().find(there).or(editions.first());
        let files = chosen.map_or(&[][..], |edition| &edition.files);
        let file = files.iter().find(|file| file.exists()).or(files.first()).cloned().unwrap_or_default();
        let mut all = vec![file.clone()];
        all.extend(editions.into_iter().flat_map(|edition| edition.files).filter(|other| *other != file));
        Self { file, all, present }
    }
}

/// Sources, read in November 2026: the page of each host (`Host::page`), and what is named here.
fn editions(host: &Host, home: &Home) -> Vec<Edition> {
    let applications = home.applications();
    let one = |mark: PathBuf, name: &str| vec![Edition::of(mark, &[name])];
    match host.id {
        "claude-desktop" => claude_desktop(home),
        // https://github.com/anthropics/claude-code/issues/4193 and, for CLAUDE_CONFIG_DIR, 48448.
        "claude-code" => {
            let folder = home.claude.clone().unwrap_or_else(|| home.folder.join(".claude"));
            let file = home.claude.as_ref().unwrap_or(&home.folder).join(".claude.json");
            vec![Edition { mark: folder, files: vec![file] }]
        }
        "cursor" => one(home.folder.join(".cursor"), "mcp.json"),
        // The user's profile of the stable edition, then of the others.
        "vscode" => ["Code", "Code - Insiders", "VSCodium"]
            .iter()
            .map(|edition| {
                let mark = applications.join(edition);
                Edition { files: vec![mark.join("User").join("mcp.json")], mark }
            })
            .collect(),
        "codex" => one(home.codex.clone(), "config.toml"),
        // `GEMINI_CLI_HOME` stands for `~`: packages/core/src/utils/paths.ts of google-gemini/gemini-cli.
        "gemini" => one(home.gemini.join(".gemini"), "settings.json"),
        "qwen" => one(home.qwen.clone(), "settings.json"),
        // The XDG folder on every system, Windows too: packages/core/src/global.ts of opencode, and
        // https://github.com/anomalyco/opencode/issues/6669. The names: issue 3407 there.
        "opencode" => {
            let names = ["opencode.jsonc", "opencode.json", "config.json"];
            let mut edition = Edition::of(home.config.join("opencode"), &names);
            // Where none of them is there, opencode's own documentation makes the plain one.
            if !edition.files.iter().any(|file| file.exists()) {
                edition.files.swap(0, 1);
            }
            vec![edition]
        }
        "windsurf" => one(home.folder.join(".codeium").join("windsurf"), "mcp_config.json"),
        // `config_dir` in crates/paths/src/paths.rs of zed-industries/zed: not the usual folder on macOS.
        "zed" => match home.os {
            Os::Windows => one(home.roaming.join("Zed"), "settings.json"),
            Os::Linux => one(home.config.join("zed"), "settings.json"),
            Os::Mac => one(home.folder.join(".config").join("zed"), "settings.json"),
        },
        _ => Vec::new(),
    }
}

/// On Windows, since February 2026, the usual installer makes a package whose files lie in a folder of its own; the other
/// file is then ignored: <https://github.com/anthropics/claude-code/issues/26073>.
fn claude_desktop(home: &Home) -> Vec<Edition> {
    let name = "claude_desktop_config.json";
    let mut editions = Vec::new();
    if home.os == Os::Windows {
        #[expect(clippy::disallowed_methods, reason = "it looks for the folder of a host")]
        let packages = fs::read_dir(home.local.join("Packages")).into_iter().flatten().flatten();
        let mut packages: Vec<_> = packages.map(|package| package.path()).collect();
        packages.retain(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("Claude_"))
        });
        packages.sort();
        for package in packages {
            let folder = package.join("LocalCache").join("Roaming").join("Claude");
            editions.push(Edition { files: vec![folder.join(name)], mark: package });
        }
    }
    editions.push(Edition::of(home.applications().join("Claude"), &[name]));
    editions
}
