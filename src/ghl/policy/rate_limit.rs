//! Never more requests than HighLevel allows, so that no 429 comes that could have been avoided.

mod estimate;
mod fair_queue;
mod limiter;
mod window;

pub(crate) use crate::ghl::policy::rate_limit::limiter::RateLimiter;
pub(crate) use crate::ghl::policy::rate_limit::window::{
    ANSWERED_WITHIN, DEFAULT_LENGTH, DEFAULT_MAX, MARGIN,
};
