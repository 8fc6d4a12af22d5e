//! `schemas`: the committed tool definitions.
#![expect(clippy::disallowed_methods, reason = "reads the files that it compares")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::error::Stop;
use crate::cli::output::{print, say};
use crate::tool::Toolset;
use crate::tools;

/// Flags of `schemas`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Compare only; exit 1 where anything differs
    #[arg(long)]
    check: bool,
    /// The folder
    #[arg(long, default_value = "tool-schemas")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let wanted = definitions();
    if arguments.check { check(&arguments.dir, &wanted) } else { write(&arguments.dir, &wanted) }
}

/// File name and content, as `tools/list` serves it.
fn definitions() -> BTreeMap<String, String> {
    let file = |tool: &rmcp::model::Tool| {
        let json = serde_json::to_string_pretty(tool).unwrap_or_default();
        (format!("{}.json", tool.name), json + "\n")
    };
    tools::all().definitions(&Toolset::ALL).iter().map(file).collect()
}

fn write(dir: &Path, wanted: &BTreeMap<String, String>) -> Result<(), Stop> {
    let failed = |error| Stop::System("tool-schemas cannot be written", error);
    fs::create_dir_all(dir).map_err(failed)?;
    for stale in differing(dir, wanted).into_iter().filter(|name| !wanted.contains_key(name)) {
        fs::remove_file(dir.join(stale)).map_err(failed)?;
    }
    for (name, text) in wanted {
        fs::write(dir.join(name), text).map_err(failed)?;
        print(&format!("{}", dir.join(name).display()));
    }
    Ok(())
}

fn check(dir: &Path, wanted: &BTreeMap<String, String>) -> Result<(), Stop> {
    let differing = differing(dir, wanted);
    if differing.is_empty() {
        return Ok(());
    }
    say(&format!("not current: {}; run `ghl-contacts-mcp schemas`", differing.join(", ")));
    Err(Stop::Said)
}

/// Files that are missing, differ, or belong to no tool.
fn differing(dir: &Path, wanted: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> = wanted
        .iter()
        .filter(|(name, text)| fs::read_to_string(dir.join(name)).ok().as_ref() != Some(*text))
        .map(|(name, _)| name.clone())
        .collect();
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    names.extend(
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !wanted.contains_key(name)),
    );
    names
}
