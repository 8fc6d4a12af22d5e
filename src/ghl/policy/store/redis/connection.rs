//! The connection to a Redis server: one for all commands of the process, made anew when it breaks.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ErrorKind, FromRedisValue, RedisError, ScriptInvocation, ServerErrorKind, Value};

use crate::ghl::policy::store::redis::address::RedisAddress;
use crate::ghl::policy::store::replies::Fault;

/// A command is not waited for longer.
const ANSWERED_WITHIN: Duration = Duration::from_millis(800);
/// Nor is a connection.
const CONNECTED_WITHIN: Duration = Duration::from_millis(800);

pub(crate) struct Connection {
    client: Client,
    manager: Mutex<Option<ConnectionManager>>,
}

impl fmt::Debug for Connection {
    /// The client holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    /// Connects at the first command.
    pub(crate) fn new(address: &RedisAddress) -> Result<Self, Fault> {
        let client = Client::open(address.info()).map_err(|error| fault(&error))?;
        Ok(Self { client, manager: Mutex::default() })
    }

    /// Carries out a script; one that the server does not know is sent to it first.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Fault> {
        let answer = self.answer(script).await?;
        T::from_redis_value(answer).map_err(|error| fault(&error.into()))
    }

    /// What the server answers. Apart from `run`, so that it is compiled once and not for each type.
    async fn answer(&self, script: &ScriptInvocation<'_>) -> Result<Value, Fault> {
        let mut manager = self.manager()?;
        let result = Box::pin(script.invoke_async(&mut manager)).await;
        result.map_err(|error| {
            let fault = fault(&error);
            if fault == Fault::ReadOnly {
                // The name may lead to another server by now.
                *self.manager.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            fault
        })
    }

    fn manager(&self) -> Result<ConnectionManager, Fault> {
        let mut manager = self.manager.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(manager) = &*manager {
            return Ok(manager.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(0)
            .set_connection_timeout(Some(CONNECTED_WITHIN))
            .set_response_timeout(Some(ANSWERED_WITHIN));
        let made = ConnectionManager::new_lazy_with_config(self.client.clone(), config);
        let made = made.map_err(|error| fault(&error))?;
        *manager = Some(made.clone());
        Ok(made)
    }
}

/// What an error of Redis means here. Its own words are not repeated: they may quote a value.
fn fault(error: &RedisError) -> Fault {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::BusyLoading) => Fault::Loading,
        ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown) => Fault::ReadOnly,
        ErrorKind::Server(ServerErrorKind::NoPerm) => Fault::NotPermitted,
        ErrorKind::Server(
            ServerErrorKind::Moved
            | ServerErrorKind::Ask
            | ServerErrorKind::CrossSlot
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::TryAgain,
        ) => Fault::Cluster,
        ErrorKind::AuthenticationFailed => Fault::Refused,
        ErrorKind::Io if error.is_timeout() => Fault::TimedOut,
        // What is below is the TLS library's own error, which says so in words only.
        ErrorKind::Io if error.to_string().contains("certificate") => Fault::Certificate,
        ErrorKind::Io => Fault::Unreachable,
        _ => by_code(error),
    }
}

/// Errors that the library has no kind for; an error inside a script carries the code of its cause.
fn by_code(error: &RedisError) -> Fault {
    let text = error.to_string();
    let is = |code: &str| error.code() == Some(code) || text.contains(code);
    match () {
        () if is("OOM") => Fault::Full,
        () if is("READONLY") => Fault::ReadOnly,
        () if is("LOADING") => Fault::Loading,
        () if is("NOAUTH") || is("WRONGPASS") => Fault::Refused,
        () if is("NOPERM") || text.contains("can't run this command") || text.contains("No permission") => {
            Fault::NotPermitted
        }
        () if error.is_connection_dropped() => Fault::Unreachable,
        () => Fault::Odd,
    }
}
