//! What clients are told about signing in: the metadata of the resource (RFC 9728), and the header with which a request is
//! refused (RFC 6750).

use hyper::StatusCode;
use hyper::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::json;

use crate::serve::http::response::{HttpResponse, text_response, with_header};
use crate::sign_in::Settings;

/// Why a request is refused that may carry a token of the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no token, or none in the form of a bearer token.
    Unauthorized { presented: bool },
    /// The token is no valid one, for this reason.
    Invalid(&'static str),
    /// The token does not allow to read, or to write.
    Scope { write: bool },
    /// The token is valid, and no account is for its person.
    NoAccount,
    /// Two accounts are for its person.
    Ambiguous,
    /// Whether the token is valid cannot be found out now.
    Unavailable,
    /// The person has too many requests under way.
    TooMany,
}

/// The path that refuses a request, by which a client looks for metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Mcp,
    /// `/sse` and `/messages`, which have no metadata of their own.
    Sse,
}

/// The words of one resource.
#[derive(Debug)]
pub(crate) struct Challenges {
    issuers: Vec<String>,
    root_metadata: String,
    mcp_metadata: String,
    read: String,
    /// Empty if no tool that writes is served.
    write: Option<String>,
}

impl Challenges {
    /// `writes` says whether any account may write.
    pub(crate) fn new(settings: &Settings, writes: bool) -> Self {
        let (scopes, resource) = (&settings.scopes, &settings.resource);
        Self {
            issuers: settings.issuers.iter().map(|issuer| issuer.text.clone()).collect(),
            root_metadata: resource.root_metadata(),
            mcp_metadata: resource.mcp_metadata(),
            read: scopes.read.clone(),
            write: Some(scopes.write.clone()).filter(|write| writes && *write != scopes.read),
        }
    }

    /// The metadata of the resource with this identifier.
    pub(crate) fn metadata(&self, resource: &str) -> String {
        let scopes: Vec<_> = std::iter::once(&self.read).chain(&self.write).collect();
        json!({
            "resource": resource,
            "authorization_servers": self.issuers,
            "scopes_supported": scopes,
            "bearer_methods_supported": ["header"],
            "resource_name": "HighLevel contacts",
        })
        .to_string()
    }

