//! A marketplace app as HighLevel knows it.

use secrecy::SecretString;

/// A marketplace app.
#[derive(Debug, Clone)]
pub struct App {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`.
    pub client_secret: SecretString,
}
