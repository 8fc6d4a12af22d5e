//! The tags that existing contacts of a list lack: one request adds the same tags to many contacts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::contacts::error::Error;
use crate::contacts::service::Contacts;
use crate::contacts::value::tag;
use crate::contacts::write::apply;
use crate::contacts::write::receipt::{NotStored, Outcome, Receipt};
use crate::ghl::{ContactId, Scope, Written};

/// The contacts of one bulk request. HighLevel does not document its limit (highlevel-api-docs issue 315).
const CHUNK: usize = 50;

/// Tags for these contacts, in one request.
#[derive(Debug)]
pub(crate) struct Job {
    tags: Vec<String>,
    ids: Vec<ContactId>,
}

/// What became of the tags of a contact.
#[derive(Debug, Clone)]
pub(crate) enum Settled {
    /// It has them.
    Tagged,
    /// It does not have them, for this reason; the same tags may be taken later.
    NotYet(String),
    /// It does not have them, for this reason.
    Not(String),
    /// It is not known, for this reason.
    Unknown(String),
}

/// What came of a job.
#[derive(Debug)]
pub(crate) struct Outcomes {
    pub(crate) tags: Vec<String>,
    pub(crate) settled: Vec<(ContactId, Settled)>,
    /// What HighLevel refused as a whole, to be sent in halves.
    pub(crate) again: Vec<Job>,
    /// Tags that the location did not have before.
    pub(crate) new_tags: Vec<String>,
}

/// The tags that are to be sent.
#[derive(Debug, Default)]
pub(crate) struct LaterTags {
    /// By the tags, in order and in lower case: the contacts that lack exactly these.
    waiting: BTreeMap<Vec<String>, BTreeSet<ContactId>>,
    ready: VecDeque<Job>,
}

impl LaterTags {
    /// A contact that lacks these tags.
    pub(crate) fn add(&mut self, id: &ContactId, tags: &[String]) {
        let mut tags = tags.to_vec();
        tags.sort();
        let ids = self.waiting.entry(tags.clone()).or_default();
        ids.insert(id.clone());
        if ids.len() >= CHUNK {
            let ids = std::mem::take(ids).into_iter().collect();
            self.waiting.remove(&tags);
            self.ready.push_back(Job { tags, ids });
        }
    }

    /// No more contacts will come.
    pub(crate) fn close(&mut self) {
        for (tags, ids) in std::mem::take(&mut self.waiting) {
            self.ready.push_back(Job { tags, ids: ids.into_iter().collect() });
        }
    }

    /// Sends these first.
    pub(crate) fn again(&mut self, jobs: Vec<Job>) {
        for job in jobs.into_iter().rev() {
            self.ready.push_front(job);
        }
    }

    /// The next request.
    pub(crate) fn next(&mut self) -> Option<Job> {
        self.ready.pop_front()
    }
}

impl Job {
    /// Sends it. A single contact is tagged by its own endpoint, whose answer lists its tags.
    pub(crate) async fn send(self, contacts: &Contacts, scope: &Scope) -> Outcomes {
        match self.ids.as_slice() {
            [id] => self.send_one(scope, id).await,
            _ => self.send_many(contacts, scope).await,
        }
    }

    async fn send_one(&self, scope: &Scope, id: &ContactId) -> Outcomes {
        let settled = match apply::add_tags(scope, id, &self.tags).await {
            Ok(tagged) => {
                let after = match tagged {
                    apply::Tagged::Answered(tags) => tags,
                    apply::Tagged::Read(contact, _) => contact.tags(),
                };
                let missing = tag::missing(&after, &self.tags);
                if missing.is_empty() {
                    Settled::Tagged
                } else {
                    Settled::Not(format!("HighLevel answered success without {}", missing.join(", ")))
                }
            }
            Err(error) => settled(&error),
        };
        self.outcomes(vec![(id.clone(), settled)])
    }

    async fn send_many(self, contacts: &Contacts, scope: &Scope) -> Outcomes {
        let tagging = match contacts.add_tags_to_many(scope, &self.ids, &self.tags).await {
            Ok(tagging) => tagging,
            // One of them may be what HighLevel refuses.
            Err(Error::Crm { source, .. }) if source.is_refusal() => {
                return Outcomes { again: self.halves(), ..self.outcomes(Vec::new()) };
            }
            Err(error) => {
                let settled = settled(&error);
                return self.outcomes(self.ids.iter().map(|id| (id.clone(), settled.clone())).collect());
            }
        };
        let known = tagging.contacts.into_iter().map(|one| {
            let settled = one.error.map_or(Settled::Tagged, Settled::Not);
            (one.id, settled)
        });
        let reason = "HighLevel's answer does not say whether they were added";
        let unknown = tagging.unknown.into_iter().map(|id| (id, Settled::Unknown(reason.to_owned())));
        let settled = known.chain(unknown).collect();
        Outcomes { new_tags: tagging.new_to_location, ..self.outcomes(settled) }
    }

    fn halves(&self) -> Vec<Self> {
        let half = self.ids.len().div_ceil(2);
        self.ids.chunks(half.max(1)).map(|ids| Self { tags: self.tags.clone(), ids: ids.to_vec() }).collect()
    }

    fn outcomes(&self, settled: Vec<(ContactId, Settled)>) -> Outcomes {
        Outcomes { tags: self.tags.clone(), settled, again: Vec::new(), new_tags: Vec::new() }
    }
}

fn settled(error: &Error) -> Settled {
    match error.written() {
        Written::No if matches!(error, Error::Crm { source, .. } if !source.is_refusal() && !source.is_not_found()) => {
            Settled::NotYet(error.to_string())
        }
        Written::No => Settled::Not(error.to_string()),
        Written::Yes | Written::Unknown => Settled::Unknown(error.to_string()),
    }
}

/// Adds to the receipt of a row what became of its tags. Answers whether the row should be sent again for them.
pub(crate) fn settle(receipt: &mut Receipt, settled: &Settled) -> bool {
    let tags = std::mem::take(&mut receipt.tags_later);
    match settled {
        Settled::Tagged => {
            receipt.tags_added = tags;
            if receipt.outcome == Outcome::Unchanged {
                receipt.outcome = Outcome::Updated;
            }
        }
        Settled::Not(reason) | Settled::NotYet(reason) => receipt.not_stored.push(NotStored {
            field: "tags".to_owned(),
            sent: Some(tags.into()),
            stored: None,
            reason: reason.clone(),
        }),
        Settled::Unknown(reason) => {
            receipt.unverified.push("tags".to_owned());
            let tags = tags.join(", ");
            receipt.warnings.push(format!("it may or may not have the tags {tags}: {reason}"));
        }
    }
    matches!(settled, Settled::NotYet(_) | Settled::Unknown(_))
}
