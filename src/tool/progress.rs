//! Progress notifications for a client that asked for them.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::{Peer, RoleServer};

/// One step of a call's progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How many are done; grows with every report.
    pub done: u64,
    /// Out of how many, if that is known.
    pub total: Option<u64>,
    /// A line for a person.
    pub message: String,
}

/// Where a call reports its progress.
#[derive(Clone)]
pub struct Progress {
    send: Arc<dyn Fn(Step) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Progress {
    /// Progress that goes to the MCP client under the token it sent.
    #[must_use]
    pub fn to_peer(peer: Peer<RoleServer>, token: ProgressToken) -> Self {
        Self::to(move |step| {
            let (peer, token) = (peer.clone(), token.clone());
            async move {
                #[expect(clippy::cast_precision_loss, reason = "MCP counts progress in JSON numbers")]
                let mut param =
                    ProgressNotificationParam::new(token, step.done as f64).with_message(step.message);
                #[expect(clippy::cast_precision_loss, reason = "MCP counts progress in JSON numbers")]
                if let Some(total) = step.total {
                    param = param.with_total(total as f64);
                }
                // A client that disconnected does not stop the work here: the cancel token does that.
                let _ = peer.notify_progress(param).await;
            }
        })
    }

    /// Progress that goes to `send`.
    pub fn to<F, Fut>(send: F) -> Self
    where
        F: Fn(Step) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self { send: Arc::new(move |step| Box::pin(send(step))) }
    }

    /// Reports that `done` of `total` are done.
    pub async fn report(&self, done: u64, total: Option<u64>, message: impl Into<String> + Send) {
        (self.send)(Step { done, total, message: message.into() }).await;
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