    /// The response to a request that is refused at this path.
    pub(crate) fn response(&self, refused: Refused, place: Place) -> HttpResponse {
        let all = self.scope(true);
        match refused {
            Refused::Unauthorized { presented: false } => {
                let text = "sign in: the header WWW-Authenticate names the metadata that says where";
                self.challenge(StatusCode::UNAUTHORIZED, text, "", &all, place)
            }
            Refused::Unauthorized { presented: true } => {
                let text = "a bearer token is needed: Authorization: Bearer <token>";
                self.invalid(text, &all, place)
            }
            Refused::Invalid(reason) => self.invalid(reason, &all, place),
            Refused::Scope { write } => {
                let scope = self.scope(write);
                let text = format!("the token does not allow this; the scope that is needed: {scope}");
                self.challenge(StatusCode::FORBIDDEN, &text, r#"error="insufficient_scope", "#, &scope, place)
            }
            Refused::NoAccount => text_response(
                StatusCode::FORBIDDEN,
                "the sign-in is valid, but no account of this server is for it: ask the administrator of this server to \
                 add your subject, e-mail or group to an account",
            ),
            Refused::Ambiguous => text_response(
                StatusCode::FORBIDDEN,
                "the sign-in is valid, but two accounts of this server are for it: ask the administrator of this server, \
                 whose log names them",
            ),
            Refused::Unavailable => {
                let text = "the authorization server does not answer, so the token cannot be checked: try again later";
                with_header(text_response(StatusCode::SERVICE_UNAVAILABLE, text), RETRY_AFTER, "5")
            }
            Refused::TooMany => {
                let text = "too many of your requests are under way: wait for some of them";
                with_header(text_response(StatusCode::TOO_MANY_REQUESTS, text), RETRY_AFTER, "5")
            }
        }
    }

    fn invalid(&self, reason: &str, scope: &str, place: Place) -> HttpResponse {
        let error = format!(r#"error="invalid_token", error_description="{reason}", "#);
        self.challenge(StatusCode::UNAUTHORIZED, reason, &error, scope, place)
    }

    fn challenge(
        &self,
        status: StatusCode,
        text: &str,
        error: &str,
        scope: &str,
        place: Place,
    ) -> HttpResponse {
        let metadata = match place {
            Place::Mcp => &self.mcp_metadata,
            Place::Sse => &self.root_metadata,
        };
        // Neither an address nor a scope can have a quotation mark or a backslash, so nothing is escaped.
        let header = format!(r#"Bearer {error}resource_metadata="{metadata}", scope="{scope}""#);
        with_header(text_response(status, text), WWW_AUTHENTICATE, header)
    }

    /// The scopes that a token needs to read, or to write. A client asks for these and for no others, so the one of reading
    /// is always among them.
    fn scope(&self, write: bool) -> String {
        match &self.write {
            Some(name) if write => format!("{} {name}", self.read),
            _ => self.read.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::WWW_AUTHENTICATE;
    use proptest::prelude::*;

    use super::*;
    use crate::sign_in::{IssuerUrl, Resource, ScopeNames};

    fn challenges(url: &str, read: &str, writes: bool) -> Option<Challenges> {
        let url: url::Url = url.parse().ok()?;
        let issuer = IssuerUrl { text: "https://login.example.com".to_owned(), url: url.clone() };
        let scopes = ScopeNames::parse(&format!("read={read}")).ok()?;
        let resource = Resource::new(&url, Vec::new());
        Some(Challenges::new(
            &Settings { issuers: vec![issuer], resource, scopes, introspection: None },
            writes,
        ))
    }

    fn header(challenges: &Challenges, refused: Refused, place: Place) -> String {
        let response = challenges.response(refused, place);
        response.headers().get(WWW_AUTHENTICATE).map_or("", |value| value.to_str().unwrap()).to_owned()
    }

    #[test]
    fn the_header_says_where_to_sign_in_for_what_and_what_was_wrong() {
        let words = challenges("https://crm.example.com", "contacts:read", true).unwrap();
        let said = |refused, place| header(&words, refused, place);
        insta::assert_snapshot!(said(Refused::Unauthorized { presented: false }, Place::Mcp), @r#"Bearer resource_metadata="https://crm.example.com/.well-known/oauth-protected-resource/mcp", scope="contacts:read contacts:write""#);
        insta::assert_snapshot!(said(Refused::Invalid("the token has expired"), Place::Sse), @r#"Bearer error="invalid_token", error_description="the token has expired", resource_metadata="https://crm.example.com/.well-known/oauth-protected-resource", scope="contacts:read contacts:write""#);
        insta::assert_snapshot!(said(Refused::Scope { write: false }, Place::Mcp), @r#"Bearer error="insufficient_scope", resource_metadata="https://crm.example.com/.well-known/oauth-protected-resource/mcp", scope="contacts:read""#);
        assert!(
            said(Refused::Scope { write: true }, Place::Mcp)
                .ends_with(r#"scope="contacts:read contacts:write""#)
        );
        for refused in [Refused::NoAccount, Refused::Ambiguous, Refused::Unavailable, Refused::TooMany] {
            assert_eq!(said(refused, Place::Mcp), "", "a client that signs in again gets no further");
        }
    }

    #[test]
    fn a_server_that_only_reads_asks_for_no_scope_of_writing() {
        let words = challenges("https://crm.example.com", "contacts:read", false).unwrap();
        assert!(!header(&words, Refused::Unauthorized { presented: false }, Place::Mcp).contains("write"));
        assert!(!words.metadata("https://crm.example.com").contains("contacts:write"));
    }

    proptest! {
        #[test]
        fn the_parts_of_the_header_can_be_read_back(path in "/[ -~]{0,20}", scope in "[!-~]{1,20}") {
            if let Some(words) = challenges(&format!("https://crm.example.com{path}"), &scope, true) {
                let refused = Refused::Invalid("the token has expired");
                let header = header(&words, refused, Place::Mcp);
                let quoted: Vec<_> = header.split('"').collect();
                prop_assert_eq!(quoted.len(), 9, "four quoted values: {}", header);
                prop_assert!(quoted[5].parse::<url::Url>().is_ok());
                prop_assert_eq!(quoted[7].split(' ').next(), Some(words.read.as_str()));
                prop_assert!(!header.contains('\\'));
            }
        }
    }
}
