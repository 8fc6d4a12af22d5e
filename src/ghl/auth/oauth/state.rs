//! What an OAuth credential holds in memory: tokens with their ends, and what it must not try for now.

use std::collections::HashMap;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::auth::store::Fingerprint;
use crate::ghl::auth::{Bearer, Failed, bearer_header};
use crate::ghl::id::LocationId;

/// A token is renewed this long before its end.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// A token that came less than this ago is not renewed for a 401: another new one would be refused too.
const JUST_NOW: Duration = Duration::from_secs(30);

/// How a renewal ended, for all who wait for it.
pub(in crate::ghl::auth) type Outcome = Result<(), Failed>;

#[derive(Debug, Default)]
pub(in crate::ghl::auth) struct State {
    /// What the store holds, or would.
    pub(in crate::ghl::auth) held: Option<Held>,
    /// Tokens of sub-accounts made from an agency's. Not on disk: they can be made again.
    minted: HashMap<LocationId, Minted>,
    /// The content of the store that memory knows of.
    pub(in crate::ghl::auth) seen: Option<Fingerprint>,
    /// The renewals that are on their way, one for each location. Those that refresh do so one after another, by the
    /// store's lock, and the second finds nothing left to do.
    pub(in crate::ghl::auth) flights: HashMap<Option<LocationId>, watch::Receiver<Option<Outcome>>>,
    /// The token endpoint is left alone until then.
    pub(in crate::ghl::auth) closed: Closed,
    /// The exchange of an agency's token is left alone until then.
    pub(in crate::ghl::auth) exchange_closed: Closed,
    /// The tokens in memory are not on disk, and a task tries to put them there.
    pub(in crate::ghl::auth) unsaved: bool,
    tokens: u64,
}

/// A failure that stands for a while.
#[derive(Debug, Default)]
pub(in crate::ghl::auth) struct Closed(Option<(Duration, Failed)>);

impl Closed {
    pub(in crate::ghl::auth) fn until(&mut self, end: Duration, failed: Failed) {
        self.0 = Some((end, failed));
    }

    pub(in crate::ghl::auth) fn open(&mut self) {
        self.0 = None;
    }

    /// The failure, and how long it still stands.
    pub(in crate::ghl::auth) fn at(&self, now: Duration) -> Option<Failed> {
        let (end, failed) = self.0.as_ref().filter(|(end, _)| now < *end)?;
        Some(Failed { wait: Some(end.saturating_sub(now)), ..failed.clone() })
    }
}

/// The grant of the store.
#[derive(Debug)]
pub(in crate::ghl::auth) struct Held {
    pub(in crate::ghl::auth) grant: Grant,
    pub(in crate::ghl::auth) token: Life,
}

/// A sub-account's token made from an agency's.
#[derive(Debug)]
struct Minted {
    access: SecretString,
    token: Life,
}

/// The life of one access token, by the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(in crate::ghl::auth) struct Life {
    pub(in crate::ghl::auth) generation: u64,
    pub(in crate::ghl::auth) ends: Duration,
    margin: Duration,
    /// When HighLevel gave it to this process; nothing where it was read from the store.
    since: Option<Duration>,
}

impl Life {
    fn is_good(&self, now: Duration) -> bool {
        now + self.margin < self.ends
    }

    fn is_alive(&self, now: Duration) -> bool {
        now < self.ends
    }

    /// Whether it is the one that was refused, or ages.
    pub(in crate::ghl::auth) fn is_wanting(&self, now: Duration, refused: Option<u64>) -> bool {
        !self.is_good(now) || refused == Some(self.generation)
    }

    /// Whether it was refused so soon that another would be too.
    pub(in crate::ghl::auth) fn is_hopeless(&self, now: Duration, refused: Option<u64>) -> bool {
        let new = self.since.is_some_and(|since| now.saturating_sub(since) < JUST_NOW);
        new && self.is_alive(now) && refused == Some(self.generation)
    }
}

impl State {
    /// Takes a grant over. `left` is what its access token has to live from `now` on.
    pub(in crate::ghl::auth) fn hold(&mut self, grant: Grant, now: Duration, left: Duration, fresh: bool) {
        let token = self.life(grant.lifetime, now, left, fresh);
        self.held = Some(Held { grant, token });
        self.closed.open();
        self.exchange_closed.open();
    }

    pub(in crate::ghl::auth) fn mint(&mut self, location: LocationId, grant: Grant, now: Duration) {
        let token = self.life(grant.lifetime, now, grant.lifetime, true);
        self.minted.insert(location, Minted { access: grant.access, token });
    }

    fn life(&mut self, lifetime: Duration, now: Duration, left: Duration, fresh: bool) -> Life {
        self.tokens += 1;
        let margin = MARGIN.min(lifetime / 2);
        Life { generation: self.tokens, ends: now + left, margin, since: fresh.then_some(now) }
    }

    pub(in crate::ghl::auth) fn is_agency(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.grant.user_type == UserType::Company)
    }

    pub(in crate::ghl::auth) fn minted_for(&self, location: &LocationId) -> Option<&Life> {
        self.minted.get(location).map(|minted| &minted.token)
    }

    /// The token that requests about `location` carry, while it is not to be renewed.
    pub(in crate::ghl::auth) fn good(&self, location: Option<&LocationId>, now: Duration) -> Option<Bearer> {
        self.bearer(location, |life| life.is_good(now))
    }

    /// The token that requests about `location` carry, up to its end.
    pub(in crate::ghl::auth) fn alive(&self, location: Option<&LocationId>, now: Duration) -> Option<Bearer> {
        self.bearer(location, |life| life.is_alive(now))
    }

    fn bearer(&self, location: Option<&LocationId>, fits: impl Fn(&Life) -> bool) -> Option<Bearer> {
        let held = self.held.as_ref()?;
        let (access, life) = match held.grant.user_type {
            UserType::Location => (&held.grant.access, &held.token),
            UserType::Company => {
                let minted = self.minted.get(location?)?;
                (&minted.access, &minted.token)
            }
        };
        fits(life).then_some(())?;
        Some(Bearer { header: bearer_header(access)?, generation: life.generation })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::ghl::auth::oauth::state::State;

    #[test]
    fn a_token_is_good_until_five_minutes_before_its_end_and_a_short_one_for_half_its_life() {
        for (lifetime, good) in [(86_399, 86_099), (601, 301), (600, 300), (60, 30)] {
            let lifetime = Duration::from_secs(lifetime);
            let life = State::default().life(lifetime, Duration::ZERO, lifetime, true);
            assert!(life.is_good(Duration::from_secs(good - 1)), "{lifetime:?}");
            assert!(!life.is_good(Duration::from_secs(good)), "{lifetime:?}");
        }
    }
}
