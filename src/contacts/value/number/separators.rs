//! Which sign in a number separates decimals, and which only groups digits.

use crate::contacts::value::number::money::groups_with_commas;

/// The number with at most one decimal point and no other separator, where the text has only one meaning.
///
/// # Errors
/// Why it has none, or both meanings.
pub(crate) fn decimal(text: &str, currency: Option<&str>) -> Result<String, String> {
    if let Some(wrong) =
        text.chars().find(|c| !c.is_ascii_digit() && !matches!(c, ',' | '.' | ' ' | '\'' | '٫'))
    {
        return Err(format!("has \"{wrong}\" between its digits"));
    }
    let text = &text.replace('٫', ".");
    let parts: Vec<&str> = text.split([',', '.', ' ', '\'']).collect();
    let signs: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let unclear = || Err("has separators that fit no way of writing a number".to_owned());
    match signs.as_slice() {
        [] => Ok(text.clone()),
        [sign @ (',' | '.')] => one_sign(*sign, &parts, currency),
        [only, rest @ ..] if rest.iter().all(|sign| sign == only) => {
            if grouped(&parts, *only) {
                Ok(parts.concat())
            } else {
                unclear()
            }
        }
        [groups @ .., point @ (',' | '.')] => {
            let Some((fraction, whole)) = parts.split_last() else { return unclear() };
            let sign = groups.first().copied().unwrap_or_default();
            let fits = sign != *point && groups.iter().all(|one| *one == sign) && grouped(whole, sign);
            if fits && !fraction.is_empty() {
                Ok(format!("{}.{fraction}", whole.concat()))
            } else {
                unclear()
            }
        }
        _ => unclear(),
    }
}

/// One comma or one point. With three digits behind it, it may group them.
fn one_sign(sign: char, parts: &[&str], currency: Option<&str>) -> Result<String, String> {
    let [whole, fraction] = parts else { return Err("is not clear".to_owned()) };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    if sign == ',' && fraction.is_empty() {
        return Err("ends with a comma".to_owned());
    }
    if !grouped(&[whole, fraction], sign) {
        return Ok(point);
    }
    if sign == ',' && currency.is_some_and(groups_with_commas) {
        return Ok(format!("{whole}{fraction}"));
    }
    Err(format!(
        "can be read in two ways: write {whole}{fraction} or {point}0, without other separators",
        point = point.trim_end_matches('0')
    ))
}

/// Whether the parts are a number whose digits are grouped in threes, or, between commas, in India's way: 1,20,000.
fn grouped(parts: &[&str], sign: char) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let all = |size: usize| middle.iter().all(|part| part.len() == size);
    let head = !first.is_empty() && !first.starts_with('0') && last.len() == 3;
    head && (first.len() <= 3 && all(3) || sign == ',' && first.len() <= 2 && !middle.is_empty() && all(2))
}
