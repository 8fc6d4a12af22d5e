//! One session as a transport of the SDK.

use std::convert::Infallible;

use rmcp::RoleServer;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::mpsc;

/// A session as the SDK sees it.
pub(crate) struct Pipe {
    pub(crate) incoming: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
    pub(crate) outbox: Option<mpsc::Sender<TxJsonRpcMessage<RoleServer>>>,
}

/// The client has gone.
#[derive(Debug, thiserror::Error)]
#[error("the client has gone")]
pub(crate) struct Gone;

impl From<Infallible> for Gone {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Transport<RoleServer> for Pipe {
    type Error = Gone;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Gone>> + Send + 'static {
        let outbox = self.outbox.clone();
        async move { outbox.ok_or(Gone)?.send(message).await.map_err(|_| Gone) }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.incoming.recv().await
    }

    async fn close(&mut self) -> Result<(), Gone> {
        self.outbox = None;
        self.incoming.close();
        Ok(())
    }
}
