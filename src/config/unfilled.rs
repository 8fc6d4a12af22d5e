//! Values that a person never filled in: the host's own placeholder, or the text of an example. They count as not set, so
//! that the server starts and the first call can say what is missing.

/// Words of examples, in lower case and without punctuation.
const WORDS: [&str; 14] = [
    "changeme",
    "fillin",
    "insert",
    "insertyour",
    "my",
    "none",
    "null",
    "paste",
    "pasteyour",
    "placeholder",
    "replace",
    "todo",
    "undefined",
    "your",
];
/// What follows such a word.
const NOUNS: [&str; 20] = [
    "access",
    "account",
    "api",
    "ghl",
    "gohighlevel",
    "here",
    "highlevel",
    "id",
    "integration",
    "key",
    "location",
    "me",
    "pit",
    "private",
    "secret",
    "sub",
    "token",
    "value",
    "with",
    "your",
];

/// Why a setting is refused that is set and was never filled in.
pub(crate) const NEVER_FILLED_IN: &str = "is set, but is empty or was never filled in: set it, or unset it";

/// Whether a value of any setting was never filled in: it is empty, or a placeholder by its form.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', '`']);
    let in_angles = value.starts_with('<') && value.ends_with('>');
    value.is_empty() || is_variable(value) || in_angles || value.starts_with("{{") && value.ends_with("}}")
}

/// Whether a token or an id was never filled in. These are not words of a language, as the name of an account may be.
pub(crate) fn is_unfilled(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'', '`']);
    let value = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    let of_token = value.strip_prefix("pit-").unwrap_or(value);
    is_variable(value) || is_bracketed(value) || is_filler(of_token) || is_example(of_token)
}

/// `${user_config.token}`, `${input:token}`, `$(command)`, `$GHL_PIT_TOKEN`, `$env:GHL_PIT_TOKEN`, `%GHL_PIT_TOKEN%`: a host or
/// a shell did not put the value in.
fn is_variable(value: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.' | b'-'))
    };
    let between = |start: &str, end: &str| value.strip_prefix(start)?.strip_suffix(end);
    between("${", "}").is_some_and(|name| !name.contains('}'))
        || between("$(", ")").is_some()
        || value.strip_prefix('$').is_some_and(is_name)
        || between("%", "%").is_some_and(is_name)
}

/// `<YOUR_TOKEN>`, `[token]`, `{{token}}`, `{token}`.
fn is_bracketed(value: &str) -> bool {
    [('<', '>'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| value.starts_with(*open) && value.ends_with(*close))
}

/// Nothing, `...`, `xxxx-xxxx`, `****`.
fn is_filler(value: &str) -> bool {
    value.chars().all(|c| matches!(c, '.' | '…' | 'x' | 'X' | '*' | '-' | '_' | '•' | '?' | '0'))
}

/// `YOUR_TOKEN`, `your-pit-token-here`, `yourTokenHere`, `replace_me`, `null`.
fn is_example(value: &str) -> bool {
    let plain: String =
        value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let Some(mut rest) = WORDS.iter().rev().find_map(|word| plain.strip_prefix(word)) else { return false };
    while let Some(after) = NOUNS.iter().find_map(|noun| rest.strip_prefix(noun)) {
        rest = after;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_hosts_and_examples_are_not_filled_in() {
        for value in [
            "",
            " ",
            "...",
            "…",
            "pit-...",
            "pit-…",
            "pit-",
            "pit-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "pit-****",
            "xxx",
            "00000000-0000-0000-0000-000000000000",
            "${user_config.token}",
            "${input:ghl-token}",
            "${GHL_PIT_TOKEN}",
            "${env:GHL_PIT_TOKEN}",
            "$GHL_PIT_TOKEN",
            "$env:GHL_PIT_TOKEN",
            "%GHL_PIT_TOKEN%",
            "$(cat token)",
            "<YOUR_TOKEN>",
            "<your token here>",
            "<>",
            "[your token]",
            "{{ghl_token}}",
            "{token}",
            "\"\"",
            "'${X}'",
            "YOUR_TOKEN",
            "your-token",
            "YOUR_LOCATION_ID",
            "your_ghl_location_id",
            "pit-your-token-here",
            "yourTokenHere",
            "paste-your-token-here",
            "my-token",
            "PASTE_TOKEN_HERE",
            "REPLACE_ME",
            "replace-with-your-key",
            "changeme",
            "change_me",
            "insert token",
            "placeholder",
            "null",
            "undefined",
            "None",
            "todo",
            "Bearer <token>",
            "Bearer ${TOKEN}",
        ] {
            assert!(is_unfilled(value), "{value}");
        }
    }

    #[test]
    fn what_could_be_a_value_is_one() {
        for value in [
            "pit-0b1c2d3e-1234-4abc-9def-0123456789ab",
            "pit-1",
            "ve9EPM428h8vShlRW1KT",
            "nullABCDEFGHIJKLMNOP",
            "noneSuch12",
            "your4sXk2LmNopQrStUv",
            "https://services.leadconnectorhq.com",
            "/run/secrets/token",
            "$HOME/token",
            "${HOME}/token",
            "~/token",
            "US",
            "contacts",
            "info,ghl_contacts_mcp=debug",
            "exampleABCDEFGHIJKL",
            "%userprofile%\\token",
            "x1",
            "Xy00000000000000000Q",
            "todoist9ABCDEFGHIJK",
            "eyJhbGciOi.eyJzdWIi.c2ln",
        ] {
            assert!(!is_unfilled(value), "{value}");
        }
    }
}
