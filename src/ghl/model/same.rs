//! When two values are the same to HighLevel. The one place for it: the lookup, the plan and the check of a write agree.

use url::Host;

use crate::ghl::model::text::{clean, clean_line, is_hidden};

/// Whether two texts look the same: outer spaces and invisible characters do not count.
#[must_use]
pub fn same_text(a: &str, b: &str) -> bool {
    clean(a).trim() == clean(b).trim()
}

/// Whether two texts are the same e-mail: outer spaces, case, hidden characters and the form of the domain (`bücher`,
/// `xn--bcher-kva`) do not count.
#[must_use]
pub fn same_email(a: &str, b: &str) -> bool {
    a == b || email_form(a) == email_form(b)
}

fn email_form(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    let lower = visible.trim().to_lowercase();
    let domain = lower.rsplit_once('@').and_then(|(local, domain)| Some((local, Host::parse(domain).ok()?)));
    domain.map_or(lower.clone(), |(local, domain)| format!("{local}@{domain}"))
}

/// Whether two texts are the same phone, by their digits: a stored number may be formatted for reading.
#[must_use]
pub fn same_phone(a: &str, b: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    digits(a) == digits(b)
}

/// A tag in the form that HighLevel stores, without invisible characters: two tags of the same form are one.
#[must_use]
pub fn normal_tag(tag: &str) -> String {
    clean_line(tag).trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use crate::ghl::model::same::{normal_tag, same_email, same_phone, same_text};

    #[test]
    fn emails_are_compared_without_case_phones_by_digits_and_tags_by_their_form() {
        assert!(same_email(" Ada@Example.com", "ada@example.com") && !same_email("ada@a.com", "ada@b.com"));
        assert!(same_phone("(+1) 415-555-0101", "+14155550101") && !same_phone("+1415", "+1416"));
        assert_eq!(normal_tag(" VIP\u{200b} "), "vip");
        assert!(same_email("a\u{200b}@b.com", "a@b.com"));
        assert!(same_text(" Ada\u{202e}", "Ada") && !same_text("علی\u{200c}رضا", "علیرضا"));
    }
}
