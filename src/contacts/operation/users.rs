//! The user that a caller means by an id, an e-mail or a name.

use crate::contacts::error::{Error, Subject};
use crate::contacts::service::Contacts;
use crate::contacts::value::placeholder;
use crate::contacts::value::text::clean_line;
use crate::ghl::Scope;
use crate::ghl::model::{Field, User};

/// The most characters of a user's name in an error.
const MAX_CHARS: usize = 60;

impl Contacts {
    /// The id of the user of this id, e-mail or name. Where the token may not read the users, only an id is taken, and it is
    /// not checked.
    ///
    /// # Errors
    /// No user or several fit; or HighLevel's failure.
    pub(crate) async fn user(&self, scope: &Scope, text: &str) -> Result<String, Error> {
        let subject = Subject::Field(Field::AssignedTo);
        placeholder::check(&subject, text)?;
        let text = text.trim();
        let Some(users) = self.location.users(scope).await? else {
            if looks_like_an_id(text) {
                return Ok(text.to_owned());
            }
            return Err(Error::invalid(subject, "cannot be looked up: the token may not read the users")
                .with_hint("Send the user's id, or give the token the scope users.readonly."));
        };
        let fits: Vec<&User> = users.iter().filter(|user| is(user, text)).collect();
        match fits.as_slice() {
            [user] => Ok(user.id.clone()),
            [] => {
                let known: Vec<String> = users.iter().take(5).map(label).collect();
                let reason = format!("\"{}\" is no user of this location", clean_line(text, MAX_CHARS));
                Err(Error::invalid(subject, reason).with_hint(format!("Its users are {}.", known.join(", "))))
            }
            several => {
                let all: Vec<String> = several.iter().take(3).map(|user| label(user)).collect();
                let reason =
                    format!("\"{}\" is the name of {} users", clean_line(text, MAX_CHARS), several.len());
                Err(Error::invalid(subject, reason)
                    .with_hint(format!("Send the id or the e-mail: {}.", all.join(", "))))
            }
        }
    }
}

/// Whether this stands for no user.
pub(crate) fn means_no_user(text: &str) -> bool {
    ["none", "no one", "unassigned"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

fn is(user: &User, text: &str) -> bool {
    let lower = text.to_lowercase();
    user.id == text || (!lower.is_empty() && (user.email == lower || user.name.to_lowercase() == lower))
}

fn label(user: &User) -> String {
    let name = clean_line(&user.name, MAX_CHARS).into_owned();
    format!("{name} ({})", user.id)
}

/// HighLevel's ids are about 20 letters and digits; a name has a space or no digit.
fn looks_like_an_id(text: &str) -> bool {
    text.len() >= 15
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        && text.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}
