//! The codes of failures: stable words that a program may compare.

use std::fmt;

use serde::{Serialize, Serializer};

/// Declares the codes. The comment of a code is its row in docs/errors.md.
macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident $word:literal, $next:literal;)+) => {
        /// The kind of a failure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Code {
            /// Every code, in the order of docs/errors.md.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the answer.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What happened.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($meaning),+).trim_ascii(),)+ }
            }

            /// When the same call may succeed.
            #[must_use]
            pub fn next(self) -> &'static str {
                match self { $(Self::$name => $next,)+ }
            }
        }
    };
}

codes! {
    /// An argument is unknown, missing, or has a value that cannot be used. Nothing was written.
    InvalidArguments "invalid_arguments", "after the argument is corrected";
    /// No contact of the location has this id, e-mail or phone.
    NotFound "not_found", "with another key";
    /// The e-mail belongs to one contact and the phone to another.
    Conflict "conflict", "with `onConflict`, or with one of the two keys";
    /// Several contacts have the same e-mail or phone.
    Ambiguous "ambiguous", "with a contact's id, or after they are merged";
    /// HighLevel refuses a second contact with this key.
    Duplicate "duplicate", "use the contact that exists";
    /// HighLevel refused a value. The message has HighLevel's words.
    Refused "refused", "after the value is corrected";
    /// HighLevel's burst limit is reached.
    RateLimited "rate_limited", "after `retryAfterSeconds`";
    /// HighLevel's limit of the day is reached.
    DailyLimit "daily_limit", "after `retryAfterSeconds`";
    /// This server runs as many calls as it may, and as many wait.
    Busy "busy", "after `retryAfterSeconds`";
    /// HighLevel failed, or answered with an error page.
    Unavailable "unavailable", "after `retryAfterSeconds`, else in a minute";
    /// The call's time was over before HighLevel answered.
    Timeout "timeout", "at once, or with less in one call";
    /// The client cancelled the call.
    Cancelled "cancelled", "if it is still wanted";
    /// The connection broke before the answer was complete.
    ConnectionLost "connection_lost", "after the contact is looked up";
    /// HighLevel answered about another contact or location than it was asked about. Nothing of the answer is used.
    Mismatch "mismatch", "after the contact is looked up";
    /// HighLevel's answer could not be read.
    UnreadableAnswer "unreadable_answer", "after the contact is looked up";
    /// No connection to HighLevel: no such host, refused, too slow, or a certificate that is not trusted.
    Unreachable "unreachable", "after the network or the API address is corrected";
    /// HighLevel answered with a redirect, which is never followed.
    Redirected "redirected", "after the API address is corrected";
    /// A firewall in front of HighLevel refused this machine's address.
    Blocked "blocked", "from another network";
    /// This HighLevel does not have the route.
    Unsupported "unsupported", "after the API address or the dialect is corrected";
    /// No token or no location is configured.
    NotConfigured "not_configured", "after the server is configured";
    /// HighLevel refused the token, or OAuth needs a person.
    Unauthorized "unauthorized", "after the token is replaced";
    /// The token lacks a scope.
    ScopeMissing "scope_missing", "after the scope is added";
    /// The token or the contact belongs to another location.
    WrongLocation "wrong_location", "with the token of that location";
    /// A person has to confirm the call, and the host did not bring an answer.
    ConfirmationNeeded "confirmation_needed", "after the person is asked";
    /// The tool belongs to a toolset that is off.
    ToolsetDisabled "toolset_disabled", "after the toolset is turned on";
    /// The tool writes, and the server is read-only.
    ReadOnly "read_only", "after the server is allowed to write";
    /// The server failed: this is a defect.
    Internal "internal", "after a fix; please report it";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
