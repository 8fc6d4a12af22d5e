//! The bytes that the bodies of all requests may hold together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is left of the bytes. A clone is another handle to the same number.
#[derive(Clone)]
pub(crate) struct BodyBudget(Arc<AtomicUsize>);

/// The bytes that one body holds. Its drop gives them back, whatever became of the request.
pub(crate) struct Charge {
    budget: BodyBudget,
    bytes: usize,
}

/// The bodies of other requests hold all bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl BodyBudget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    /// A charge of no bytes yet.
    pub(crate) fn charge(&self) -> Charge {
        Charge { budget: self.clone(), bytes: 0 }
    }
}

impl Charge {
    pub(crate) fn is_zero(&self) -> bool {
        self.bytes == 0
    }

    /// Charges as much as is missing to `bytes`.
    ///
    /// # Errors
    /// There is not as much left. Then the charge stays what it was.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let Some(more @ 1..) = bytes.checked_sub(self.bytes) else { return Ok(()) };
        let take = |left: usize| left.checked_sub(more);
        self.budget.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).map_err(|_| Exhausted)?;
        self.bytes = bytes;
        Ok(())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.0.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use crate::serve::http::budget::{BodyBudget, Exhausted};

    #[test]
    fn a_charge_takes_what_is_missing_and_gives_it_back() {
        let budget = BodyBudget::new(10);
        let (mut first, mut second) = (budget.charge(), budget.charge());
        assert_eq!((first.grow_to(4), first.grow_to(6), first.grow_to(2)), (Ok(()), Ok(()), Ok(())));
        assert_eq!((second.grow_to(5), second.grow_to(4)), (Err(Exhausted), Ok(())));
        drop(first);
        assert_eq!((second.grow_to(10), second.grow_to(11)), (Ok(()), Err(Exhausted)));
        drop(second);
        assert_eq!(budget.charge().grow_to(10), Ok(()));
    }
}
