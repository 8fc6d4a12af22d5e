//! E-mail addresses. The crate `email_address` knows what may stand before the `@`, and `idna`, which `url` uses, what a
//! domain is.

use std::fmt;

use email_address::EmailAddress;

use crate::contacts::error::Error;
use crate::contacts::value::text::quoted;
use crate::ghl::is_hidden;
use crate::ghl::model::Field;

/// The longest e-mail address (RFC 5321, erratum 1690).
const MAX_BYTES: usize = 254;
/// The scheme of a link.
const MAILTO: &str = "mailto:";

/// An e-mail address, trimmed and in lower case, as HighLevel compares it (`emailLowerCase`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads one address as people and programs write it: `jane@example.com`, `Jane <jane@example.com>`,
    /// `mailto:jane@example.com`, `[Jane](mailto:jane@example.com)`.
    ///
    /// # Errors
    /// The text has no address, or two, or the address cannot exist. The reason names the wrong part.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(|reason| {
            Error::invalid(Field::Email, reason).with_hint("Write one address, like jane@example.com.")
        })
    }

    /// As [`Self::parse`]; the reason follows the field's name in a sentence.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        // Some keyboards of East Asia write a wide @.
        let visible: String =
            text.chars().filter(|c| !is_hidden(*c)).map(|c| if c == '＠' { '@' } else { c }).collect();
        let lower = visible.trim().to_lowercase();
        if lower.is_empty() {
            return Err("is empty".to_owned());
        }
        let found = addresses(&lower);
        let address = match found.as_slice() {
            [] => return Err(format!("{} has no @", quoted(text))),
            [one] => *one,
            [first, second, ..] => {
                return Err(format!("holds two addresses, {} and {}", quoted(first), quoted(second)));
            }
        };
        check(address)?;
        Ok(Self(address.to_owned()))
    }

    /// The same address with its domain in the other form, `bücher.example` or `xn--bcher-kva.example`: a contact may be
    /// stored with it. None for a domain that has one form.
    pub(crate) fn other_form(&self) -> Option<String> {
        let (local, domain) = self.0.split_once('@')?;
        let ascii = idna::domain_to_ascii_strict(domain).ok()?;
        let other = if ascii == domain { idna::domain_to_unicode(domain).0 } else { ascii };
        (other != domain).then(|| format!("{local}@{other}"))
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The different addresses in a text. A name may stand before one address in angle brackets; elsewhere a word without `@`
/// belongs to the address, which is then wrong.
fn addresses(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for part in text.split(['<', '>', '[', ']', '(', ')', ',', ';', '"', '|', '\n']) {
        let part = part.trim().trim_matches('\'').trim_end_matches('.').trim();
        let link = part.strip_prefix(MAILTO);
        // The rest of a `mailto:` link is not part of the address.
        let part = link.map_or(part, |link| link.split('?').next().unwrap_or(link));
        let several = part.matches('@').count() > 1;
        for one in
            part.split(|c: char| several && (c.is_whitespace() || c == '/')).filter(|one| one.contains('@'))
        {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

fn check(address: &str) -> Result<(), String> {
    let wrong = |why: String| Err(format!("{} {why}", quoted(address)));
    if address.len() > MAX_BYTES {
        return Err("is longer than 254 characters".to_owned());
    }
    if let Some(space) = address.chars().find(|c| c.is_whitespace() || c.is_control()) {
        return wrong(format!("holds a {}", if space.is_control() { "control character" } else { "space" }));
    }
    let Some((local, domain)) = address.split_once('@') else { return wrong("has no @".to_owned()) };
    if domain.contains('@') {
        return wrong("has more than one @".to_owned());
    }
    if local.is_empty() || domain.is_empty() {
        return wrong(format!("has nothing {} the @", if local.is_empty() { "before" } else { "after" }));
    }
    if let Some(part) = [local, domain].into_iter().find(|part| part.contains("..")) {
        return wrong(format!("has two points together in {}", quoted(part)));
    }
    if !EmailAddress::is_valid_local_part(local) || local.starts_with('"') {
        return wrong(format!("cannot have {} before the @", quoted(local)));
    }
    if let Some(c) =
        domain.chars().find(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'))
    {
        let end = domain.split(c).next().unwrap_or_default();
        let hint =
            if end.contains('.') && c != '_' { format!("; write {local}@{end}") } else { String::new() };
        return wrong(format!("has \"{c}\" in its domain{hint}"));
    }
    let ascii = idna::domain_to_ascii_strict(domain).unwrap_or_default();
    let top = ascii.rsplit('.').next().unwrap_or_default();
    if !ascii.contains('.') || top.len() < 2 || top.bytes().all(|b| b.is_ascii_digit()) {
        return wrong(format!("has no domain like example.com but {}", quoted(domain)));
    }
    Ok(())
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
