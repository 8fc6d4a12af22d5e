//! The forms of e-mail addresses, phone numbers, dates, countries and tags that HighLevel accepts.

use jiff::civil::Date;
use serde_json::Value;

/// Whether HighLevel accepts the text as an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    !local.is_empty()
        && !host.is_empty()
        && top.len() >= 2
        && !domain.contains('@')
        && !host.split('.').any(str::is_empty)
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// The phone number in E.164, without spaces, dashes and parentheses. Nothing if it is not E.164: HighLevel drops such
/// a number.
pub(crate) fn e164(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let digits = plain.strip_prefix('+')?;
    let valid = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    valid.then_some(plain)
}

/// A birthday as a full ISO datetime. It is read with the year first or the month first, and one of `/ - . _` between
/// the parts.
pub(crate) fn birthday(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| matches!(c, '/' | '-' | '.' | '_'))?;
    let mut parts = text.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, a, b) };
    if year.len() != 4 {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some(format!("{date}T00:00:00.000Z"))
}

/// Tags as HighLevel stores them: trimmed, in lower case, each once.
pub(crate) fn normalise_tags(list: &[Value]) -> Vec<String> {
    let mut normalised: Vec<String> = Vec::new();
    for tag in list.iter().filter_map(Value::as_str) {
        let tag = tag.trim().to_lowercase();
        if !tag.is_empty() && !normalised.contains(&tag) {
            normalised.push(tag);
        }
    }
    normalised
}

/// Whether the text is an ISO 3166 alpha-2 code in upper case.
pub(crate) fn is_country(text: &str) -> bool {
    text.len() == 2 && COUNTRIES.split(' ').any(|code| code == text)
}

const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET \
FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL \
TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use crate::sandbox::text::{birthday, e164, is_country, is_email, normalise_tags};
    use serde_json::json;

    #[test]
    fn a_phone_is_stored_as_e164_or_dropped() {
        assert_eq!(e164("+1 (415) 555-0101").as_deref(), Some("+14155550101"));
        for dropped in ["4155550101", "+1415", "+1415555010112345", "+1.415.555.0101", ""] {
            assert_eq!(e164(dropped), None, "{dropped}");
        }
    }

    #[test]
    fn a_birthday_is_read_in_each_documented_form() {
        for form in ["1990/09/25", "09/25/1990", "1990-09-25", "09-25-1990", "1990.09.25", "09_25_1990"] {
            assert_eq!(birthday(form).as_deref(), Some("1990-09-25T00:00:00.000Z"), "{form}");
        }
        for refused in ["25/09/1990", "1990-02-30", "soon", "1990-09-25T00:00:00Z", "90-9-25"] {
            assert_eq!(birthday(refused), None, "{refused}");
        }
    }

    #[test]
    fn tags_are_trimmed_in_lower_case_and_unique() {
        let tags = [json!(" Webinar "), json!("webinar"), json!("VIP"), json!("  ")];
        assert_eq!(normalise_tags(&tags), ["webinar", "vip"]);
    }

    #[test]
    fn an_invalid_email_or_country_is_refused() {
        assert!(is_email("ana@mail.example.com") && is_country("NL"));
        for refused in ["ana", "ana@example", "a na@example.com", "@example.com", "a@b@example.com", "a@.com"]
        {
            assert!(!is_email(refused), "{refused}");
        }
        assert!(!is_country("us") && !is_country("USA") && !is_country("A "));
    }
}
