//! The folders of the person at this machine, in which hosts and this program keep their settings.

use std::path::{Path, PathBuf};

use crate::config::environment::Environment;
use crate::config::error::ConfigError;

/// A family of operating systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// macOS.
    Mac,
    /// Windows.
    Windows,
    /// Linux, and every other Unix.
    Linux,
}

impl Os {
    /// The system that this program was built for.
    #[must_use]
    pub fn this() -> Self {
        match std::env::consts::OS {
            "macos" => Self::Mac,
            "windows" => Self::Windows,
            _ => Self::Linux,
        }
    }
}

/// The folders of a person, by the rules of one system. Tests make one up for each system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The system whose rules apply.
    pub os: Os,
    /// The person's own folder: `~`.
    pub folder: PathBuf,
    /// `%APPDATA%` on Windows.
    pub roaming: PathBuf,
    /// `%LOCALAPPDATA%` on Windows.
    pub local: PathBuf,
    /// `$XDG_CONFIG_HOME`, or `~/.config`.
    pub config: PathBuf,
    /// `$CLAUDE_CONFIG_DIR`, if it is set.
    pub claude: Option<PathBuf>,
    /// `$CODEX_HOME`, or `~/.codex`.
    pub codex: PathBuf,
    /// `$GEMINI_CLI_HOME`, or `~`: the folder of `.gemini`.
    pub gemini: PathBuf,
    /// `$QWEN_HOME`, or `~/.qwen`.
    pub qwen: PathBuf,
    /// The folders of `$PATH`.
    pub path: Vec<PathBuf>,
}

impl Home {
    /// The folders that these variables name, or else the usual ones.
    ///
    /// # Errors
    /// The variable that names the person's own folder is not set.
    pub fn read(os: Os, environment: &dyn Environment) -> Result<Self, ConfigError> {
        let folder_of = |name: &str| environment.get(name).map(|value| PathBuf::from(value.trim()));
        // What a program of Node.js takes, as most hosts are.
        let own = if os == Os::Windows { "USERPROFILE" } else { "HOME" };
        let folder = folder_of(own)
            .ok_or_else(|| ConfigError::new(own, "is not set, so that your own folder is not known"))?;
        let below = |name: &str, usual: &str| folder_of(name).unwrap_or_else(|| folder.join(usual));
        let path = environment.get("PATH").unwrap_or_default();
        Ok(Self {
            os,
            roaming: folder_of("APPDATA").unwrap_or_else(|| folder.join("AppData").join("Roaming")),
            local: folder_of("LOCALAPPDATA").unwrap_or_else(|| folder.join("AppData").join("Local")),
            // A relative path has no meaning there, by the XDG specification.
            config: folder_of("XDG_CONFIG_HOME")
                .filter(|path| path.is_absolute())
                .unwrap_or_else(|| folder.join(".config")),
            claude: folder_of("CLAUDE_CONFIG_DIR"),
            codex: below("CODEX_HOME", ".codex"),
            gemini: folder_of("GEMINI_CLI_HOME").unwrap_or_else(|| folder.clone()),
            qwen: below("QWEN_HOME", ".qwen"),
            path: std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect(),
            folder,
        })
    }

    /// The folder in which programs with a window keep their settings.
    #[must_use]
    pub fn applications(&self) -> PathBuf {
        match self.os {
            Os::Mac => self.folder.join("Library").join("Application Support"),
            Os::Windows => self.roaming.clone(),
            Os::Linux => self.config.clone(),
        }
    }

    /// The folder in which this program keeps what `install` is given.
    #[must_use]
    pub fn own(&self) -> PathBuf {
        self.applications().join(env!("CARGO_PKG_NAME"))
    }

    /// A path as a person reads it: `~` for their own folder.
    #[must_use]
    pub fn shown(&self, path: &Path) -> String {
        match path.strip_prefix(&self.folder) {
            Ok(rest) if self.os != Os::Windows => format!("~/{}", rest.display()),
            _ => path.display().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Variables(BTreeMap<&'static str, &'static str>);

    impl Environment for Variables {
        fn get(&self, name: &str) -> Option<String> {
            self.0.get(name).map(|value| (*value).to_owned())
        }
    }

    fn read(os: Os, variables: &[(&'static str, &'static str)]) -> Result<Home, ConfigError> {
        Home::read(os, &Variables(variables.iter().copied().collect()))
    }

    #[test]
    fn the_folders_of_each_system_are_known_without_further_variables() {
        let of = |os, own| read(os, &[(own, "/home/jane")]).unwrap();
        let own = |os, variable| of(os, variable).own().display().to_string();
        assert_eq!(own(Os::Linux, "HOME"), "/home/jane/.config/ghl-contacts-mcp");
        assert_eq!(own(Os::Mac, "HOME"), "/home/jane/Library/Application Support/ghl-contacts-mcp");
        assert_eq!(own(Os::Windows, "USERPROFILE"), "/home/jane/AppData/Roaming/ghl-contacts-mcp");
        assert_eq!(of(Os::Linux, "HOME").codex, Path::new("/home/jane/.codex"));
        assert_eq!(
            of(Os::Linux, "HOME").shown(Path::new("/home/jane/.cursor/mcp.json")),
            "~/.cursor/mcp.json"
        );
        assert_eq!(of(Os::Linux, "HOME").shown(Path::new("/etc/x")), "/etc/x");
    }

    #[test]
    fn variables_name_other_folders_and_a_missing_home_is_named() {
        let home = read(
            Os::Linux,
            &[
                ("HOME", "/home/jane"),
                ("XDG_CONFIG_HOME", "/etc/jane"),
                ("CODEX_HOME", "/codex"),
                ("QWEN_HOME", "/qwen"),
                ("GEMINI_CLI_HOME", "/gemini"),
                ("CLAUDE_CONFIG_DIR", "/claude"),
                ("PATH", "/usr/bin:bin::/opt/bin"),
            ],
        )
        .unwrap();
        assert_eq!(home.own(), Path::new("/etc/jane/ghl-contacts-mcp"));
        assert_eq!((home.codex.to_str(), home.qwen.to_str()), (Some("/codex"), Some("/qwen")));
        assert_eq!((home.gemini.to_str(), home.claude.unwrap().to_str()), (Some("/gemini"), Some("/claude")));
        assert_eq!(home.path, [Path::new("/usr/bin"), Path::new("/opt/bin")]);
        let relative = read(Os::Linux, &[("HOME", "/home/jane"), ("XDG_CONFIG_HOME", "jane")]).unwrap();
        assert_eq!(relative.config, Path::new("/home/jane/.config"));
        let missing = read(Os::Windows, &[("HOME", "/home/jane")]).unwrap_err().to_string();
        assert_eq!(missing, "USERPROFILE: is not set, so that your own folder is not known");
    }
}
