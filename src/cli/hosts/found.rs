//! The entries of this server in the hosts of this machine.

use std::path::{Path, PathBuf};

use crate::cli::hosts::entry::Entry;
use crate::cli::hosts::host::{HOSTS, Host};
use crate::cli::hosts::places::Places;
use crate::cli::hosts::read::{Content, entries};
use crate::config::Home;

/// What is in the files of the hosts.
#[derive(Debug, Default)]
pub struct Found {
    /// The hosts that have been used on this machine.
    pub hosts: Vec<&'static Host>,
    /// Entries of this server.
    pub entries: Vec<Entry>,
    /// Files that are there and cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A file of settings that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", file.display())]
pub struct Unreadable {
    /// The host.
    pub host: &'static Host,
    /// The file.
    pub file: PathBuf,
    /// Why, as the rest of a sentence about the file. It holds nothing of the file but the place of a mistake.
    pub reason: String,
}

/// Looks into the files of every host in this home, and into those of a project in `folder`. A file that cannot be read is
/// listed, and hides no other.
#[must_use]
pub fn found(home: &Home, folder: Option<&Path>) -> Found {
    let mut found = Found::default();
    for host in &HOSTS {
        let places = Places::of(host, home);
        if places.present {
            found.hosts.push(host);
        }
        let project = folder.zip(host.project).map(|(folder, file)| folder.join(file));
        // In one's own folder both may be the same file.
        let project = project.filter(|file| !places.all.contains(file));
        for file in places.all.into_iter().chain(project) {
            match look(host, &file) {
                Ok(entries) => found.entries.extend(entries),
                Err(reason) => found.unreadable.push(Unreadable { host, file, reason }),
            }
        }
    }
    found
}

fn look(host: &'static Host, file: &Path) -> Result<Vec<Entry>, String> {
    let Some(content) = Content::read(file)? else { return Ok(Vec::new()) };
    let mut entries = entries(host, file, content.text())?;
    entries.retain(Entry::is_ours);
    Ok(entries)
}
