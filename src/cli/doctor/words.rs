//! Words for times and for failures of HighLevel.

use std::time::Duration;

use crate::contacts;
use crate::ghl::Error;
use crate::tool::Failure;

/// What went wrong, and what to do: in the words in which a tool answers it, for a person who runs this command.
pub(crate) fn failure(error: &Error) -> (String, String) {
    let failure = Failure::from(contacts::Error::from(error.clone()));
    let hint = failure.hint.unwrap_or_default();
    let hint = hint.replace("Send the call again", "Run doctor again");
    (failure.message, hint.replace("send the same call again", "run doctor again"))
}

/// What is wrong and what to do, where a text ends with that: as the errors of the token store and of the app do.
pub(crate) fn with_advice(text: &str) -> Option<(String, String)> {
    let (seen, todo) = text.rsplit_once(": ")?;
    let verb = ["run ", "check ", "name "].into_iter().find(|verb| todo.starts_with(verb))?;
    let (first, rest) = verb.split_at(1);
    Some((
        seen.to_owned(),
        format!("{}{rest}{}.", first.to_uppercase(), todo.get(verb.len()..)?.trim_end_matches('.')),
    ))
}

/// `12 s`, `4 min`, `5 h 3 min`, `2 days`.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, ..) => format!("{days} days"),
    }
}

/// `200,000`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 tags`, `1 tag`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        number(u64::try_from(count).unwrap_or(u64::MAX)),
        if count == 1 { "" } else { "s" }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_are_short() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (18_180, "5 h 3 min"),
            (90_000, "1 day 1 h"),
            (200_000, "2 days"),
        ] {
            assert_eq!(time(Duration::from_secs(seconds)), expected);
        }
        for (count, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (200_000, "200,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(count), expected);
        }
        assert_eq!(
            with_advice("it is a link: name the file: run `login` again."),
            Some(("it is a link: name the file".to_owned(), "Run `login` again.".to_owned()))
        );
        assert_eq!(with_advice("cannot be read: permission denied"), None);
        assert_eq!((counted(1, "tag"), counted(1200, "tag")), ("1 tag".to_owned(), "1,200 tags".to_owned()));
    }
}
