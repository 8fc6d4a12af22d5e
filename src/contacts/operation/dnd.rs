//! Blocks channels of a contact: do not disturb. It never opens one.

use crate::contacts::error::Error;
use crate::contacts::operation::get::Target;
use crate::contacts::service::Contacts;
use crate::contacts::value::channel;
use crate::contacts::write::audit;
use crate::contacts::write::receipt::Outcome;
use crate::ghl::model::{Block, Channel, Contact, Dnd, DndWrite};
use crate::ghl::{Scope, Written, api};

/// What became of the channels.
#[derive(Debug, Clone)]
pub struct Blocked {
    /// Whether anything was changed.
    pub outcome: Outcome,
    /// The contact as it was seen last.
    pub contact: Contact,
    /// What was blocked by this call.
    pub set: Vec<&'static str>,
    /// What was blocked before.
    pub already_set: Vec<&'static str>,
    /// The channels that the API cannot change, in the words of HighLevel.
    pub permanent: Vec<String>,
    /// What was sent and is not blocked all the same.
    pub not_stored: Vec<&'static str>,
    /// What else the caller should know.
    pub warnings: Vec<String>,
}

/// The word for every channel together.
const ALL: &str = "all";
const LOST: &str = "the answer to the update was lost; the contact was read instead";
const NOT_READ: &str =
    "the contact could not be read back: that the channels are blocked is what HighLevel's answer says";

impl Contacts {
    /// Blocks channels of a contact, given by people's words for them. Writes only what differs, reads the contact back, and
    /// blocks again what the write itself opened.
    ///
    /// # Errors
    /// An unusable channel or key, `NotFound`, or HighLevel's failure.
    pub async fn block(&self, scope: &Scope, target: &Target, words: &[String]) -> Result<Blocked, Error> {
        let wanted = channel::blocked(words)?;
        let mut contact = self.get(scope, target).await?;
        if target.id.is_none() && contact.get("dndSettings").is_none() {
            // A lookup may leave out what the contact has.
            contact = api::get(scope, &contact.id).await?;
        }
        let before = Dnd::of(&contact);
        let write = open_of(&before, &wanted);
        if write.is_empty() {
            return Ok(report(contact, &before, &wanted, &write, Vec::new()));
        }
        self.ensure_unique(scope, target, &contact.id).await?;
        let result = put(scope, &contact, &before, &wanted, &write).await;
        audit::other(scope, &self.options.audit_key, &contact, &result, |_| "blocked");
        result
    }
}

/// What of `wanted` is open.
fn open_of(dnd: &Dnd, wanted: &DndWrite) -> DndWrite {
    let channels = wanted.channels.iter().copied();
    DndWrite {
        all: wanted.all && !dnd.all,
        channels: channels.filter(|channel| dnd.channel(*channel) == Block::Open).collect(),
    }
}

/// What has to be blocked after the write: what is wanted, and all that was blocked before and may be written.
fn due(before: &Dnd, wanted: &DndWrite) -> DndWrite {
    let is_due = |channel: &Channel| {
        wanted.channels.contains(channel) && before.channel(*channel) != Block::Permanent
            || before.channel(*channel) == Block::Active
    };
    DndWrite {
        all: wanted.all || before.all,
        channels: Channel::ALL.into_iter().filter(|channel| is_due(channel)).collect(),
    }
}

async fn put(
    scope: &Scope,
    contact: &Contact,
    before: &Dnd,
    wanted: &DndWrite,
    write: &DndWrite,
) -> Result<Blocked, Error> {
    let (id, due) = (&contact.id, due(before, wanted));
    let mut warnings = Vec::new();
    let answer = api::block(scope, id, write).await;
    if let Err(error) = &answer
        && error.written() == Written::No
    {
        return Err(Error::from(error.clone()).about(id));
    }
    let read = api::get(scope, id).await;
    let mut now = match (answer, read) {
        (Ok(_), Ok(read)) => read,
        (Ok(answered), Err(_)) => {
            warnings.push(NOT_READ.to_owned());
            answered
        }
        (Err(_), Ok(read)) if open_of(&Dnd::of(&read), wanted).is_empty() => {
            warnings.push(LOST.to_owned());
            read
        }
        (Err(error), _) => return Err(Error::from(error).about(id)),
    };
    let opened = open_of(&Dnd::of(&now), &kept(before, &due));
    if !opened.is_empty() {
        // The write replaced the settings in place of adding to them: a person who opted out would be written to.
        let words = words_of(&opened).join(", ");
        let again = api::block(scope, id, &due).await;
        now = api::get(scope, id).await.or(again).unwrap_or(now);
        let is_blocked = open_of(&Dnd::of(&now), &opened).is_empty();
        warnings.push(if is_blocked {
            format!("HighLevel opened {words} by this write; a second write blocked it again")
        } else {
            format!("HighLevel opened {words} by this write and did not block it again: a person has to")
        });
    }
    Ok(report(now, before, wanted, write, warnings))
}

/// What of `due` was blocked before.
fn kept(before: &Dnd, due: &DndWrite) -> DndWrite {
    let channels = due.channels.iter().copied();
    DndWrite {
        all: due.all && before.all,
        channels: channels.filter(|channel| before.channel(*channel) != Block::Open).collect(),
    }
}

fn report(
    contact: Contact,
    before: &Dnd,
    wanted: &DndWrite,
    write: &DndWrite,
    warnings: Vec<String>,
) -> Blocked {
    let now = Dnd::of(&contact);
    let not_stored = words_of(&open_of(&now, write));
    let set: Vec<_> = words_of(write).into_iter().filter(|word| !not_stored.contains(word)).collect();
    let all_sent = words_of(write);
    let already_set = words_of(wanted).into_iter().filter(|word| !all_sent.contains(word)).collect();
    let permanent = before.channels.iter().filter(|(_, block)| *block == Block::Permanent);
    Blocked {
        outcome: if set.is_empty() { Outcome::Unchanged } else { Outcome::Updated },
        permanent: permanent.map(|(name, _)| name.clone()).collect(),
        contact,
        set,
        already_set,
        not_stored,
        warnings,
    }
}

fn words_of(write: &DndWrite) -> Vec<&'static str> {
    let all = write.all.then_some(ALL);
    all.into_iter().chain(write.channels.iter().map(|channel| channel.word())).collect()
}
