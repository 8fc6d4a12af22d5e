//! The signals that end the program: the first asks for an orderly end, a second one ends at once.

use tokio_util::sync::CancellationToken;

/// What a shell reports of a program that ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Fires at the first SIGTERM or ctrl-C.
pub(crate) fn stop() -> CancellationToken {
    let stop = CancellationToken::new();
    let fire = stop.clone();
    tokio::spawn(async move {
        // One listener for both, so that no signal falls between two.
        let Some(mut signals) = Signals::new() else { return };
        signals.next().await;
        tracing::info!(
            "asked to stop: calls that run are waited for; a second signal ends the program at once"
        );
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
