//! One session as a transport of the SDK.

use std::convert::Infallible;

use rmcp::RoleServer;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::mpsc;

use crate::serve::sse::registry::Queued;

/// Messages of the client come from a channel, and messages of the server go to another.
pub(crate) struct SessionTransport {
    incoming: mpsc::Receiver<Queued>,
    outbox: Option<mpsc::Sender<TxJsonRpcMessage<RoleServer>>>,
}

/// The client has closed its stream.
#[derive(Debug, thiserror::Error)]
#[error("the client has disconnected")]
pub(crate) struct Disconnected;

impl From<Infallible> for Disconnected {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl SessionTransport {
    pub(crate) fn new(
        incoming: mpsc::Receiver<Queued>,
        outbox: mpsc::Sender<TxJsonRpcMessage<RoleServer>>,
    ) -> Self {
        Self { incoming, outbox: Some(outbox) }
    }
}

impl Transport<RoleServer> for SessionTransport {
    type Error = Disconnected;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Disconnected>> + Send + 'static {
        let outbox = self.outbox.clone();
        async move { outbox.ok_or(Disconnected)?.send(message).await.map_err(|_| Disconnected) }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.incoming.recv().await.map(|queued| queued.message)
    }

    async fn close(&mut self) -> Result<(), Disconnected> {
        self.outbox = None;
        self.incoming.close();
        Ok(())
    }
}
