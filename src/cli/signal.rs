//! The signals that end the program: the first starts an orderly stop, the second ends the program at once.

use tokio_util::sync::CancellationToken;

/// The exit code that shells give to a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Returns a token that fires at the first SIGTERM or Ctrl-C.
pub(crate) fn stop() -> CancellationToken {
    let stop = CancellationToken::new();
    let fire = stop.clone();
    tokio::spawn(async move {
        // One listener for both signals, so that none is missed between two listeners.
        let Some(mut signals) = Signals::new() else { return };
        signals.next().await;
        tracing::info!("stopping: waiting for running calls; send the signal again to exit now");
        fire.cancel();
        signals.next().await;
        std::process::exit(INTERRUPTED);
    });
    stop
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self {
            terminate: signal(SignalKind::terminate()).ok()?,
            interrupt: signal(SignalKind::interrupt()).ok()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
