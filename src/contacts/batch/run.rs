//! Carries out a list of upserts at the full speed of the quota: the rate limiter paces, and several rows are under way at
//! once, so that the time that an answer takes costs nothing.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::FuturesUnordered;

use crate::contacts::batch::later_tags::{self, Job, LaterTags, Outcomes};
use crate::contacts::batch::report::{Done, ListReport, RowReport, Stopped, is_of_every_row};
use crate::contacts::batch::row::{Group, Noted, Row, groups};
use crate::contacts::error::Error;
use crate::contacts::service::Contacts;
use crate::contacts::write::receipt::Receipt;
use crate::ghl::{ContactId, Scope};

/// Rows that are under way at once. At HighLevel's 100 requests in ten seconds this keeps up with answers that take 1.6 s.
const UNDER_WAY: usize = 16;
/// The time of one row. A row of seven requests that each wait for a window of ten seconds needs 70 s.
const ROW_TIME: Duration = Duration::from_secs(90);
/// The last rows of a list with a time start so long before its end,
const LAST_START: Duration = Duration::from_secs(20);
/// and end so long before it: tags are sent after them.
const FOR_TAGS: Duration = Duration::from_secs(5);
/// The time between two reports of progress.
const BETWEEN_REPORTS: Duration = Duration::from_millis(500);

/// How a list is carried out.
#[derive(Debug, Clone)]
pub struct ListOptions {
    /// So many rows that fail one after the other end it.
    pub stop_after: usize,
    /// It is answered within this time; rows that do not fit are not started. None: as long as it takes.
    pub time: Option<Duration>,
}

/// Where the progress of a list is reported.
pub type ReportTo<'a> = &'a (dyn Fn(Done) -> BoxFuture<'static, ()> + Send + Sync);

/// What has ended.
enum Ended {
    Row(RowReport, Group),
    Tags(Outcomes),
}

impl Contacts {
    /// Carries out the rows, each as [`Contacts::upsert`] does. Rows that share a key are carried out in their order. Progress is
    /// reported at most twice a second. If the call is cancelled, no more rows start, and those that are under way end.
    pub async fn upsert_list(
        &self,
        scope: &Scope,
        rows: Vec<Row>,
        options: &ListOptions,
        report_to: Option<ReportTo<'_>>,
    ) -> ListReport {
        let started = scope.client().clock().now();
        let run = Run {
            contacts: self,
            scope,
            end: options.time.map(|time| started + time),
            options,
            done: Done { all: rows.len(), ..Done::default() },
            waiting: groups(rows),
            report: ListReport::default(),
            in_a_row: 0,
            tags: LaterTags::default(),
            last_report: None,
        };
        let report = run.carry_out(report_to).await;
        if report.rows.iter().any(|row| matches!(row.result, Err(Error::Invalid { .. }))) {
            // The next call finds a field or an option that is newer than these definitions.
            self.location.forget_definitions();
        }
        report
    }
}

struct Run<'a> {
    contacts: &'a Contacts,
    scope: &'a Scope,
    options: &'a ListOptions,
    end: Option<Duration>,
    waiting: VecDeque<Group>,
    report: ListReport,
    done: Done,
    /// Rows that failed since the last one that did not.
    in_a_row: usize,
    tags: LaterTags,
    /// When progress was reported last, and how many rows had ended.
    last_report: Option<(Duration, usize)>,
}

impl<'a> Run<'a> {
    async fn carry_out(mut self, report_to: Option<ReportTo<'_>>) -> ListReport {
        let mut under_way = FuturesUnordered::new();
        // A host that does not read its progress does not hold up the rows.
        let mut reporting: Option<BoxFuture<'static, ()>> = None;
        loop {
            self.start(&mut under_way);
            if under_way.is_empty() {
                break;
            }
            tokio::select! {
                Some(ended) = under_way.next() => self.take(ended),
                () = poll(&mut reporting), if reporting.is_some() => reporting = None,
            }
            if let Some(report_to) = report_to.filter(|_| reporting.is_none() && self.report_is_due()) {
                reporting = Some(report_to(self.done));
            }
        }
        self.report.not_started = self.waiting.iter().flatten().map(|noted| noted.row.number).collect();
        self.report.not_started.sort_unstable();
        self.report.rows.sort_by_key(|row| row.number);
        self.report.stopped = self.report.stopped.filter(|_| !self.report.not_started.is_empty());
        self.report
    }

