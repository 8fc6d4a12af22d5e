//! Which MCP server serves a person who has signed in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::serve::auth::{Identity, Principal};
use crate::serve::http::challenge::{Challenges, Refused};
use crate::serve::http::shares::{Share, Shares};
use crate::sign_in::{Person, Powers, Refusal, Rule, SignIn};

/// Gives the hash of a subject, for the log.
type SubjectHash = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The people who may sign in, and the MCP server of each.
#[derive(Clone)]
pub struct People<S> {
    sign_in: SignIn,
    hash: SubjectHash,
    writes: bool,
    everyone: Option<S>,
    by_rule: Vec<(String, Rule, S)>,
}

impl<S> People<S> {
    /// No one yet. `hash` gives the text that stands for a subject in the log.
    #[must_use]
    pub fn new(sign_in: SignIn, hash: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self { sign_in, hash: Arc::new(hash), writes: true, everyone: None, by_rule: Vec::new() }
    }

    /// Whether any server has tools that write. If none has, clients are not asked to request the scope of writing.
    #[must_use]
    pub fn writes(mut self, writes: bool) -> Self {
        self.writes = writes;
        self
    }

    /// Every person whose token is valid gets `server`.
    #[must_use]
    pub fn everyone(mut self, server: S) -> Self {
        self.everyone = Some(server);
        self
    }

    /// The people of `rule` get `server`. `name` is the account's, for the log.
    #[must_use]
    pub fn account(mut self, name: &str, rule: Rule, server: S) -> Self {
        self.by_rule.push((name.to_owned(), rule, server));
        self
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &S> {
        self.everyone.iter().chain(self.by_rule.iter().map(|(_, _, server)| server))
    }

    /// The same people with other servers.
    pub(crate) fn map<T>(self, change: impl Fn(S) -> T) -> People<T> {
        let by_rule = self.by_rule.into_iter().map(|(name, rule, server)| (name, rule, change(server)));
        People {
            by_rule: by_rule.collect(),
            everyone: self.everyone.map(&change),
            sign_in: self.sign_in,
            hash: self.hash,
            writes: self.writes,
        }
    }

    /// The server of this person.
    fn server_of(&self, person: &Person) -> Result<&S, Refused> {
        if let Some(server) = &self.everyone {
            return Ok(server);
        }
        let mut matching = self.by_rule.iter().filter(|(_, rule, _)| rule.matches(person));
        match (matching.next(), matching.next()) {
            (Some((_, _, server)), None) => Ok(server),
            (None, _) => Err(Refused::NoAccount),
            (Some((one, ..)), Some((other, ..))) => {
                let subject = (self.hash)(&person.subject);
                tracing::warn!(one, other, subject, "two accounts are for one person, who is refused");
                Err(Refused::Ambiguous)
            }
        }
    }
}

impl<S> fmt::Debug for People<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").field("accounts", &self.by_rule.len()).finish_non_exhaustive()
    }
}

/// A person's request.
pub(crate) struct Present {
    pub(crate) identity: Arc<Identity>,
    /// How long the token stays valid.
    pub(crate) valid_for: Duration,
    /// Held until the response has been sent.
    pub(crate) share: Arc<Share>,
}

/// The people of a running server.
pub(crate) struct Reception<S> {
    people: People<S>,
    pub(crate) challenges: Challenges,
    shares: Shares,
    most: usize,
}

impl<S: Clone> Reception<S> {
    /// One person has at most `most` requests under way.
    pub(crate) fn new(people: People<S>, most: usize) -> Self {
        let challenges = Challenges::new(people.sign_in.settings(), people.writes);
        Self { people, challenges, shares: Shares::default(), most }
    }

    /// The metadata at this path, if there is any.
    pub(crate) fn metadata_at(&self, path: &str) -> Option<String> {
        let resource = self.people.sign_in.settings().resource.described_at(path)?;
        Some(self.challenges.metadata(&resource))
    }

    /// Who sends this token, and their server.
    pub(crate) async fn receive(&self, token: &str) -> Result<(Principal, S, Present), Refused> {
        let signed_in = self.people.sign_in.verify(token).await.map_err(|refusal| match refusal {
            Refusal::Invalid(reason) => Refused::Invalid(reason),
            Refusal::Unavailable => Refused::Unavailable,
        })?;
        let person = signed_in.person;
        if person.powers == Powers::None {
            return Err(Refused::Scope { write: false });
        }
        let server = self.people.server_of(&person)?.clone();
        let key = person.key();
        let share = self.shares.take(key, self.most).ok_or(Refused::TooMany)?;
        let identity = Identity::of(&person, (self.people.hash)(&person.subject));
        let present =
            Present { identity: Arc::new(identity), valid_for: signed_in.valid_for, share: Arc::new(share) };
        Ok((Principal::Person(key), server, present))
    }
}
