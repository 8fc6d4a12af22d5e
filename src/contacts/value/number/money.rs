//! The sign and the currency around a number.

/// Letters that stand for a currency, in lower case and without spaces: ISO 4217's codes of currencies in use, and what
/// people write beside an amount.
const CURRENCIES: &str = " aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad \
    cdf chf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg \
    huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl lyd mad mdl mga mkd mmk \
    mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd \
    scr sdg sek sgd shp sle sos srd ssp stn svc syp szl thb tjs tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ves vnd vuv \
    wst xaf xcd xcg xof xpf yer zar zmw zwg euro euros dollar dollars pounds us a au c ca nz hk s sg r mx ar cl nt rs kr zł \
    kč ft fr lei ";
/// Currencies of countries in which the point separates decimals and the comma groups digits.
const POINT_IS_DECIMAL: &str = " $ us$ usd a$ au$ aud c$ ca$ cad nz$ nzd hk$ hkd s$ sg$ sgd mx$ mxn £ gbp ₹ rs inr ¥ jpy cny ₪ ils ₱ php ₦ ngn ฿ thb \
    ₩ krw nt$ twd dollar dollars pounds ";

/// An amount without its sign and currency.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Amount<'a> {
    /// Digits and separators.
    pub(crate) digits: &'a str,
    /// Whether the amount is below zero: `-5`, `5-`, `(5)`.
    pub(crate) negative: bool,
    /// The currency as written, in lower case.
    pub(crate) currency: Option<String>,
}

/// Takes an amount apart.
///
/// # Errors
/// What the text holds besides one number, one sign and one currency; or that it holds no number.
pub(crate) fn amount(text: &str) -> Result<Amount<'_>, String> {
    let (Some(first), Some(last)) = (text.find(is_numeral), text.rfind(is_numeral)) else {
        return Err("has no digits".to_owned());
    };
    // `.5` and `5.` keep their point; `Rs. 5` does not.
    let start = if text.get(..first).is_some_and(|s| bare(s).is_empty() && s.ends_with('.')) {
        first - 1
    } else {
        first
    };
    let after = last + 1;
    let end = if text.get(after..) == Some(".") { after + 1 } else { after };
    let (before, rest) = text.split_at_checked(start).unwrap_or_default();
    let (digits, behind) = rest.split_at_checked(end - start).unwrap_or_default();
    let brackets = before.contains('(') && behind.contains(')');
    let minuses = before.matches('-').count() + behind.matches('-').count();
    let pluses = before.matches('+').count() + behind.matches('+').count();
    if minuses + pluses + usize::from(brackets) > 1 {
        return Err("has more than one sign".to_owned());
    }
    let (before, behind) = (symbol(before, brackets)?, symbol(behind, brackets)?);
    let currency = match (before.is_empty(), behind.is_empty()) {
        (true, true) => None,
        (false, true) => Some(before),
        (true, false) => Some(behind),
        // `$1,200 USD` and `US$ 5 USD` are one currency, said twice.
        (false, false) if behind == before || (before.contains('$') && behind.ends_with('d')) => Some(behind),
        (false, false) => return Err(format!("has two currencies, {before} and {behind}")),
    };
    Ok(Amount { digits, negative: brackets || minuses == 1, currency })
}

/// Whether amounts in this currency group their digits with commas.
pub(crate) fn groups_with_commas(currency: &str) -> bool {
    POINT_IS_DECIMAL.contains(&format!(" {currency} "))
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit()
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '+' | '(' | ')' | '.')).collect()
}

/// The currency in what stands on one side of the digits, in lower case.
fn symbol(side: &str, brackets: bool) -> Result<String, String> {
    if let Some(bracket) = side.chars().find(|c| matches!(c, '(' | ')') && !brackets) {
        return Err(format!("has the character \"{bracket}\""));
    }
    let symbol = bare(side).to_lowercase();
    let letters = symbol.trim_matches(is_sign);
    if letters.contains(is_sign) || symbol.chars().filter(|c| is_sign(*c)).count() > 1 {
        return Err("has two currencies".to_owned());
    }
    if letters.is_empty() || CURRENCIES.contains(&format!(" {letters} ")) {
        return Ok(symbol);
    }
    match letters {
        "%" => Err("is a percentage, and it is not certain whether 5% is 5 or 0.05".to_owned()),
        "k" | "m" | "b" | "bn" | "mn" | "mio" | "tsd" | "lakh" | "crore" => {
            Err(format!("is shortened with \"{letters}\"; write all digits"))
        }
        _ => Err(format!("has \"{letters}\" beside the digits")),
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '$' | '£' | '¤' | '¥' | '¢' | '฿' | '៛' | '₠'..='⃀')
}
