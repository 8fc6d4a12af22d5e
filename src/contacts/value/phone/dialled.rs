//! What a typed phone number says, without its spaces and signs.

use crate::contacts::error::Error;
use crate::contacts::value::text::quoted;
use crate::contacts::value::typed::{digits, plain};
use crate::ghl::model::Field;

/// The most characters of a phone number as people write it.
const MAX_CHARS: usize = 40;
/// Fewer digits than this are no second number.
const LEAST_DIGITS: usize = 7;
/// What programs write before a number.
const SCHEMES: [&str; 5] = ["tel:", "whatsapp:", "sms:", "callto:", "phone:"];

/// The digits of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialled {
    /// Without `+` and without a leading `00`.
    pub(crate) digits: String,
    /// Whether they begin with a country code.
    pub(crate) international: bool,
    /// Whether that was written with a `+`.
    pub(crate) plus: bool,
    /// The digits without the zero of `+44 (0)20`.
    pub(crate) without_zero: Option<String>,
}

impl Dialled {
    /// Cleans a number: invisible marks, spaces, hyphens, points, brackets, `tel:` and a spreadsheet's `'` and `.0`.
    ///
    /// # Errors
    /// Any other character, an extension, or a second number; each is named. The library would guess at them.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let clean = plain(text);
        let number = without_marks(&clean);
        if number.is_empty() {
            return Err(Error::invalid(Field::Phone, "is empty"));
        }
        if number.chars().count() > MAX_CHARS {
            return Err(Error::invalid(Field::Phone, "is longer than 40 characters"));
        }
        check_characters(text, number)?;
        let all = digits(number);
        let plus = number.contains('+');
        let zeros = !plus && all.starts_with("00");
        let digits = if zeros { all.trim_start_matches('0').to_owned() } else { all };
        let without_zero = (plus || zeros).then(|| self::digits(&number.replacen("(0)", "", 1)));
        let without_zero = without_zero.map(|all| all.trim_start_matches('0').to_owned());
        Ok(Self {
            without_zero: without_zero.filter(|other| *other != digits),
            international: plus || zeros,
            plus,
            digits,
        })
    }
}

/// Without quotes, the scheme of a link, and what a spreadsheet adds to a number.
fn without_marks(text: &str) -> &str {
    let mut text = text.trim_matches(['\'', '"', ' ']);
    for scheme in SCHEMES {
        if text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
            text = text.get(scheme.len()..).unwrap_or_default().trim_start_matches(['/', ' ']);
        }
    }
    text.strip_suffix(".0")
        .filter(|number| {
            number.len() >= LEAST_DIGITS && number.bytes().all(|b| b.is_ascii_digit() || b == b'+')
        })
        .unwrap_or(text)
}

/// Whether it is a large number as a spreadsheet shows it in a narrow column: `4.15556E+09`.
fn is_shortened(number: &str) -> bool {
    let Some((digits, exponent)) = number.split_once(['e', 'E']) else { return false };
    let is_of = |text: &str, more: &[char]| text.chars().all(|c| c.is_ascii_digit() || more.contains(&c));
    digits.contains(['.', ','])
        && is_of(digits, &['.', ','])
        && !exponent.is_empty()
        && is_of(exponent, &['+'])
}

fn check_characters(typed: &str, number: &str) -> Result<(), Error> {
    let invalid = |reason: String| Error::invalid(Field::Phone, format!("{} {reason}", quoted(typed)));
    let is_number = |part: &str| digits(part).len() >= LEAST_DIGITS;
    let sign = number.find(|c: char| !c.is_ascii_digit() && !"+-(). ".contains(c));
    let second_plus = number.rfind('+').filter(|at| number.bytes().take(*at).any(|b| b.is_ascii_digit()));
    for at in [sign, second_plus].into_iter().flatten() {
        let (first, second) = number.split_at(at);
        if is_number(first) && is_number(second) {
            return Err(invalid("holds two phone numbers".to_owned()).with_hint("Give one of them."));
        }
    }
    if is_shortened(number) {
        return Err(invalid("was shortened by a spreadsheet: its last digits are lost".to_owned())
            .with_hint("Take it from where it came from, in a column that is formatted as text."));
    }
    if second_plus.is_some() || number.matches('+').count() > 1 {
        return Err(invalid("has a + that is not at the beginning".to_owned()));
    }
    if let Some((main, extension)) = extension(number) {
        let reason = format!("has the extension {}, which HighLevel cannot store", quoted(extension));
        return Err(invalid(reason)
            .with_hint(format!("Send {} without it; put the extension into a custom field.", quoted(main))));
    }
    let Some(wrong) = number.chars().find(|c| !c.is_ascii_digit() && !"+-()./ ".contains(*c)) else {
        return Ok(());
    };
    let reason = if wrong.is_alphabetic() {
        format!("has the letter \"{wrong}\"")
    } else {
        format!("has the character \"{wrong}\" (U+{:04X})", u32::from(wrong))
    };
    Err(invalid(reason).with_hint("Write it in digits, like +14155550101."))
}

/// `4155550101 ext. 3`, `x3`, `#3`, `;ext=3`.
fn extension(number: &str) -> Option<(&str, &str)> {
    let lower = number.to_ascii_lowercase();
    let at = lower
        .find(['x', '#', ';'])
        .map(|at| if lower.get(..at).is_some_and(|s| s.ends_with('e')) { at - 1 } else { at })?;
    let (main, rest) = number.split_at_checked(at)?;
    let extension = rest.trim_matches(|c: char| !c.is_ascii_digit());
    let is_one = digits(main).len() >= LEAST_DIGITS && !extension.is_empty();
    is_one.then(|| (main.trim(), extension))
}
