//! Changes the tags of many contacts by the bulk endpoint, and finds out what became of each.

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::tag;
use crate::contacts::write::apply;
use crate::contacts::write::bulk::{self, Shown, Verdict};
use crate::contacts::write::receipt::{Tagged, Tagging};
use crate::ghl::api;
use crate::ghl::model::{Contact, Field, TagChange};
use crate::ghl::{ContactId, Scope, Written};

/// The contacts of one bulk request. HighLevel does not document its limit (highlevel-api-docs issue 315).
const CHUNK: usize = 50;
/// The most contacts of one call that are read because HighLevel's answer proves nothing of them.
const MOST_READS: usize = 50;
/// The most contacts in one call.
const MAX_CONTACTS: usize = 500;

/// The contacts of one call, each once.
///
/// # Errors
/// They are more than one call may name.
pub(crate) fn distinct(ids: &[ContactId]) -> Result<Vec<ContactId>, Error> {
    if ids.len() > MAX_CONTACTS {
        let reason = format!("has {} ids; at most {MAX_CONTACTS} are taken", ids.len());
        return Err(Error::invalid(Subject::ContactIds, reason));
    }
    let mut seen = std::collections::BTreeSet::new();
    Ok(ids.iter().filter(|id| seen.insert(*id)).cloned().collect())
}

/// Changes the tags of these contacts, chunk by chunk.
///
/// # Errors
/// HighLevel's failure at the first request; a later failure is reported for each contact.
pub(crate) async fn change(
    scope: &Scope,
    ids: &[ContactId],
    tags: &[String],
    change: TagChange,
) -> Result<Tagging, Error> {
    let mut work = Work { scope, tags, change, reads_left: MOST_READS, result: Tagging::default() };
    for (n, chunk) in ids.chunks(CHUNK).enumerate() {
        match api::change_tags_of_many(scope, chunk, tags, change).await {
            Ok(answer) => {
                for (id, verdict) in chunk.iter().zip(bulk::verdicts(chunk, &answer, tags, change)) {
                    work.settle(id, verdict).await;
                }
            }
            Err(error) if n == 0 => return Err(error.into()),
            Err(error) if error.written() == Written::No => {
                let done = work.done();
                let failed = chunk.iter().map(|id| failed(id, format!("not {done}: {error}")));
                work.result.contacts.extend(failed);
            }
            Err(error) => {
                work.result.unknown.extend_from_slice(chunk);
                let (count, done) = (chunk.len(), work.done());
                let warning = format!("{count} contacts may or may not have been {done}: {error}");
                work.result.warnings.push(warning);
            }
        }
    }
    work.result.warnings.extend(apply::merge_warning(scope));
    Ok(work.result)
}

/// A change under way.
struct Work<'a> {
    scope: &'a Scope,
    tags: &'a [String],
    change: TagChange,
    reads_left: usize,
    result: Tagging,
}

impl Work<'_> {
    /// What is done to a contact, in a sentence.
    fn done(&self) -> &'static str {
        match self.change {
            TagChange::Add => "tagged",
            TagChange::Remove => "untagged",
        }
    }

    /// Adds what is known of one contact. Where HighLevel's answer proves nothing, the contact is read, as long as reads
    /// are left.
    async fn settle(&mut self, id: &ContactId, verdict: Verdict) {
        let (words, shown) = match verdict {
            Verdict::Done(shown) => return self.result.contacts.push(self.entry(id, shown)),
            Verdict::Refused(words) => return self.result.contacts.push(failed(id, words)),
            Verdict::Unproven(words, shown) => (words, shown),
        };
        let read = match self.reads_left.checked_sub(1) {
            Some(left) => {
                self.reads_left = left;
                Some(api::get(self.scope, id).await)
            }
            None => None,
        };
        match read {
            Some(Err(error)) if error.is_not_found() => {
                self.result.contacts.push(failed(id, error.to_string()));
            }
            Some(Ok(contact)) if contact.listed_tags().is_some() => {
                let entry = self.read(id, &contact, words, shown);
                self.result.contacts.push(entry);
            }
            _ => self.result.unknown.push(id.clone()),
        }
    }

    /// A contact that was read after the change.
    fn read(&self, id: &ContactId, contact: &Contact, words: Option<String>, shown: Shown) -> Tagged {
        let after = contact.tags();
        let mut entry = self.entry(id, Shown { after: Some(after.clone()), ..shown });
        let (wrong, has) = match self.change {
            TagChange::Add => (tag::missing(&after, self.tags), "does not have"),
            TagChange::Remove => (tag::shared(&after, self.tags), "still has"),
        };
        if !wrong.is_empty() {
            let words = words.map(|words| format!("; HighLevel says: {words}")).unwrap_or_default();
            entry.error = Some(format!("it was read and {has} {}{words}", wrong.join(", ")));
        }
        entry.email = contact.text(Field::Email);
        entry
    }

    /// A contact that shows these tags. Which of them it had before is said only where it is known.
    fn entry(&self, id: &ContactId, shown: Shown) -> Tagged {
        // The tags of the call that are now as they were wanted.
        let right = match (self.change, &shown.after) {
            (TagChange::Add, after) => tag::shared(after.as_deref().unwrap_or_default(), self.tags),
            (TagChange::Remove, Some(after)) => tag::missing(after, self.tags),
            (TagChange::Remove, None) => shown.changed.clone().unwrap_or_default(),
        };
        let changed = shown.changed.map(|changed| tag::shared(&right, &changed));
        Tagged {
            unchanged: changed.as_ref().map(|changed| tag::missing(changed, &right)).unwrap_or_default(),
            origin_unknown: changed.is_none() && !right.is_empty(),
            changed: changed.unwrap_or_default(),
            tags: shown.after,
            ..Tagged::of(id.clone())
        }
    }
}

fn failed(id: &ContactId, error: String) -> Tagged {
    Tagged { error: Some(error), ..Tagged::of(id.clone()) }
}
