//! Questions to the person at the terminal.

use std::io::{IsTerminal as _, Write as _};

use secrecy::SecretString;

use crate::cli::error::CliError;
use crate::ghl::model::text::clean_line;

/// Who answers. Tests answer in a person's place.
pub(crate) trait Console {
    /// Whether there is a person to ask.
    fn is_there(&self) -> bool;

    /// A line.
    fn ask(&mut self, question: &str) -> Result<String, CliError>;

    /// A line that the terminal does not show.
    fn ask_secret(&mut self, question: &str) -> Result<SecretString, CliError>;

    /// Yes or no; anything else is no.
    fn confirm(&mut self, question: &str) -> Result<bool, CliError> {
        let answer = self.ask(&format!("{question} [y/N] "))?;
        Ok(["y", "yes"].contains(&answer.to_lowercase().as_str()))
    }
}

/// The terminal of this process.
pub(crate) struct Terminal;

impl Console for Terminal {
    fn is_there(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    fn ask(&mut self, question: &str) -> Result<String, CliError> {
        let mut stderr = std::io::stderr();
        let _ = write!(stderr, "{}", clean_line(question));
        let _ = stderr.flush();
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|error| CliError::Io("cannot read the answer", error))?;
        Ok(line.trim().to_owned())
    }

    fn ask_secret(&mut self, question: &str) -> Result<SecretString, CliError> {
        let mut stderr = std::io::stderr();
        let _ = write!(stderr, "{}", clean_line(question));
        let _ = stderr.flush();
        let answer =
            rpassword::read_password().map_err(|error| CliError::Io("cannot read the token", error))?;
        Ok(answer.trim().to_owned().into())
    }
}
