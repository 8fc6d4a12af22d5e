//! Countries: ISO 3166-1. The table holds, for each, its two codes and its names: those of the Unicode CLDR in English, those
//! of ISO 3166, and a few that people use. A name in two rows has two readings.

use std::collections::HashMap;
use std::sync::LazyLock;

use rlibphonenumber::enums::Region;

use crate::contacts::error::Error;
use crate::contacts::value::text::quoted;
use crate::ghl::model::Field;

/// `AE ARE United Arab Emirates|UAE|Emirates`
const TABLE: &str = include_str!("country/countries.txt");
/// The least similarity of a name that is proposed.
const SIMILAR: f64 = 0.85;

/// A country, by its code of two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(&'static str);

impl Country {
    /// Reads `US`, `gb`, `USA`, `U.S.A.`, `United States`, `UK`.
    ///
    /// # Errors
    /// No country has this code or name, or two have it. The reason names them.
    pub fn read(text: &str) -> Result<Self, String> {
        let name = folded(text);
        match Self::named(&name) {
            [one] => return Ok(*one),
            [] => {}
            several => {
                let codes: Vec<&str> = several.iter().map(|country| country.0).collect();
                return Err(format!("{} means {}", quoted(text), codes.join(" or ")));
            }
        }
        // `Germany (DE)`: one country, said twice.
        if let Some((name, again)) = text.split_once('(')
            && let [one] = Self::named(&folded(name))
            && let [same] = Self::named(&folded(again))
            && one == same
        {
            return Ok(*one);
        }
        Err(nearest(&name).map_or_else(
            || format!("{} is not a country", quoted(text)),
            |(code, near)| format!("{} is not a country; the nearest is {near} ({code})", quoted(text)),
        ))
    }

    /// As [`Self::read`]; none where the text is not one country.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// ISO 3166-1 alpha-2.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The country's phone numbers; none where it has no calling code of its own.
    pub(crate) fn region(self) -> Option<Region> {
        Region::try_from(self.0).ok()
    }

    /// The countries of a folded name or code.
    fn named(name: &str) -> &'static [Self] {
        NAMED.get(name).map_or(&[], Vec::as_slice)
    }
}

/// The table by codes and folded names. A contact's country is read several times in a call.
static NAMED: LazyLock<HashMap<String, Vec<Country>>> = LazyLock::new(|| {
    let mut named = HashMap::<String, Vec<Country>>::new();
    for (two, three, names) in rows() {
        let codes = [two, three].map(str::to_ascii_lowercase);
        for name in codes.into_iter().chain(names.map(folded)).filter(|name| !name.is_empty()) {
            let countries = named.entry(name).or_default();
            if !countries.contains(&Country(two)) {
                countries.push(Country(two));
            }
        }
    }
    named
});

fn rows() -> impl Iterator<Item = (&'static str, &'static str, std::str::Split<'static, char>)> {
    TABLE.lines().filter_map(|row| {
        let (two, rest) = row.split_once(' ')?;
        let (three, names) = rest.split_once(' ')?;
        Some((two, three, names.split('|')))
    })
}

fn nearest(name: &str) -> Option<(&'static str, &'static str)> {
    let likeness = |one: &str| strsim::jaro_winkler(&folded(one), name);
    let named = rows().flat_map(|(two, _, names)| names.map(move |one| (two, one)));
    let best = named.max_by(|a, b| likeness(a.1).total_cmp(&likeness(b.1)))?;
    (likeness(best.1) >= SIMILAR).then_some(best)
}

/// A name as it is compared: no case, accents, points or `the`; `&` is `and`, `St.` is `Saint`.
fn folded(name: &str) -> String {
    let lower = name.to_lowercase().replace('&', " and ");
    let plain: String =
        lower.chars().filter(|c| !matches!(c, '.' | '\'' | '’')).map(without_accent).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "the");
    words.map(|word| if word == "st" { "saint" } else { word }).collect::<Vec<_>>().join(" ")
}

fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
        'ñ' => 'n',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        c => c,
    }
}

/// The value of the field `country`. HighLevel takes a code of two letters only.
pub(crate) fn code(text: &str) -> Result<String, Error> {
    let country = Country::read(text).map_err(|reason| {
        Error::invalid(Field::Country, reason).with_hint("Use two letters (ISO 3166-1), like US or GB.")
    })?;
    Ok(country.0.to_owned())
}

#[cfg(test)]
mod tests;
