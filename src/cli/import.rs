//! `import`: upserts the rows of a CSV, TSV or XLSX file. What is done is kept in a journal beside the file: after Ctrl-C or a
//! crash the same command goes on where it stopped.

mod failed;
mod journal;
mod quotes;
mod records;
mod scan;
mod sheet;
mod show;

use std::path::PathBuf;

use clap::Args;
use futures_util::FutureExt as _;
use indicatif::ProgressBar;

use crate::cli::error::CliError;
use crate::cli::files::bar::bar;
use crate::cli::import::failed::FailedRows;
use crate::cli::import::journal::DoneRows;
use crate::cli::import::scan::Scan;
use crate::cli::import::sheet::{Line, Sheet};
use crate::cli::import::show::Totals;
use crate::cli::{assembly, signal};
use crate::config::{Config, ConfigError};
use crate::contacts::batch::report::{Done, ListReport};
use crate::contacts::batch::row::Row;
use crate::contacts::batch::run::ListOptions;
use crate::contacts::batch::table::{Mapping, Target};
use crate::contacts::write::desired::Mode;
use crate::contacts::{Contacts, Upsert};
use crate::ghl::Scope;
use crate::serve::Drain;
use crate::tool::{Code, Failure, echo};

/// Rows between two entries of the journal. After a crash at most these are looked up again, and found unchanged.
const CHUNK: usize = 100;

const AFTER_HELP: &str = "Failed rows are kept in FILE.failed.csv: correct them there and import that file.
After Ctrl-C or a crash the same command goes on where it stopped; FILE.import-journal knows the rows that are done.";

/// Flags of `import`.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// A CSV, TSV or XLSX file; its first row names the columns
    file: PathBuf,
    /// The fields of columns whose names do not say it: "Handy=phone,Branche=custom:Industry,Notes=skip"
    #[arg(long, value_name = "COLUMN=FIELD,..")]
    map: Vec<String>,
    /// The encoding of a text file that is not UTF-8, such as windows-1251; it is guessed and shown otherwise
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Only fill empty fields
    #[arg(long)]
    fill_empty: bool,
    /// Stop when so many rows fail one after the other
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    stop_after_failures: u16,
}

/// One import.
struct Import<'a> {
    contacts: &'a Contacts,
    scope: Scope,
    mapping: Mapping,
    options: ListOptions,
    /// What each row is done with.
    row: Upsert,
    totals: Totals,
    failed: FailedRows,
    journal: Option<DoneRows>,
    bar: ProgressBar,
}

pub(crate) async fn run(mut config: Config, arguments: Arguments, drain: &Drain) -> Result<(), CliError> {
    if config.read_only && !arguments.dry_run {
        return Err(
            ConfigError::new("--read-only", "import writes; add --dry-run to see what would change").into()
        );
    }
    let file = arguments.file.display().to_string();
    let unusable = |reason: String| CliError::from(ConfigError::new(file.clone(), reason));
    let mut scan = Scan::of(&arguments.file).map_err(unusable)?;
    if let Some(name) = &arguments.encoding {
        scan.say(name).map_err(|reason| ConfigError::new("--encoding", reason))?;
    }
    let sheet = Sheet::open(&arguments.file, &scan).map_err(unusable)?;
    let given = given(&arguments.map)?;
    let _sandbox = assembly::sandbox(&mut config).await?;
    let contacts = assembly::contacts_of_one(&config)?;
    signal::end_by(drain);
    let scope = contacts.scope(drain.stop().clone());
    let mapping = contacts.mapping(&scope, &sheet.headers, &given).await?;
    let mapping = mapping.map_err(|reason| ConfigError::new("--map", reason))?;
    show::mapping(&mapping, &scan);
    let journal = if arguments.dry_run {
        None
    } else {
        let settings = format!("{} {mapping:?} {}", contacts.location_id()?, arguments.fill_empty);
        Some(DoneRows::open(&arguments.file, &scan.hash, &settings)?)
    };
    let mode = if arguments.fill_empty { Mode::FillEmpty } else { Mode::Overwrite };
    let mut import = Import {
        contacts: &contacts,
        scope,
        mapping,
        options: ListOptions { stop_after: arguments.stop_after_failures.into(), time: None },
        row: Upsert { mode, dry_run: arguments.dry_run, ..Upsert::default() },
        totals: Totals::default(),
        failed: FailedRows::new(&arguments.file, sheet.headers.clone(), arguments.dry_run),
        journal,
        bar: bar("{spinner} {pos} rows, {elapsed}"),
    };
    let finished = tokio::select! {
        finished = import.carry_out(sheet) => finished?,
        // What is not in the journal is looked up again.
        () = drain.over() => false,
    };
    import.bar.finish_and_clear();
    if finished && let Some(journal) = import.journal.take() {
        journal.remove()?;
    }
    import.totals.print(arguments.dry_run, finished, import.failed.path());
    if finished && import.totals.failed == 0 { Ok(()) } else { Err(CliError::Reported) }
}

