//! The flags, as clap reads them. No flag takes a secret: argv is public.
#![expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]

use clap::Args;

/// Settings that every subcommand shares.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// The sub-account [env: GHL_LOCATION_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub location_id: Option<String>,

    /// The file that `login` keeps an app's OAuth tokens in [env: GHL_TOKEN_STORE]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_store: Option<String>,

    /// A TOML file of several accounts: tokens, and the locations that each may use [env: GHL_ACCOUNTS]
    #[arg(long, global = true, value_name = "FILE")]
    pub accounts: Option<String>,

    /// Which of them stdin and stdout serve [env: GHL_ACCOUNT]
    #[arg(long, global = true, value_name = "NAME")]
    pub account: Option<String>,

    /// HighLevel's address, or a stand-in's: https, or http on this machine [env: GHL_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,

    /// auto, current or recipe [env: GHL_DIALECT]
    #[arg(long, global = true, value_name = "WORD")]
    pub dialect: Option<String>,

    /// safe (look up, compare, verify) or native (HighLevel's own, one request) [env: GHL_UPSERT]
    #[arg(long, global = true, value_name = "WORD")]
    pub upsert: Option<String>,

    /// Country of phones written without its code, two letters; else the location's own [env: GHL_COUNTRY]
    #[arg(long, global = true, value_name = "CC")]
    pub country: Option<String>,

    /// contacts, or all; comma-separated [env: GHL_TOOLSETS]
    #[arg(long, global = true, value_name = "LIST")]
    pub toolsets: Option<String>,

    /// Hide and refuse every tool that writes [env: GHL_READ_ONLY]
    #[arg(long, global = true)]
    pub read_only: bool,

    /// Work against the built-in sandbox: no account needed, nothing leaves this machine [env: GHL_SANDBOX]
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// What the sandbox speaks: current or recipe (implies --sandbox)
    #[arg(long, global = true, value_name = "WORD")]
    pub sandbox_dialect: Option<String>,

    /// What is logged to stderr: error, warn, info, debug, or module=level [env: GHL_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,

    /// text or json [env: GHL_LOG_FORMAT]
    #[arg(long, global = true, value_name = "WORD")]
    pub log_format: Option<String>,
}
