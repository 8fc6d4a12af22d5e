//! The log of requests of a quota group, in Redis.

use std::time::Duration;

use crate::ghl::policy::rate_limit::{ANSWERED_WITHIN, DEFAULT_LENGTH, DEFAULT_MAX, MARGIN};
use crate::ghl::policy::store::names::QuotaNames;
use crate::ghl::policy::store::redis::redis::{Redis, millis};
use crate::ghl::policy::store::replies::{Fault, Reserved, Told};

/// What HighLevel has said of the limits is kept for this long.
const LIMITS_LIFE: Duration = Duration::from_hours(24);

impl Redis {
    /// Takes a place; `in_any_case` where the request leaves whatever the log says.
    pub(crate) async fn reserve(
        &self,
        names: &QuotaNames,
        place: &str,
        in_any_case: bool,
    ) -> Result<Reserved, Fault> {
        let mut call = self.scripts.reserve.prepare_invoke();
        call.key(&names.log).key(&names.limits).arg(place).arg(u8::from(in_any_case));
        call.arg(DEFAULT_MAX).arg(millis(DEFAULT_LENGTH)).arg(millis(MARGIN)).arg(millis(ANSWERED_WITHIN));
        call.arg(millis(LIMITS_LIFE));
        let (taken, first, second): (u8, u64, u64) = self.connection.run(&call).await?;
        Ok(if taken == 1 {
            let max = u32::try_from(first).unwrap_or(u32::MAX);
            Reserved::Now { max, length: Duration::from_millis(second) }
        } else {
            Reserved::After(Duration::from_millis(first))
        })
    }

    /// Tells what an answer says.
    pub(crate) async fn tell(&self, names: &QuotaNames, place: &str, told: &Told) -> Result<(), Fault> {
        let text = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let mut call = self.scripts.settle.prepare_invoke();
        call.key(&names.log).key(&names.limits).arg(place).arg(millis(told.late));
        call.arg(text(told.max.map(u64::from))).arg(text(told.length.map(millis)));
        call.arg(text(told.remaining.map(u64::from))).arg(millis(told.freeze.unwrap_or_default()));
        call.arg(millis(MARGIN)).arg(millis(LIMITS_LIFE));
        self.connection.run::<()>(&call).await
    }

    /// The request does not leave.
    pub(crate) async fn give_back(&self, names: &QuotaNames, place: &str) -> Result<(), Fault> {
        let mut call = self.scripts.give_back.prepare_invoke();
        call.key(&names.log).arg(place);
        self.connection.run::<()>(&call).await
    }
}
