//! What the store answers, and why it may not.

use std::time::Duration;

use secrecy::SecretSlice;

/// Why the store does not serve, in words that go on from "the store".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No connection.
    #[error("cannot be reached")]
    Unreachable,
    /// Its certificate.
    #[error("has a certificate that this machine does not trust: SSL_CERT_FILE names a file of trusted ones")]
    Certificate,
    /// No answer in time.
    #[error("does not answer in time")]
    TimedOut,
    /// It was asked a moment ago and did not serve.
    #[error("did not serve a moment ago")]
    Away,
    /// It reads its data after a start.
    #[error("is loading its data")]
    Loading,
    /// It is a copy, as after a failover.
    #[error("takes no writes: it is a copy, and another one is the primary")]
    ReadOnly,
    /// The password or the user.
    #[error("refuses the user or the password")]
    Refused,
    /// A command or a key.
    #[error("does not let this user run a command or use a key: docs/operations/replicas.md lists both")]
    NotPermitted,
    /// A cluster.
    #[error("is a cluster, which this program does not use: give the address of one primary")]
    Cluster,
    /// It would throw locks away.
    #[error(
        "has the maxmemory-policy {0}, by which it may throw locks away: set maxmemory-policy to noeviction"
    )]
    Evicts(String),
    /// It is full.
    #[error("has no memory left (maxmemory)")]
    Full,
    /// What other processes hold may be newer.
    #[error("is new or has lost its state, and other processes may still put newer tokens back")]
    Incomplete,
    /// Something that this program does not understand.
    #[error("answered what this program does not understand")]
    Odd,
}

/// Who the store is, as one look at it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    /// Another one after the store has lost its state, or may have.
    pub(crate) epoch: String,
    /// How long it has had this one.
    pub(crate) age: Duration,
    /// The processes that were seen lately, with this one.
    pub(crate) replicas: usize,
    /// Which run of the server answered: another one after each start.
    pub(crate) run: String,
}

/// The answer to a request for a place in the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserved {
    /// It is taken. The limits are those of the group.
    Now { max: u32, length: Duration },
    /// None is free for this long.
    After(Duration),
}

/// The place of one request in the log.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: String,
    /// When it was asked for.
    pub(crate) asked: Duration,
}

/// Whether a request may be sent.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Now: the place is taken. The limits are those of the group.
    Now(Place, u32, Duration),
    /// Not for this long.
    After(Duration),
    /// The log cannot be asked, or is not whole: each of so many processes uses its part.
    Part(usize),
}

/// What is told of a request after its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How much later than its place was taken the request left.
    pub(crate) late: Duration,
    /// How many requests the window allows.
    pub(crate) max: Option<u32>,
    /// The length of the window.
    pub(crate) length: Option<Duration>,
    /// How many are left.
    pub(crate) remaining: Option<u32>,
    /// A 429: no process sends for this long.
    pub(crate) freeze: Option<Duration>,
}

/// The answer to a request for all locks of an upsert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Locked {
    /// They are held.
    Held,
    /// One is held by another, for at most this long.
    Taken(Duration),
    /// The store is not the one that was known for this location: this epoch stands there, if any.
    OtherEpoch(Option<String>),
}

/// The answer to the intent to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Declared {
    /// It is written: the create may be sent while the lease lasts.
    Written,
    /// The locks are not held any more.
    Lost,
    /// Another caller has declared the same and may still be at it, for at most this long.
    UnderWay(Duration),
}

/// What the locks are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A lookup, which may lead to an update: without the store it goes on.
    IfItServes,
    /// A create: it waits for the store.
    Always,
}

/// One entry of tokens.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) version: u64,
    pub(crate) text: SecretSlice<u8>,
}

/// An entry of tokens as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) version: u64,
    pub(crate) bytes: Vec<u8>,
}

/// How the store is, for people and machines that look after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Why it does not serve; none if it does.
    pub fault: Option<Fault>,
    /// The processes that were seen last, with this one; none before the first answer.
    pub replicas: Option<usize>,
    /// How long no contact is created yet, after the store has lost its state.
    pub creates_rest: Duration,
}
