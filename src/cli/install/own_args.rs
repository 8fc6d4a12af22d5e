//! The arguments with which a host starts this program.

use crate::cli::hosts::Entry;
use crate::config::Flags;

/// The arguments of this program: those that this call was given, and those that the entry has besides. The sandbox is used
/// only where this call says so.
pub(crate) fn own_args(flags: &Flags, entry: Option<&Entry>) -> Vec<String> {
    let given = given(flags);
    let mut args = vec!["stdio".to_owned()];
    let mut kept = entry.map(of_entry).unwrap_or_default().into_iter().peekable();
    while let Some(word) = kept.next() {
        let (name, has_value) = match word.split_once('=') {
            Some((name, _)) => (name, true),
            None => (word.as_str(), false),
        };
        let value = kept.next_if(|value| {
            !has_value && name.starts_with("--") && !value.starts_with('-') && value != "stdio"
        });
        let is_new = given.iter().any(|words| words.first().is_some_and(|given| *given == name));
        if word != "stdio" && !name.starts_with("--sandbox") && !is_new {
            args.push(word);
            args.extend(value);
        }
    }
    args.extend(given.concat());
    args
}

/// The flags of this call that a host must give too. Tokens and the location are variables.
fn given(flags: &Flags) -> Vec<Vec<String>> {
    let mut given = Vec::new();
    let file = flags.accounts.as_ref().map(|path| {
        let absolute = std::path::absolute(path).ok().and_then(|path| path.to_str().map(str::to_owned));
        absolute.unwrap_or_else(|| path.clone())
    });
    for (name, value) in [
        ("--accounts", file.as_ref()),
        ("--account", flags.account.as_ref()),
        ("--base-url", flags.base_url.as_ref()),
        ("--dialect", flags.dialect.as_ref()),
        ("--upsert", flags.upsert.as_ref()),
        ("--country", flags.country.as_ref()),
        ("--toolsets", flags.toolsets.as_ref()),
        ("--sandbox-dialect", flags.sandbox_dialect.as_ref()),
    ] {
        given.extend(value.map(|value| vec![name.to_owned(), value.clone()]));
    }
    for (name, on) in [("--read-only", flags.read_only), ("--sandbox", flags.sandbox)] {
        given.extend(on.then(|| vec![name.to_owned()]));
    }
    given
}

/// What an entry gives to this program, without what its launcher needs.
fn of_entry(entry: &Entry) -> Vec<String> {
    let direct = Entry { args: Vec::new(), ..entry.clone() };
    if direct.starts_us() {
        return entry.args.clone();
    }
    let ours = |word: &String| Entry { args: vec![word.clone()], ..entry.clone() }.starts_us();
    let at = entry.args.iter().rposition(ours).map_or(0, |at| at + 1);
    entry.args.iter().skip(at).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::cli::hosts::HOSTS;

    fn entry(words: &str) -> Entry {
        let mut words = words.split(' ').map(str::to_owned);
        let (host, command) = (&HOSTS[0], words.next().unwrap());
        let (file, env) = (PathBuf::new(), BTreeMap::new());
        Entry { host, file, project: None, name: "x".to_owned(), command, args: words.collect(), env }
    }

    #[test]
    fn an_entry_keeps_its_own_flags_and_leaves_the_sandbox() {
        let none = Flags::default();
        let flags = Flags { read_only: true, country: Some("UK".to_owned()), ..Flags::default() };
        let sandbox = Flags { sandbox: true, ..Flags::default() };
        for (there, flags, expected) in [
            (None, &none, "stdio"),
            (None, &flags, "stdio --country UK --read-only"),
            (None, &sandbox, "stdio --sandbox"),
            (Some("/x/ghl-contacts-mcp"), &none, "stdio"),
            (Some("/x/ghl-contacts-mcp stdio --sandbox"), &none, "stdio"),
            (
                Some("/x/ghl-contacts-mcp --sandbox-dialect recipe --read-only stdio"),
                &none,
                "stdio --read-only",
            ),
            (Some("/x/ghl-contacts-mcp --sandbox-dialect=recipe"), &none, "stdio"),
            (
                Some("/x/ghl-contacts-mcp stdio --country=US --log debug"),
                &flags,
                "stdio --log debug --country UK --read-only",
            ),
            (Some("/x/ghl-contacts-mcp stdio --country US"), &sandbox, "stdio --country US --sandbox"),
            (Some("npx -y ghl-contacts-mcp@1 stdio --toolsets all"), &none, "stdio --toolsets all"),
            (
                Some("docker run -i --rm ghcr.io/x/ghl-contacts-mcp:1 stdio --read-only"),
                &none,
                "stdio --read-only",
            ),
        ] {
            assert_eq!(own_args(flags, there.map(entry).as_ref()).join(" "), expected, "{there:?}");
        }
    }
}
