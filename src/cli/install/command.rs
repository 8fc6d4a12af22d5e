//! The command by which a host starts this program.

use std::path::{Path, PathBuf};

use crate::config::{Home, Os};

/// A command, and what a person should know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) program: String,
    /// Arguments before those of this program.
    pub(crate) args: Vec<String>,
    pub(crate) note: Option<String>,
}

/// The name of this program's packages.
const PACKAGE: &str = env!("CARGO_PKG_NAME");

impl Command {
    /// `--command`: words between blanks, with quotes around those that have some.
    pub(crate) fn given(text: &str) -> Result<Self, String> {
        let mut words = words(text)?.into_iter();
        let program = words.next().ok_or("names no program")?;
        let own = "Docker gives a container neither variables nor files of itself: name them by -e and -v in --command";
        let is_container = ["docker", "podman"].iter().any(|name| Path::new(&program).ends_with(name));
        Ok(Self { program, args: words.collect(), note: is_container.then(|| own.to_owned()) })
    }

    /// This program, by a path that an update does not change. `called` is the name by which it was started.
    pub(crate) fn of_this(home: &Home, called: &Path, this: &Path) -> Result<Self, String> {
        let within = |folder: &str| this.components().any(|part| part.as_os_str() == folder);
        let started = |program: &str, args: &[&str]| {
            let note = format!(
                "It was started by {program}, which may delete its copy at any time; so the host starts it by {program} too"
            );
            let args = args.iter().map(|word| (*word).to_owned()).collect();
            Ok(Self { program: program.to_owned(), args, note: Some(note) })
        };
        if within("_npx") {
            // Windows finds `npx`, which is a script there, by its shell only.
            return match home.os {
                Os::Windows => started("cmd", &["/c", "npx", "-y", PACKAGE]),
                _ => started("npx", &["-y", PACKAGE]),
            };
        }
        if within("archive-v0") {
            return started("uvx", &[PACKAGE]);
        }
        let path = stable(home, called, this);
        let program = path.to_str().ok_or("the path of this program is not Unicode text; see --command")?;
        Ok(Self { program: program.to_owned(), args: Vec::new(), note: None })
    }
}

/// The path by which it was called, where that leads here: package managers link to the newest version.
fn stable(home: &Home, called: &Path, this: &Path) -> PathBuf {
    let leads_here = |path: &Path| match (path.canonicalize(), this.canonicalize()) {
        (Ok(path), Ok(this)) => path == this,
        _ => false,
    };
    if called.is_absolute() && leads_here(called) {
        return called.to_owned();
    }
    if called.components().count() == 1 {
        let name = if home.os == Os::Windows { called.with_extension("exe") } else { called.to_owned() };
        let found = home.path.iter().map(|folder| folder.join(&name)).find(|path| path.exists());
        // The first of that name is what a shell starts.
        if let Some(found) = found.filter(|path| leads_here(path)) {
            return found;
        }
    }
    this.to_owned()
}

/// Words as a shell divides them. A backslash is no escape: paths of Windows have some.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("has a quote without its end".to_owned());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_divided_as_a_shell_divides_it() {
        for (text, expected) in [
            ("npx -y ghl-contacts-mcp", &["npx", "-y", "ghl-contacts-mcp"][..]),
            ("  uvx\tx  ", &["uvx", "x"]),
            (r#""C:\Program Files\ghl-contacts-mcp.exe""#, &[r"C:\Program Files\ghl-contacts-mcp.exe"]),
            (r"C:\bin\x.exe a", &[r"C:\bin\x.exe", "a"]),
            (r#"a 'b "c"' d"e f"g """#, &["a", "b \"c\"", "de fg", ""]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
        assert!(words("a 'b").is_err());
        assert_eq!(Command::given(" ").unwrap_err(), "names no program");
        assert!(Command::given("docker run -i x").unwrap().note.is_some());
    }

    struct Nothing;

    impl crate::config::Environment for Nothing {
        fn get(&self, name: &str) -> Option<String> {
            ["HOME", "USERPROFILE"].contains(&name).then(|| "/home/jane".to_owned())
        }
    }

    #[test]
    fn what_npx_and_uvx_start_is_started_by_them_again() {
        let npx = "/home/jane/.npm/_npx/1a2b/node_modules/x/bin/ghl-contacts-mcp";
        for (os, path, program, args) in [
            (Os::Linux, npx, "npx", &["-y", "ghl-contacts-mcp"][..]),
            (Os::Windows, npx, "cmd", &["/c", "npx", "-y", "ghl-contacts-mcp"]),
            (
                Os::Mac,
                "/Users/jane/.cache/uv/archive-v0/ab/bin/ghl-contacts-mcp",
                "uvx",
                &["ghl-contacts-mcp"],
            ),
            (Os::Linux, "/opt/bin/ghl-contacts-mcp", "/opt/bin/ghl-contacts-mcp", &[]),
        ] {
            let home = Home::read(os, &Nothing).unwrap();
            let command = Command::of_this(&home, Path::new("x"), Path::new(path)).unwrap();
            assert_eq!(
                (command.program.as_str(), command.args),
                (program, args.iter().map(|word| (*word).to_owned()).collect())
            );
            assert_eq!(command.note.is_some(), program != path);
        }
    }
}
