//! Identical reads at the same moment are one request, and its answer serves for two seconds more, unless something is
//! written in between.
//!
//! Only reads that are shown to somebody go through here. What decides or verifies a write asks HighLevel itself: an
//! answer that was on its way before the write began would be worse than none.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::ghl::client::{Client, Scope};
use crate::ghl::contacts;
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::id::ContactId;
use crate::ghl::model::Contact;

/// How long an answer serves.
const FRESH: Duration = Duration::from_secs(2);

type Answer = Option<Result<Contact, Error>>;

/// Reads that are on their way or were answered just now, by contact.
#[derive(Debug, Default)]
pub(in crate::ghl) struct Recent {
    reads: Mutex<HashMap<ContactId, Read>>,
}

#[derive(Debug, Clone)]
struct Read {
    began: Duration,
    answer: watch::Receiver<Answer>,
    /// Fires when nobody waits for the answer any more.
    alone: CancellationToken,
    waiting: Arc<AtomicUsize>,
}

/// One who waits for a read; the last to go takes an unanswered read along.
struct Waiter<'a> {
    recent: &'a Recent,
    id: &'a ContactId,
    read: Read,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut reads = self.recent.reads();
        let last = self.read.waiting.fetch_sub(1, Ordering::AcqRel) == 1;
        if !last || self.read.answer.borrow().is_some() {
            return;
        }
        self.read.alone.cancel();
        if reads.get(self.id).is_some_and(|read| Arc::ptr_eq(&read.waiting, &self.read.waiting)) {
            reads.remove(self.id);
        }
    }
}

impl Recent {
    /// Something is written: no answer from before serves any more.
    pub(in crate::ghl) fn forget(&self) {
        self.reads().clear();
    }

    fn reads(&self) -> MutexGuard<'_, HashMap<ContactId, Read>> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The read to wait for, and the sender that its answer is owed to where it has yet to begin.
    fn join<'a>(&'a self, id: &'a ContactId, now: Duration) -> (Waiter<'a>, Option<watch::Sender<Answer>>) {
        let mut reads = self.reads();
        reads.retain(|_, read| now.saturating_sub(read.began) < FRESH);
        let mut owed = None;
        let read = reads.entry(id.clone()).or_insert_with(|| {
            let (sender, answer) = watch::channel(None);
            owed = Some(sender);
            Read { began: now, answer, alone: CancellationToken::new(), waiting: Arc::default() }
        });
        read.waiting.fetch_add(1, Ordering::AcqRel);
        (Waiter { recent: self, id, read: read.clone() }, owed)
    }
}

/// One contact, as it was at most two seconds ago. A failure serves only those who waited for the same request.
pub(in crate::ghl) async fn get(scope: &Scope, id: &ContactId) -> Result<Contact, Error> {
    let client = scope.client();
    let (waiter, owed) = client.recent().join(id, client.clock().now());
    if let Some(owed) = owed {
        // In a task of its own: the first caller's going away must not take the answer from the others.
        tokio::spawn(read(client.clone(), id.clone(), waiter.read.alone.clone(), owed));
    }
    let mut answer = waiter.read.answer.clone();
    let seen = tokio::select! {
        seen = answer.wait_for(Option::is_some) => seen.ok().and_then(|seen| (*seen).clone()),
        () = scope.expired() => return Err(scope.out_of_time()),
    };
    seen.unwrap_or_else(|| Err(Error::new(Kind::Lost, Happened::No)))
}

async fn read(client: Client, id: ContactId, alone: CancellationToken, owed: watch::Sender<Answer>) {
    let answer = contacts::get(&client.scope(alone), &id).await;
    if answer.is_err() {
        client.recent().reads().remove(&id);
    }
    owed.send_replace(Some(answer));
}