impl Import<'_> {
    /// Whether all rows were carried out.
    async fn carry_out(&mut self, mut sheet: Sheet) -> Result<bool, CliError> {
        loop {
            let lines: Vec<Line> = sheet.rows.by_ref().take(CHUNK).collect();
            if lines.is_empty() {
                return Ok(true);
            }
            if !self.chunk(lines).await? {
                return Ok(false);
            }
        }
    }

    /// Whether the import goes on.
    async fn chunk(&mut self, lines: Vec<Line>) -> Result<bool, CliError> {
        let location = self.contacts.location_id()?;
        let mut rows = Vec::new();
        let mut ended = Vec::new();
        let is_done = |number| self.journal.as_ref().is_some_and(|journal| journal.has(number));
        let (before, lines): (Vec<Line>, Vec<Line>) =
            lines.into_iter().partition(|line| is_done(line.number));
        self.totals.before += before.len();
        for line in &lines {
            let upsert = match &line.cells {
                Ok(cells) => match self.mapping.surplus(cells) {
                    None => self.mapping.upsert(cells, location).map_err(Failure::from),
                    Some(value) => Err(unreadable(format!(
                        "The row has \"{}\" after its last column. Is a quote missing?",
                        echo(value)
                    ))),
                },
                Err(reason) => Err(unreadable(reason.clone())),
            };
            match upsert {
                Ok(upsert) => {
                    let (mode, dry_run) = (self.row.mode, self.row.dry_run);
                    rows.push(Row { number: line.number, upsert: Upsert { mode, dry_run, ..upsert } });
                }
                Err(failure) => {
                    ended.push(line.number);
                    self.fail(&lines, line.number, &failure)?;
                }
            }
        }
        let bar = self.bar.clone();
        let rows_before = bar.position();
        let told = move |done: Done| {
            bar.set_position(rows_before + u64::try_from(done.rows).unwrap_or_default());
            std::future::ready(()).boxed()
        };
        let report = self.contacts.upsert_list(&self.scope, rows, &self.options, Some(&told)).await;
        let goes_on = self.take(report, &lines, &mut ended)?;
        self.bar.set_position(rows_before + u64::try_from(lines.len() + before.len()).unwrap_or_default());
        self.failed.flush()?;
        if let Some(journal) = &mut self.journal {
            journal.add(&ended)?;
        }
        Ok(goes_on)
    }

    fn take(&mut self, report: ListReport, lines: &[Line], ended: &mut Vec<usize>) -> Result<bool, CliError> {
        for row in report.rows {
            match row.result {
                Ok(receipt) => {
                    if !row.again {
                        ended.push(row.number);
                    }
                    self.bar.suspend(|| self.totals.add(row.number, receipt, &row.notes));
                }
                Err(error) => {
                    ended.push(row.number);
                    self.fail(lines, row.number, &Failure::from(error))?;
                }
            }
        }
        let Some(stopped) = report.stopped else { return Ok(true) };
        self.totals.stopped = Some(stopped.to_string());
        Ok(false)
    }

    fn fail(&mut self, lines: &[Line], number: usize, failure: &Failure) -> Result<(), CliError> {
        self.bar.suspend(|| self.totals.fail(number, failure));
        let cells = lines.iter().find(|line| line.number == number).and_then(|line| line.cells.as_ref().ok());
        self.failed.add(number, cells.map_or(&[][..], Vec::as_slice), &failure.text())
    }
}

/// The pairs of one `--map`. A comma belongs to the name of a column if what follows it has no `=`.
fn pairs(map: &str) -> Vec<String> {
    let mut pairs: Vec<String> = Vec::new();
    for part in map.split(',') {
        match pairs.last_mut().filter(|pair| !pair.contains('=')) {
            Some(pair) => {
                pair.push(',');
                pair.push_str(part);
            }
            None => pairs.push(part.to_owned()),
        }
    }
    pairs
}

/// The columns that `--map` names.
fn given(map: &[String]) -> Result<Vec<(String, Target)>, ConfigError> {
    let read = |pair: &String| {
        let (column, word) = pair.rsplit_once('=')?;
        Some((column.trim().to_owned(), Target::parse(word)?))
    };
    let wrong = |pair: &String| {
        ConfigError::new(
            "--map",
            format!(
                "\"{pair}\" is not COLUMN=FIELD; a field is email, phone, firstName and so on, tags, contactId, custom:NAME, or skip"
            ),
        )
    };
    map.iter().flat_map(|map| pairs(map)).map(|pair| read(&pair).ok_or_else(|| wrong(&pair))).collect()
}

fn unreadable(reason: String) -> Failure {
    Failure::new(Code::InvalidArguments, reason)
}
