//! How many requests one person has under way. A connection says little about that: a proxy's are of many people.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The person of each request that is under way: no more of them than connections. A clone is another handle to the same list.
#[derive(Clone, Default)]
pub(crate) struct Shares(Arc<Mutex<Vec<[u8; 32]>>>);

/// One request. Its drop makes space for another.
pub(crate) struct Share {
    shares: Shares,
    person: [u8; 32],
}

impl Shares {
    /// Counts a request of `person`; none if there are `most` of them.
    pub(crate) fn take(&self, person: [u8; 32], most: usize) -> Option<Share> {
        let mut shares = self.lock();
        if shares.iter().filter(|one| **one == person).count() >= most {
            return None;
        }
        shares.push(person);
        Some(Share { shares: self.clone(), person })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<[u8; 32]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.shares.lock();
        if let Some(at) = shares.iter().position(|one| *one == self.person) {
            shares.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_share_and_leaves_nothing_behind() {
        let shares = Shares::default();
        let (one, other) = (shares.take([1; 32], 2), shares.take([1; 32], 2));
        assert!(one.is_some() && other.is_some() && shares.take([1; 32], 2).is_none());
        assert!(shares.take([2; 32], 2).is_some());
        drop(one);
        assert!(shares.take([1; 32], 2).is_some());
        drop(other);
        assert!(shares.lock().is_empty());
    }
}
