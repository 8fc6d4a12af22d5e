//! `export`: writes the contacts of a search to a CSV or JSON Lines file, or to stdout. The file appears when it is whole. After
//! Ctrl-C or a crash the same command goes on where it stopped.

mod conditions;
mod output;
mod rows;
mod seen;
mod unfinished;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;

use crate::cli::error::CliError;
use crate::cli::export::output::Output;
use crate::cli::export::rows::{Format, Rows};
use crate::cli::files::bar::bar;
use crate::cli::output::{print_stderr, print_stdout};
use crate::cli::{assembly, signal};
use crate::config::{Config, ConfigError};
use crate::contacts::{Contacts, Listing};
use crate::ghl::Scope;
use crate::serve::Drain;
use crate::tool::Failure;

/// The time of a page, with its place in the queue of the rate limiter and its retries.
const PAGE_TIME: Duration = Duration::from_secs(90);

const AFTER_HELP: &str = "Until the file is whole it is FILE.partial. After Ctrl-C or a crash the same command goes on where it stopped;
FILE.export-journal knows how far it is. import reads the CSV file back.";

/// Flags of `export`.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Where to: a file that ends in .csv or .jsonl; without one, or with -, to stdout
    file: Option<PathBuf>,
    /// Only contacts with these words in their name, e-mail, phone, company or tags, as HighLevel searches
    #[arg(long, value_name = "WORDS")]
    query: Option<String>,
    /// Only contacts with this tag; several times: with all of them
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only contacts with these conditions: what the tool that searches takes, or a list of HighLevel's own filters
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
    /// The form, where the name of the file does not say it
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only these fields, like email,tags,"Lead Score"; the contact's id is always there
    #[arg(long, value_name = "FIELD,..", value_delimiter = ',')]
    fields: Vec<String>,
    /// Replace the file if it exists
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(mut config: Config, arguments: Arguments, drain: &Drain) -> Result<(), CliError> {
    let file = arguments.file.as_deref().filter(|file| *file != Path::new("-"));
    let format = format(file, arguments.format)?;
    if let Some(file) = file {
        unfinished::check(file, arguments.force)?;
    }
    let conditions = conditions::read(arguments.filter.as_deref(), arguments.query, arguments.tag)?;
    let _sandbox = assembly::sandbox(&mut config).await?;
    let contacts = assembly::contacts_of_one(&config)?;
    signal::end_by(drain);
    let scope = contacts.scope(drain.stop().clone());
    let assigned_to = conditions.assigned_to.as_deref();
    let listing = contacts.listing(&scope, conditions.query, assigned_to, &conditions.custom_fields).await;
    let listing = listing?;
    let columns = contacts.columns(&scope, &arguments.fields).await?;
    let columns = columns.map_err(|reason| ConfigError::new("--fields", reason))?;
    let location = contacts.location_id()?.clone();
    let notes: Vec<String> = listing.notes.iter().cloned().chain(columns.note().map(str::to_owned)).collect();
    let settings = format!("{location} {listing:?} {:?} {format:?}", columns.headers());
    let rows = Rows::new(format, columns, location);
    let output = Output::open(file, &rows, &settings, arguments.force)?;
    let mut export = Export {
        contacts: &contacts,
        scope,
        listing,
        rows,
        output,
        bar: bar("{spinner} {pos} of {len} contacts, {elapsed}"),
    };
    export.say_how_it_begins(&notes);
    let finished = export.carry_out(drain).await;
    export.bar.finish_and_clear();
    export.end(finished?)
}

/// One export.
struct Export<'a> {
    contacts: &'a Contacts,
    scope: Scope,
    listing: Listing,
    rows: Rows,
    output: Output,
    bar: ProgressBar,
}

impl Export<'_> {
    /// Whether all pages were read; otherwise the program was asked to end.
    async fn carry_out(&mut self, drain: &Drain) -> Result<bool, CliError> {
        loop {
            let scope = self.scope.part(PAGE_TIME);
            let page = self.contacts.list_page(&scope, &self.listing, self.output.cursor());
            let page = tokio::select! {
                page = page => page.map_err(|error| self.broken_off(&Failure::from(error).text()))?,
                // A page that was not written is read again.
                () = drain.stop().cancelled() => return Ok(false),
            };
            let is_last = page.is_last(self.output.seen() + self.output.new_of(&page));
            if !is_last && page.end.is_none() {
                return Err(self.broken_off("HighLevel did not say where its page of contacts ends."));
            }
            self.output.take(&page, &self.rows)?;
            self.bar.set_length(page.total.unwrap_or_default().max(self.output.written()));
            self.bar.set_position(self.output.written());
            if is_last {
                return Ok(true);
            }
        }
    }

    fn say_how_it_begins(&self, notes: &[String]) {
        for note in notes {
            self.say(note);
        }
        if self.output.written() > 0 {
            self.say(&format!("Going on after {} contacts of an earlier run.", self.output.written()));
        }
    }

    /// Puts the file into its place.
    fn end(self, finished: bool) -> Result<(), CliError> {
        let (written, unreadable) = (self.output.written(), self.output.unreadable());
        if !finished {
            self.say(&format!("Stopped after {written} contacts. {}", self.output.how_to_go_on()));
            return Err(CliError::Reported);
        }
        let place = self.output.place();
        let carries_data = self.output.is_stdout();
        self.output.finish()?;
        let say = |line: &str| if carries_data { print_stderr(line) } else { print_stdout(line) };
        let contacts = if written == 1 { "contact" } else { "contacts" };
        say(&format!(
            "{written} {contacts}{place}. A change of the last minute may be missing: HighLevel's search shows it later."
        ));
        if unreadable > 0 {
            say(&format!("{unreadable} more that HighLevel answered cannot be read: they are missing."));
            return Err(CliError::Reported);
        }
        Ok(())
    }

    /// On stderr where stdout carries the contacts.
    fn say(&self, line: &str) {
        if self.output.is_stdout() { print_stderr(line) } else { print_stdout(line) }
    }

    fn broken_off(&self, reason: &str) -> CliError {
        let (written, how) = (self.output.written(), self.output.how_to_go_on());
        CliError::Failed(format!("{reason} The export ended after {written} contacts. {how}"))
    }
}

fn format(file: Option<&Path>, given: Option<Format>) -> Result<Format, ConfigError> {
    let Some(file) = file else { return Ok(given.unwrap_or(Format::Csv)) };
    let ending = file.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    let by_name = match ending.as_deref() {
        Some("csv") => Some(Format::Csv),
        Some("jsonl" | "ndjson") => Some(Format::Jsonl),
        _ => None,
    };
    given.or(by_name).ok_or_else(|| {
        ConfigError::new(
            file.display().to_string(),
            "ends neither in .csv nor in .jsonl; name the form with --format",
        )
    })
}
