//! The difference between two texts as a person reads it, without the secrets that stand in either.

use diffy::{DiffOptions, Line};

use crate::ghl::model::text::cut;

/// Lines around a change.
const AROUND: usize = 2;
/// A line that is longer is cut.
const LONGEST: usize = 200;
/// What stands for a secret.
const HIDDEN: &str = "(hidden)";

/// Words of the names of secrets, in lower case.
const SECRET_NAMES: [&str; 8] = ["token", "key", "secret", "passw", "auth", "credential", "cookie", "_pat"];
/// How secrets begin.
const SECRET_STARTS: [&str; 9] =
    ["pit-", "sk-", "sk_", "ghp_", "gho_", "github_pat_", "xox", "eyJ", "Bearer "];

/// A unified difference, line by line.
pub(crate) fn lines(name: &str, old: &str, new: &str) -> Vec<String> {
    let mut lines = vec![format!("--- {name}"), format!("+++ {name}")];
    let mut options = DiffOptions::new();
    options.set_context_len(AROUND);
    for hunk in options.create_patch(old, new).hunks() {
        lines.push(format!("@@ -{} +{} @@", hunk.old_range(), hunk.new_range()));
        for line in hunk.lines() {
            let (sign, text) = match *line {
                Line::Delete(text) => ('-', text),
                Line::Insert(text) => ('+', text),
                Line::Context(text) => (' ', text),
            };
            let line = cut(&hide(text.trim_end_matches(['\r', '\n'])), LONGEST);
            lines.push(format!("{sign}{line}"));
        }
    }
    lines
}

/// A line of JSON or TOML whose texts that are secrets, by their name or by how they begin, are hidden.
fn hide(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut secret = false;
    let mut rest = line;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, quoted) = rest.split_at(at);
        shown.push_str(before);
        if let Some(name) = before.trim_end().strip_suffix('=') {
            secret = is_secret_name(name.rsplit(['{', ',']).next().unwrap_or_default());
        }
        let (text, after) = split_quoted(quoted);
        let inner = text.trim_matches(['"', '\'']);
        if after.trim_start().starts_with(':') {
            secret = is_secret_name(inner);
            shown.push_str(text);
        } else if after.trim_start().starts_with('=') {
            shown.push_str(text);
            secret = is_secret_name(inner);
        } else if (secret || SECRET_STARTS.iter().any(|start| inner.starts_with(start)))
            && !is_variable(inner)
        {
            shown.push('"');
            shown.push_str(HIDDEN);
            shown.push('"');
        } else {
            shown.push_str(text);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.trim();
    !name.ends_with("_file") && SECRET_NAMES.iter().any(|word| name.contains(word))
}

/// `${input:x}` names a secret, and is none.
fn is_variable(text: &str) -> bool {
    text.is_empty() || text.starts_with("${") && text.ends_with('}')
}

/// A text in quotes, and what follows it.
fn split_quoted(text: &str) -> (&str, &str) {
    let quote = text.chars().next().unwrap_or('"');
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return text.split_at(at + 1),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_by_their_names_and_by_how_they_begin() {
        for (line, shown) in [
            (r#"  "GHL_PIT_TOKEN": "canary","#, r#"  "GHL_PIT_TOKEN": "(hidden)","#),
            (r#"{"env":{"API_KEY":"canary","A":"b"}}"#, r#"{"env":{"API_KEY":"(hidden)","A":"b"}}"#),
            (r#""headers": {"Authorization": "canary"}"#, r#""headers": {"Authorization": "(hidden)"}"#),
            (r#""args": ["--x", "Bearer canary"]"#, r#""args": ["--x", "(hidden)"]"#),
            (r#""A": "pit-canary""#, r#""A": "(hidden)""#),
            (r"GITHUB_TOKEN = 'canary'", r#"GITHUB_TOKEN = "(hidden)""#),
            (r#"env = { API_KEY = "canary", A = "b" }"#, r#"env = { API_KEY = "(hidden)", A = "b" }"#),
            (r#""x_token": "can\"ary", "b": 1"#, r#""x_token": "(hidden)", "b": 1"#),
            (r#""x_token": "canary"#, r#""x_token": "(hidden)""#),
        ] {
            assert_eq!(hide(line), shown);
        }
        for line in [
            "",
            r#""GHL_PIT_TOKEN_FILE": "/home/jane/token""#,
            r#""GHL_PIT_TOKEN": "${input:ghl-token}""#,
            r#""GHL_LOCATION_ID": "loc1""#,
            r#""command": "C:\\Program Files\\x.exe", "#,
            "args = [\"stdio\"]",
            "# it's a comment",
            "}",
        ] {
            assert_eq!(hide(line), line);
        }
    }

    #[test]
    fn a_difference_shows_what_changes_and_two_lines_around_it() {
        let old = ["0\n", "1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n", "8\n"].concat();
        let new = old.replace("4\n", "4\nx\n");
        assert_eq!(
            lines("f", &old, &new),
            ["--- f", "+++ f", "@@ -4,4 +4,5 @@", " 3", " 4", "+x", " 5", " 6"]
        );
        assert_eq!(lines("f", "a\r\n", "a\r\nb\r\n").last().unwrap(), "+b");
    }
}
