//! The variables of this program, by name. A name with a mistake in it would be ignored: an agent that was to read only
//! would write, and a list of tokens would not be asked for.

use std::collections::HashMap;

use crate::config::environment::Environment;
use crate::config::error::ConfigError;

/// Every variable that a setting reads.
const NAMES: [&str; 39] = [
    "GHL_ACCOUNT",
    "GHL_ACCOUNTS",
    "GHL_API_KEY",
    "GHL_AUDIT_KEY",
    "GHL_AUDIT_KEY_FILE",
    "GHL_BASE_URL",
    "GHL_CLIENT_ID",
    "GHL_CLIENT_SECRET",
    "GHL_CLIENT_SECRET_FILE",
    "GHL_COUNTRY",
    "GHL_DIALECT",
    "GHL_LOCATION_ID",
    "GHL_LOG",
    "GHL_LOG_FORMAT",
    "GHL_MCP_ALLOWED_HOSTS",
    "GHL_MCP_ALLOWED_ORIGINS",
    "GHL_MCP_LISTEN",
    "GHL_MCP_NO_LEGACY_SSE",
    "GHL_MCP_OAUTH_AUDIENCE",
    "GHL_MCP_OAUTH_CLIENT_ID",
    "GHL_MCP_OAUTH_CLIENT_SECRET",
    "GHL_MCP_OAUTH_CLIENT_SECRET_FILE",
    "GHL_MCP_OAUTH_INTROSPECTION",
    "GHL_MCP_OAUTH_ISSUER",
    "GHL_MCP_OAUTH_SCOPES",
    "GHL_MCP_PUBLIC_URL",
    "GHL_MCP_TOKENS",
    "GHL_MCP_TOKENS_FILE",
    "GHL_PIT_TOKEN",
    "GHL_PIT_TOKEN_FILE",
    "GHL_READ_ONLY",
    "GHL_SANDBOX",
    "GHL_STORE",
    "GHL_STORE_FILE",
    "GHL_STORE_KEY",
    "GHL_STORE_KEY_FILE",
    "GHL_TOKEN_STORE",
    "GHL_TOOLSETS",
    "GHL_UPSERT",
];

/// Refuses a variable of this program whose value is not Unicode text, and one whose name differs from a setting's name in
/// case, in `_` or in an S at the end of a word only. An accounts file may name variables of its own for tokens and keys.
pub(crate) fn check(accounts: bool, environment: &dyn Environment) -> Result<(), ConfigError> {
    let known: HashMap<_, _> = NAMES.into_iter().map(|name| (plain(name), name)).collect();
    for name in environment.names() {
        let Some(meant) = known.get(&plain(&name)) else { continue };
        if NAMES.contains(&&*name) {
            if !environment.is_text(&name) {
                return Err(ConfigError::new(name, "is not Unicode text"));
            }
        } else if !(accounts && ["TOKEN", "KEY"].iter().any(|word| meant.contains(word))) {
            return Err(ConfigError::new(
                name,
                format!("is not a setting, {meant} is: rename it, or unset it"),
            ));
        }
    }
    Ok(())
}

fn plain(name: &str) -> String {
    name.to_ascii_uppercase().split(['_', '-']).map(|word| word.trim_end_matches('S')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str);

    impl Environment for Named {
        fn get(&self, name: &str) -> Option<String> {
            (name == self.0).then(|| "x".to_owned())
        }

        fn names(&self) -> Vec<String> {
            vec![self.0.to_owned()]
        }
    }

    #[test]
    fn a_name_that_is_nearly_a_setting_is_refused_and_others_are_not() {
        for (name, meant) in [
            ("GHL_READONLY", "GHL_READ_ONLY"),
            ("ghl_read_only", "GHL_READ_ONLY"),
            ("GHL-READ-ONLY", "GHL_READ_ONLY"),
            ("GHL_MCP_TOKEN", "GHL_MCP_TOKENS"),
            ("GHL_MCP_TOKEN_FILE", "GHL_MCP_TOKENS_FILE"),
            ("GHL_MCP_ALLOWED_HOST", "GHL_MCP_ALLOWED_HOSTS"),
            ("GHL_MCPTOKENS", "GHL_MCP_TOKENS"),
            ("GHL_MCP_OAUTH_ISSUERS", "GHL_MCP_OAUTH_ISSUER"),
            ("GHL_MCP_OAUTH_SCOPE", "GHL_MCP_OAUTH_SCOPES"),
            ("GHL_MCP_PUBLICURL", "GHL_MCP_PUBLIC_URL"),
            ("GHL_LOCATIONID", "GHL_LOCATION_ID"),
        ] {
            let error = check(false, &Named(name)).unwrap_err().to_string();
            assert_eq!(error, format!("{name}: is not a setting, {meant} is: rename it, or unset it"));
        }
        for name in
            ["GHL_AGENCY", "SALES_GHL_TOKEN", "GHL_PIT_TOKEN_2", "PATH", "GHL_ACCOUNT", "GHL_ACCOUNTS"]
        {
            assert_eq!(check(false, &Named(name)), Ok(()), "{name}");
        }
        assert_eq!(check(true, &Named("GHL_MCP_TOKEN")), Ok(()), "a variable of an accounts file");
        assert!(check(true, &Named("GHL_READONLY")).is_err());
    }
}
