//! What an OAuth credential holds in memory: tokens with their ends, and which requests must wait.

use std::collections::HashMap;
use std::time::Duration;

use secrecy::SecretString;

use crate::ghl::auth::bearer::{Bearer, bearer_header};
use crate::ghl::auth::grant::{Grant, UserType};
use crate::ghl::auth::token_content::Seen;
use crate::ghl::model::{Error, LocationId};

/// A token is renewed this long before its end.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// A token that came less than this ago is not renewed for a 401: another new one would be refused too.
const JUST_NOW: Duration = Duration::from_secs(30);
/// The same for a token that lives shorter than that by HighLevel's own word: its end is a reason for a 401.
const JUST_NOW_AT_LEAST: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(crate) struct State {
    /// What the store holds, or would.
    pub(crate) held: Option<Held>,
    /// Tokens of sub-accounts made from an agency's. Not on disk: they can be made again.
    minted: HashMap<LocationId, Minted>,
    /// The content of the store that memory knows of.
    pub(crate) seen: Option<Seen>,
    /// The token endpoint is asked again at its end.
    pub(crate) paused: Pause,
    /// The store is waited for again at its end, where nothing was read yet.
    pub(crate) first_read_paused: Pause,
    /// The exchange of an agency's token is asked again at its end.
    pub(crate) exchange_paused: Pause,
    /// The tokens in memory are not on disk, and a task tries to put them there.
    pub(crate) unsaved: bool,
    /// A task looks after them in the shared store.
    pub(crate) watched: bool,
    tokens: u64,
}

/// The failure of a request that is not sent again for a while.
#[derive(Debug, Default)]
pub(crate) struct Pause(Option<(Duration, Error)>);

impl Pause {
    pub(crate) fn until(&mut self, end: Duration, failed: Error) {
        self.0 = Some((end, failed));
    }

    pub(crate) fn end(&mut self) {
        self.0 = None;
    }

    /// The failure, and how long the pause still lasts.
    pub(crate) fn at(&self, now: Duration) -> Option<Error> {
        let (end, failed) = self.0.as_ref().filter(|(end, _)| now < *end)?;
        Some(failed.clone().with_retry_after(Some(end.saturating_sub(now))))
    }
}

/// The grant of the store.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) grant: Grant,
    pub(crate) token: TokenLife,
}

/// A sub-account's token made from an agency's.
#[derive(Debug)]
struct Minted {
    access: SecretString,
    token: TokenLife,
}

/// The life of one access token, by the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TokenLife {
    pub(crate) generation: u64,
    pub(crate) ends: Duration,
    margin: Duration,
    /// Until when a 401 does not lead to a renewal; nothing where it was read from the store.
    new_until: Option<Duration>,
}

impl TokenLife {
    fn is_good(&self, now: Duration) -> bool {
        now + self.margin < self.ends
    }

    pub(crate) fn is_alive(&self, now: Duration) -> bool {
        now < self.ends
    }

    /// Whether it is the one that was refused, or ages.
    pub(crate) fn needs_refresh(&self, now: Duration, refused: Option<u64>) -> bool {
        !self.is_good(now) || refused == Some(self.generation)
    }

    /// Whether it was refused so soon that another would be too.
    pub(crate) fn is_too_new_to_refresh(&self, now: Duration, refused: Option<u64>) -> bool {
        let new = self.new_until.is_some_and(|end| now < end);
        new && self.is_alive(now) && refused == Some(self.generation)
    }
}

impl State {
    /// Takes a grant over. `left` is what its access token has to live from `now` on.
    pub(crate) fn hold(&mut self, grant: Grant, now: Duration, left: Duration, fresh: bool) {
        let token = self.life(&grant, now, left, fresh);
        self.held = Some(Held { grant, token });
        self.paused.end();
        self.exchange_paused.end();
    }

    pub(crate) fn mint(&mut self, location: LocationId, grant: Grant, now: Duration) {
        let token = self.life(&grant, now, grant.lifetime, true);
        self.minted.insert(location, Minted { access: grant.access, token });
    }

    fn life(&mut self, grant: &Grant, now: Duration, left: Duration, fresh: bool) -> TokenLife {
        self.tokens += 1;
        let margin = MARGIN.min(grant.lifetime / 2);
        let new_until = fresh.then_some(now + JUST_NOW.min(grant.stated).max(JUST_NOW_AT_LEAST));
        TokenLife { generation: self.tokens, ends: now + left, margin, new_until }
    }

    /// All tokens.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let held = self
            .held
            .iter()
            .flat_map(|held| std::iter::once(held.grant.access.clone()).chain(held.grant.refresh.clone()));
        held.chain(self.minted.values().map(|minted| minted.access.clone())).collect()
    }

    pub(crate) fn is_agency(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.grant.user_type == UserType::Company)
    }

    pub(crate) fn minted_for(&self, location: &LocationId) -> Option<&TokenLife> {
        self.minted.get(location).map(|minted| &minted.token)
    }

    /// The token that requests about `location` carry, while it is not to be renewed.
    pub(crate) fn good(&self, location: Option<&LocationId>, now: Duration) -> Option<Bearer> {
        self.bearer(location, |life| life.is_good(now))
    }

    /// The token that requests about `location` carry, up to its end.
    pub(crate) fn alive(&self, location: Option<&LocationId>, now: Duration) -> Option<Bearer> {
        self.bearer(location, |life| life.is_alive(now))
    }

    fn bearer(&self, location: Option<&LocationId>, fits: impl Fn(&TokenLife) -> bool) -> Option<Bearer> {
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

    use crate::ghl::auth::grant::Grant;
    use crate::ghl::auth::oauth::state::State;

    #[test]
    fn a_token_is_good_until_five_minutes_before_its_end_and_a_short_one_for_half_its_life() {
        for (lifetime, good) in [(86_399, 86_099), (601, 301), (600, 300), (120, 60), (60, 60), (0, 60)] {
            let answer = format!(r#"{{"access_token":"a","expires_in":{lifetime}}}"#);
            let grant = Grant::parse(answer.as_bytes()).unwrap();
            let life = State::default().life(&grant, Duration::ZERO, grant.lifetime, true);
            assert!(life.is_good(Duration::from_secs(good - 1)), "{lifetime}");
            assert!(!life.is_good(Duration::from_secs(good)), "{lifetime}");
        }
    }
}
