//! Tokens of apps, in Redis.

use std::time::Duration;

use crate::ghl::policy::store::redis::redis::{Redis, millis};
use crate::ghl::policy::store::replies::{Fault, Sealed};

/// Longer than a refresh token is valid without use, which is a year (highlevel-api-docs, docs/oauth/Authorization.md).
const LIFE: Duration = Duration::from_hours(24 * 400);

impl Redis {
    /// The tokens of this entry.
    pub(crate) async fn read_tokens(&self, entry: &str) -> Result<Option<Sealed>, Fault> {
        let mut call = self.scripts.read_tokens.prepare_invoke();
        call.key(entry);
        let (version, bytes): (Option<u64>, Option<Vec<u8>>) = self.connection.run(&call).await?;
        Ok(version.zip(bytes).map(|(version, bytes)| Sealed { version, bytes }))
    }

    /// Writes them unless the version of the entry is later than `follows`. Whether it did.
    pub(crate) async fn write_tokens(
        &self,
        entry: &str,
        tokens: &Sealed,
        follows: u64,
    ) -> Result<bool, Fault> {
        let mut call = self.scripts.write_tokens.prepare_invoke();
        call.key(entry).arg(tokens.version).arg(&tokens.bytes[..]).arg(follows).arg(millis(LIFE));
        self.connection.run(&call).await
    }
}
