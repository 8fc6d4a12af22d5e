//! Which contacts are written, so that none is written twice: while others write, HighLevel may show one on two pages.
#![expect(clippy::disallowed_methods, reason = "what an interrupted export has written is read again")]

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::cli::error::CliError;
use crate::cli::export::rows::Format;

const FAILED: &str = "cannot read what an earlier run has written";

/// The ids of contacts, as short hashes: so a million contacts fit into memory.
#[derive(Debug, Default)]
pub(crate) struct Seen(HashSet<[u8; 16]>);

impl Seen {
    /// The contacts in the first bytes of a file.
    pub(crate) fn in_file(path: &Path, length: u64, format: Format) -> Result<Self, CliError> {
        #[derive(Deserialize)]
        struct OnlyId {
            id: String,
        }
        let io = |error| CliError::Io(FAILED, error);
        let mut seen = Self::default();
        let file = BufReader::new(File::open(path).map_err(io)?.take(length));
        match format {
            Format::Csv => {
                for record in csv::Reader::from_reader(file).records() {
                    let record = record.map_err(|error| io(error.into()))?;
                    seen.add(record.get(0).unwrap_or_default());
                }
            }
            Format::Jsonl => {
                for line in file.lines() {
                    let OnlyId { id } =
                        serde_json::from_str(&line.map_err(io)?).map_err(|error| io(error.into()))?;
                    seen.add(&id);
                }
            }
        }
        Ok(seen)
    }

    /// Whether the contact is new.
    pub(crate) fn add(&mut self, id: &str) -> bool {
        self.0.insert(short_hash(id))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains(&short_hash(id))
    }

    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or_default()
    }
}

fn short_hash(id: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.iter_mut().zip(Sha256::digest(id)).for_each(|(short, byte)| *short = byte);
    short
}
