//! How far a command is.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with this text, drawn only where stderr is a terminal.
pub(crate) fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}
