//! Numbers that look random. The same seed gives the same numbers.

use crate::sandbox::record::mix;

/// A generator of numbers.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The generator of this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = mix(self.0);
        self.0
    }

    /// A number from zero to `end`, without `end`; zero where `end` is zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        (self.number() >> 16).checked_rem(end).and_then(|rest| usize::try_from(rest).ok()).unwrap_or_default()
    }

    /// One of these; `None` where there is none.
    pub(crate) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// Chooses requests at random.
#[derive(Debug)]
pub(crate) struct Sample {
    percent: f64,
    random: Random,
}

impl Sample {
    /// Chooses `percent` of the requests; `None` where that is none of them.
    pub(crate) fn new(percent: f64, seed: u64) -> Option<Self> {
        (percent > 0.0).then(|| Self { percent, random: Random::new(seed) })
    }

    /// A random number where the next request is chosen.
    pub(crate) fn choose(&mut self) -> Option<u64> {
        let number = self.random.number();
        let share = u32::try_from(number % 10_000).unwrap_or_default();
        (f64::from(share) < self.percent * 100.0).then_some(number)
    }
}
