//! Puts one server into the text of a host's settings, or takes it out. Everything else stays as it is.

mod json;
mod toml;

use std::path::Path;

use crate::cli::hosts::{Entry, Form, Host, entries};
use crate::cli::install::server::Server;
use crate::cli::install::text::Plain;

/// The text with this server in it.
pub(crate) fn insert(host: &Host, text: &str, server: &Server) -> Result<String, String> {
    let plain = Plain::of(text);
    let edited = match host.form {
        Form::Toml => toml::insert(&plain.text, server)?,
        form => json::insert(form, &plain.text, server)?,
    };
    Ok(plain.dress(&edited))
}

/// The text without the server of this name.
pub(crate) fn remove(host: &Host, text: &str, name: &str) -> Result<String, String> {
    let plain = Plain::of(text);
    let edited = match host.form {
        Form::Toml => toml::remove(&plain.text, name)?,
        form => json::remove(form, &plain.text, name)?,
    };
    Ok(plain.dress(&edited))
}

/// The entry of this name that `install` would change: not one that holds for one project alone.
pub(crate) fn entry(
    host: &'static Host,
    file: &Path,
    text: &str,
    name: &str,
) -> Result<Option<Entry>, String> {
    let all = entries(host, file, Plain::of(text).text.as_str())?;
    Ok(all.into_iter().find(|entry| entry.name == name && entry.project.is_none()))
}

/// The text as it was before `install` made `text` of it. None where something else was changed since.
pub(crate) fn before(host: &'static Host, text: &str, backup: &str, name: &str) -> Option<String> {
    let entry_of = |text: &str| entry(host, Path::new(""), text, name);
    if entry_of(backup).ok()?.is_some() {
        return None;
    }
    let server = Server::of(entry_of(text).ok()??);
    if insert(host, backup, &server).ok()? != text {
        return None;
    }
    // Not every host reads an empty file.
    let is_new = backup.is_empty() && host.form != Form::Toml;
    Some(if is_new { "{}\n".to_owned() } else { backup.to_owned() })
}

#[cfg(test)]
mod tests;
