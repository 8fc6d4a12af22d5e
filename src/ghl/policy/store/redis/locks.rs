//! The locks and intents of upserts, in Redis.

use std::time::Duration;

use redis::ScriptInvocation;

use crate::ghl::policy::store::names::LockNames;
use crate::ghl::policy::store::redis::redis::{Redis, millis};
use crate::ghl::policy::store::replies::{Declared, Fault, Locked};

/// What a location knows of the epoch is kept for this long after its last lock: longer than any lock or intent.
const LOCATION_LIFE: Duration = Duration::from_hours(24);

impl Redis {
    /// Takes all locks for `lease`, or none. `adopt` is the run of the server that the epoch was looked at on: on another one, or
    /// with none, a location that does not know the epoch keeps its own.
    pub(crate) async fn lock(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
        adopt: Option<&str>,
    ) -> Result<Locked, Fault> {
        let mut call = self.scripts.lock.prepare_invoke();
        keys(&mut call, names, false);
        call.arg(holder).arg(millis(lease)).arg(epoch).arg(adopt.unwrap_or("none"));
        call.arg(millis(LOCATION_LIFE));
        let (word, stands, wait): (String, String, u64) = self.connection.run(&call).await?;
        match word.as_str() {
            "held" => Ok(Locked::Held),
            "taken" => Ok(Locked::Taken(Duration::from_millis(wait))),
            "epoch" => {
                let epoch = stands.split_once('|').map(|(epoch, _)| epoch.to_owned());
                Ok(Locked::OtherEpoch(epoch))
            }
            _ => Err(Fault::Odd),
        }
    }

    /// A longer lease. False where a lock is not held any more.
    pub(crate) async fn renew(
        &self,
        names: &LockNames,
        holder: &str,
        lease: Duration,
        epoch: &str,
    ) -> Result<bool, Fault> {
        let mut call = self.scripts.renew.prepare_invoke();
        keys(&mut call, names, false);
        call.arg(holder).arg(millis(lease)).arg(epoch);
        self.connection.run(&call).await
    }

    /// Writes the intent to create, which stands for `life`.
    pub(crate) async fn declare(
        &self,
        names: &LockNames,
        holder: &str,
        life: Duration,
        epoch: &str,
    ) -> Result<Declared, Fault> {
        let mut call = self.scripts.declare.prepare_invoke();
        keys(&mut call, names, true);
        call.arg(holder).arg(millis(life)).arg(epoch);
        let (word, wait): (String, u64) = self.connection.run(&call).await?;
        match word.as_str() {
            "written" => Ok(Declared::Written),
            "lost" => Ok(Declared::Lost),
            "other" => Ok(Declared::UnderWay(Duration::from_millis(wait))),
            _ => Err(Fault::Odd),
        }
    }

    /// Ends the lease. Intents stay where it is not known what became of the create.
    pub(crate) async fn release(
        &self,
        names: &LockNames,
        holder: &str,
        is_settled: bool,
    ) -> Result<(), Fault> {
        let mut call = self.scripts.release.prepare_invoke();
        keys(&mut call, names, true);
        call.arg(holder).arg(u8::from(is_settled));
        self.connection.run::<()>(&call).await
    }
}

fn keys(call: &mut ScriptInvocation<'_>, names: &LockNames, with_intents: bool) {
    call.key(&names.epoch).key(&names.locks);
    if with_intents {
        call.key(&names.intents);
    }
}
