//! The store in Redis: who it is.

use std::time::Duration;

use crate::ghl::policy::store::epoch::REPLICA_LIFE;
use crate::ghl::policy::store::names::FleetNames;
use crate::ghl::policy::store::redis::address::RedisAddress;
use crate::ghl::policy::store::redis::connection::Connection;
use crate::ghl::policy::store::redis::scripts::Scripts;
use crate::ghl::policy::store::replies::{Fault, Hello};

/// The epoch is kept for this long after it was last looked at: longer than anything else.
const EPOCH_LIFE: Duration = Duration::from_hours(24 * 30);
/// The only policy under which Redis throws nothing away.
const KEEPS_ALL: &str = "noeviction";

/// A Redis server as the store.
#[derive(Debug)]
pub(crate) struct Redis {
    pub(crate) connection: Connection,
    pub(crate) scripts: Scripts,
    names: FleetNames,
}

impl Redis {
    /// Connects at the first command.
    pub(crate) fn new(address: &RedisAddress) -> Result<Self, Fault> {
        let connection = Connection::new(address)?;
        Ok(Self { connection, scripts: Scripts::default(), names: FleetNames::default() })
    }

    /// Who the store is; `process` says that it is there. An epoch that is `not_whole` is replaced.
    pub(crate) async fn hello(
        &self,
        process: &str,
        new_epoch: &str,
        not_whole: Option<&str>,
    ) -> Result<Hello, Fault> {
        let mut call = self.scripts.hello.prepare_invoke();
        call.key(&self.names.epoch).key(&self.names.replicas);
        call.arg(process).arg(new_epoch).arg(not_whole.unwrap_or_default());
        call.arg(millis(REPLICA_LIFE)).arg(millis(EPOCH_LIFE));
        let (epoch, age, replicas, policy, run): (String, u64, usize, String, String) =
            self.connection.run(&call).await?;
        if policy != KEEPS_ALL {
            let shown = policy.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40);
            return Err(Fault::Evicts(shown.collect()));
        }
        Ok(Hello { epoch, age: Duration::from_millis(age), replicas, run })
    }
}

/// As the scripts count time.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
