//! Numbers that a country's plan has written in two ways, both of which are stored in contacts.

/// The digits without what Mexico's callers dialled before a mobile or a long-distance number until 2019.
pub(crate) fn without_given_up_prefix(code: i32, digits: &str) -> &str {
    let prefixes: &[&str] = if code == 52 { &["044", "045", "01"] } else { &[] };
    prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix)).unwrap_or(digits)
}

/// The other form of a number in E.164.
/// Mexico (until 2019) and Argentina put a digit before the ten of a mobile called from abroad; Brazil put a 9 before the
/// eight of its mobiles (2012 to 2016).
pub(crate) fn of_the_plan(e164: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for (code, mobile) in [("+52", "1"), ("+54", "9")] {
        let Some(national) = e164.strip_prefix(code) else { continue };
        match (national.len(), national.strip_prefix(mobile)) {
            (11, Some(ten)) => forms.push(format!("{code}{ten}")),
            (10, _) => forms.push(format!("{code}{mobile}{national}")),
            _ => {}
        }
    }
    if let Some((area, subscriber)) = e164.strip_prefix("+55").and_then(|all| all.split_at_checked(2)) {
        let is_mobile = |eight: &str| eight.len() == 8 && eight.starts_with(['6', '7', '8', '9']);
        match subscriber.strip_prefix('9') {
            Some(eight) if is_mobile(eight) => forms.push(format!("+55{area}{eight}")),
            _ if is_mobile(subscriber) => forms.push(format!("+55{area}9{subscriber}")),
            _ => {}
        }
    }
    forms
}