    /// Starts what may start: tags first, since they end rows that were begun.
    fn start(&mut self, under_way: &mut FuturesUnordered<BoxFuture<'a, Ended>>) {
        let mut rows_are_under_way = under_way.len();
        while under_way.len() < UNDER_WAY {
            if let Some(job) = self.tags.next() {
                under_way.push(self.send_tags(job));
                continue;
            }
            self.check();
            if self.report.stopped.is_none()
                && let Some(group) = self.waiting.pop_front()
            {
                under_way.extend(self.start_row(group));
                rows_are_under_way += 1;
            } else if rows_are_under_way == 0 {
                self.tags.close();
                let Some(job) = self.tags.next() else { return };
                under_way.push(self.send_tags(job));
            } else {
                return;
            }
        }
    }

    /// Finds out whether rows may still start.
    fn check(&mut self) {
        if self.report.stopped.is_some() || self.waiting.is_empty() {
            return;
        }
        if self.scope.cancel().is_cancelled() {
            self.report.stopped = Some(Stopped::Cancelled);
        } else if self.end.is_some_and(|end| self.now() + LAST_START > end) {
            self.report.stopped = Some(Stopped::Time);
        }
    }

    fn start_row(&self, mut group: Group) -> Option<BoxFuture<'a, Ended>> {
        let Noted { row, notes } = group.pop_front()?;
        let left = self.end.map(|end| end.saturating_sub(self.now() + FOR_TAGS));
        let scope = self.scope.part(left.unwrap_or(ROW_TIME).min(ROW_TIME));
        let contacts = self.contacts;
        let work = async move {
            let Row { number, mut upsert } = row;
            upsert.in_list = true;
            let result = contacts.upsert(&scope, upsert).await;
            Ended::Row(RowReport { number, result, notes, again: false }, group)
        };
        Some(work.boxed())
    }

    fn send_tags(&self, job: Job) -> BoxFuture<'a, Ended> {
        let left = self.end.map_or(ROW_TIME, |end| end.saturating_sub(self.now()));
        let scope = self.scope.part(left);
        let contacts = self.contacts;
        async move { Ended::Tags(job.send(contacts, &scope).await) }.boxed()
    }

    fn take(&mut self, ended: Ended) {
        match ended {
            Ended::Row(row, rest) => {
                // The next row of the same contact comes before those of others: a long group would be the last to end.
                if !rest.is_empty() {
                    self.waiting.push_front(rest);
                }
                self.take_row(row);
            }
            Ended::Tags(outcomes) => self.take_tags(outcomes),
        }
    }

    fn take_row(&mut self, row: RowReport) {
        self.done.rows += 1;
        match &row.result {
            Ok(receipt) => {
                self.in_a_row = 0;
                if let (Some(contact), false) = (&receipt.contact, receipt.tags_later.is_empty()) {
                    self.tags.add(&contact.id, &receipt.tags_later);
                }
            }
            Err(error) => {
                self.done.failed += 1;
                // A value that cannot be used says nothing of the other rows.
                if !matches!(error, Error::Invalid { .. }) {
                    self.in_a_row += 1;
                }
                if is_of_every_row(error) {
                    self.report.stopped.get_or_insert(Stopped::EveryRow);
                } else if self.in_a_row >= self.options.stop_after {
                    self.report.stopped.get_or_insert(Stopped::Failures(self.in_a_row));
                }
            }
        }
        self.report.rows.push(row);
    }

    fn take_tags(&mut self, outcomes: Outcomes) {
        self.tags.again(outcomes.again);
        self.report.new_tags.extend(outcomes.new_tags);
        let settled: BTreeMap<ContactId, later_tags::Settled> = outcomes.settled.into_iter().collect();
        for row in &mut self.report.rows {
            let Ok(receipt) = &mut row.result else { continue };
            let is_same = |receipt: &Receipt| {
                let mut tags = receipt.tags_later.clone();
                tags.sort();
                tags == outcomes.tags
            };
            let settled = receipt.contact.as_ref().and_then(|contact| settled.get(&contact.id));
            if let Some(settled) = settled.filter(|_| is_same(receipt)) {
                row.again = later_tags::settle(receipt, settled);
            }
        }
    }

    fn report_is_due(&mut self) -> bool {
        let now = self.now();
        let due = |(last, rows): (Duration, usize)| {
            now.saturating_sub(last) >= BETWEEN_REPORTS && self.done.rows > rows
        };
        let is_due = self.last_report.map_or(self.done.rows > 0, due);
        if is_due {
            self.last_report = Some((now, self.done.rows));
        }
        is_due
    }

    fn now(&self) -> Duration {
        self.scope.client().clock().now()
    }
}

async fn poll(reporting: &mut Option<BoxFuture<'static, ()>>) {
    match reporting {
        Some(reporting) => reporting.await,
        None => std::future::pending().await,
    }
}
