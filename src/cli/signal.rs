//! The signals that end the program: the first starts an orderly end, the second ends the program at once.

use crate::serve::Drain;

/// The exit code that shells give to a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Ends the program by `drain` at the first SIGTERM, SIGHUP or Ctrl-C, or what Windows has in their place.
pub(crate) fn end_by(drain: &Drain) {
    // From here on: a signal that arrives before the task runs is not lost.
    let Some(mut signals) = Signals::new() else { return };
    let drain = drain.clone();
    tokio::spawn(async move {
        let first = signals.next().await;
        tracing::info!("stopping: waiting for running calls; send the signal again to exit now");
        drain.begin();
        drain.stop().cancel();
        // A terminal that closes sends SIGHUP, and its shell sends it again. No person has asked twice.
        while signals.next().await == Kind::Hangup && first == Kind::Hangup {}
        std::process::exit(INTERRUPTED);
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// SIGTERM or Ctrl-C; on Windows also Ctrl-Break.
    End,
    /// SIGHUP; on Windows the end of the console's window.
    Hangup,
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self {
            terminate: signal(SignalKind::terminate()).ok()?,
            interrupt: signal(SignalKind::interrupt()).ok()?,
            hangup: signal(SignalKind::hangup()).ok()?,
        })
    }

    /// One listener for all signals, so that none is missed between two listeners.
    async fn next(&mut self) -> Kind {
        tokio::select! {
            _ = self.terminate.recv() => Kind::End,
            _ = self.interrupt.recv() => Kind::End,
            _ = self.hangup.recv() => Kind::Hangup,
        }
    }
}

#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    /// What another program can send.
    stop: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
        Some(Self { interrupt: ctrl_c().ok()?, stop: ctrl_break().ok()?, close: ctrl_close().ok()? })
    }

    async fn next(&mut self) -> Kind {
        tokio::select! {
            _ = self.interrupt.recv() => Kind::End,
            _ = self.stop.recv() => Kind::End,
            // Windows gives five seconds from here.
            _ = self.close.recv() => Kind::Hangup,
        }
    }
}
