//! The resource that tokens are for: this server, as clients address it.

use url::Url;

/// The well-known path of a resource's metadata (RFC 9728).
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// This server as clients address it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Scheme, host and port.
    origin: String,
    /// The path in front of `/mcp`, without its last slash; mostly empty.
    base: String,
    /// The audiences that were given instead.
    audiences: Vec<String>,
}

impl Resource {
    /// The server at `public_url`, which may end in `/mcp`. With `audiences`, tokens must be for one of these instead.
    #[must_use]
    pub fn new(public_url: &Url, audiences: Vec<String>) -> Self {
        let base = public_url.path().trim_end_matches('/');
        let base = base.strip_suffix("/mcp").unwrap_or(base).trim_end_matches('/');
        Self { origin: public_url.origin().ascii_serialization(), base: base.to_owned(), audiences }
    }

    /// The identifier of the server.
    #[must_use]
    pub fn root(&self) -> String {
        format!("{}{}", self.origin, self.base)
    }

    /// The identifier of `/mcp`: the address that people give to a client.
    #[must_use]
    pub fn mcp(&self) -> String {
        format!("{}/mcp", self.root())
    }

    /// What tokens must be for, where it is not the address.
    #[must_use]
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// The address of the metadata of [`Self::root`].
    #[must_use]
    pub fn root_metadata(&self) -> String {
        format!("{}{WELL_KNOWN}{}", self.origin, self.base)
    }

    /// The address of the metadata of [`Self::mcp`].
    #[must_use]
    pub fn mcp_metadata(&self) -> String {
        format!("{}/mcp", self.root_metadata())
    }

    /// The identifier whose metadata is at this path, if there is one. A proxy may take the base off the path.
    #[must_use]
    pub fn described_at(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(WELL_KNOWN)?;
        let rest = rest.strip_prefix(self.base.as_str()).unwrap_or(rest);
        match rest {
            "" | "/" => Some(self.root()),
            "/mcp" | "/mcp/" => Some(self.mcp()),
            _ => None,
        }
    }

    /// Whether a token for this audience is for this server.
    pub(crate) fn is_for(&self, audience: &str) -> bool {
        if !self.audiences.is_empty() {
            return self.audiences.iter().any(|known| known == audience);
        }
        let one = |identifier: &str| audience.strip_suffix('/').unwrap_or(audience) == identifier;
        one(&self.root()) || one(&self.mcp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(url: &str) -> Resource {
        Resource::new(&url.parse().unwrap(), Vec::new())
    }

    #[test]
    fn the_forms_of_one_address_are_one_resource() {
        for url in [
            "https://crm.example.com",
            "https://CRM.example.com:443/",
            "https://crm.example.com/mcp",
            "https://crm.example.com/mcp/",
        ] {
            let resource = resource(url);
            assert_eq!(resource.root(), "https://crm.example.com");
            assert_eq!(resource.mcp(), "https://crm.example.com/mcp");
        }
        let based = resource("https://example.com/crm/");
        assert_eq!(based.mcp(), "https://example.com/crm/mcp");
        assert_eq!(based.mcp_metadata(), "https://example.com/.well-known/oauth-protected-resource/crm/mcp");
        assert_eq!(based.root_metadata(), "https://example.com/.well-known/oauth-protected-resource/crm");
    }

    #[test]
    fn an_audience_is_this_server_or_another_one() {
        let one = resource("https://crm.example.com");
        for audience in [
            "https://crm.example.com",
            "https://crm.example.com/",
            "https://crm.example.com/mcp",
            "https://crm.example.com/mcp/",
        ] {
            assert!(one.is_for(audience), "{audience}");
        }
        for audience in [
            "",
            "https://crm.example.com//",
            "https://crm.example.com/mcp/more",
            "https://crm.example.com.evil.example",
            "http://crm.example.com",
            "https://crm.example.com:8443",
            "https://crm.example.com/sse",
            "HTTPS://CRM.EXAMPLE.COM",
            "crm.example.com",
        ] {
            assert!(!one.is_for(audience), "{audience}");
        }
        let other = Resource::new(&"https://crm.example.com".parse().unwrap(), vec!["api://crm".to_owned()]);
        assert!(
            other.is_for("api://crm")
                && !other.is_for("api://crm/")
                && !other.is_for("https://crm.example.com")
        );
    }

    #[test]
    fn metadata_is_where_clients_look_for_it() {
        let at = |url: &str, path: &str| resource(url).described_at(path);
        let (root, mcp) = ("https://crm.example.com", "https://crm.example.com/mcp");
        assert_eq!(at(root, "/.well-known/oauth-protected-resource").as_deref(), Some(root));
        assert_eq!(at(root, "/.well-known/oauth-protected-resource/mcp").as_deref(), Some(mcp));
        for none in ["/sse", "/x", "/mcp/mcp", "mcp", "//mcp"] {
            assert_eq!(at(root, &format!("/.well-known/oauth-protected-resource{none}")), None, "{none}");
        }
        assert_eq!(at(root, "/.well-known/oauth-authorization-server"), None);
        let based = "https://example.com/crm";
        for path in
            ["/.well-known/oauth-protected-resource/crm/mcp", "/.well-known/oauth-protected-resource/mcp"]
        {
            assert_eq!(at(based, path).as_deref(), Some("https://example.com/crm/mcp"));
        }
        assert_eq!(at(based, "/.well-known/oauth-protected-resource/crm").as_deref(), Some(based));
        assert_eq!(at(based, "/.well-known/oauth-protected-resource/other/mcp"), None);
    }
}
