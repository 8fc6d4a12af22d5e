//! The flags, as clap reads them. No flag takes a secret, since other users of the machine can see the command line.
#![expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]

use clap::Args;

/// Settings that all subcommands share.
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// The sub-account (location): its id, or the address of its dashboard [env: GHL_LOCATION_ID]
    #[arg(long, global = true, value_name = "ID")]
    pub location_id: Option<String>,

    /// The file in which `login` stores the OAuth tokens of an app; with --store it only gives the first ones [env: GHL_TOKEN_STORE]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_store: Option<String>,

    /// A Redis server that several processes share, so that they keep one quota, create no contact twice and renew tokens once: redis://HOST:PORT, or rediss:// for TLS [env: GHL_STORE, GHL_STORE_FILE]
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,

    /// A TOML file of several accounts: their tokens, and the locations that each may use [env: GHL_ACCOUNTS]
    #[arg(long, global = true, value_name = "FILE")]
    pub accounts: Option<String>,

    /// The account of that file to serve on stdin and stdout [env: GHL_ACCOUNT]
    #[arg(long, global = true, value_name = "NAME")]
    pub account: Option<String>,

    /// The address of HighLevel's API or of a test server: https, or http for a loopback address [env: GHL_BASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,

    /// Which of HighLevel's APIs to use: auto, current or recipe [env: GHL_DIALECT]
    #[arg(long, global = true, value_name = "WORD")]
    pub dialect: Option<String>,

    /// How to upsert: safe (look up, compare, verify) or native (HighLevel's own upsert, one request) [env: GHL_UPSERT]
    #[arg(long, global = true, value_name = "WORD")]
    pub upsert: Option<String>,

    /// The country of phone numbers without a country code: a name or an ISO code, as `Spain`, `ES` or `ESP`; default: the location's country [env: GHL_COUNTRY]
    #[arg(long, global = true, value_name = "COUNTRY")]
    pub country: Option<String>,

    /// contacts, bulk, manage, activity, or all; comma-separated [env: GHL_TOOLSETS]
    #[arg(long, global = true, value_name = "LIST")]
    pub toolsets: Option<String>,

    /// Hide and refuse every tool that writes [env: GHL_READ_ONLY]
    #[arg(long, global = true)]
    pub read_only: bool,

    /// Use the built-in sandbox: needs no account, sends nothing to other machines [env: GHL_SANDBOX]
    #[arg(long, global = true)]
    pub sandbox: bool,

    /// The API that the sandbox simulates: current or recipe (implies --sandbox)
    #[arg(long, global = true, value_name = "WORD")]
    pub sandbox_dialect: Option<String>,

    /// What to log on stderr: error, warn, info, debug, or module=level [env: GHL_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,

    /// A file that holds the key of the hashes of e-mails in the log, which then stay the same after a restart; default: a
    /// random key [env: GHL_AUDIT_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub audit_key_file: Option<String>,

    /// The format of log lines: text or json [env: GHL_LOG_FORMAT]
    #[arg(long, global = true, value_name = "WORD")]
    pub log_format: Option<String>,
}
