//! `schemas`: the files that are generated from the code, the tool definitions and the page of error codes.

mod errors;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::output::{print_stderr, print_stdout};
use crate::tool::Toolset;
use crate::tools;

/// Flags of `schemas`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// Compare only; exit 1 if anything differs
    #[arg(long)]
    check: bool,
    /// The folder of the tool definitions
    #[arg(long, default_value = "tool-schemas")]
    dir: PathBuf,
    /// The page of error codes
    #[arg(long, default_value = "docs/errors.md")]
    errors: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let mut files = definitions(&arguments.dir);
    let stale = stale(&arguments.dir, &files);
    files.insert(arguments.errors.clone(), errors::page());
    if arguments.check { check(&files, stale) } else { write(&files, &stale) }
}

/// The file of each tool, as `tools/list` serves it.
fn definitions(dir: &Path) -> BTreeMap<PathBuf, String> {
    let file = |tool: &rmcp::model::Tool| {
        let json = serde_json::to_string_pretty(tool).unwrap_or_default();
        (dir.join(format!("{}.json", tool.name)), json + "\n")
    };
    tools::all().definitions(&Toolset::ALL).iter().map(file).collect()
}

/// Files of the folder that belong to no tool.
#[expect(clippy::disallowed_methods, reason = "reads the folder of generated files")]
fn stale(dir: &Path, files: &BTreeMap<PathBuf, String>) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| !files.contains_key(path)).collect()
}

#[expect(clippy::disallowed_methods, reason = "writes the generated files")]
fn write(files: &BTreeMap<PathBuf, String>, stale: &[PathBuf]) -> Result<(), CliError> {
    let failed = |error| CliError::Io("the generated files cannot be written", error);
    for path in stale {
        fs::remove_file(path).map_err(failed)?;
    }
    for (path, text) in files {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(path, text).map_err(failed)?;
        print_stdout(&path.display().to_string());
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "reads the files that it compares")]
fn check(files: &BTreeMap<PathBuf, String>, stale: Vec<PathBuf>) -> Result<(), CliError> {
    let is_current = |path: &Path, text: &str| fs::read_to_string(path).is_ok_and(|found| found == text);
    let mut different = stale;
    different
        .extend(files.iter().filter(|(path, text)| !is_current(path, text)).map(|(path, _)| path.clone()));
    if different.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = different.iter().map(|path| path.display().to_string()).collect();
    print_stderr(&format!("not current: {}; run `ghl-contacts-mcp schemas`", names.join(", ")));
    Err(CliError::Reported)
}
