//! The paths that are served.

/// What a path does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Mcp,
    Sse,
    Messages,
    Healthz,
    Readyz,
    Metrics,
    /// Where clients sign in. Only if people may.
    Metadata,
}

/// A path that is served.
#[derive(Debug)]
pub(crate) struct Route {
    /// Also the label in the metrics.
    pub(crate) path: &'static str,
    /// The method that a preflight and a 405 name.
    pub(crate) method: &'static str,
    pub(crate) endpoint: Endpoint,
}

/// All paths. Any other path is a plain 404, `/.well-known/*` too: a client that finds something there tries to log in.
const ROUTES: [Route; 6] = [
    Route { path: "/mcp", method: "POST", endpoint: Endpoint::Mcp },
    Route { path: "/sse", method: "GET", endpoint: Endpoint::Sse },
    Route { path: "/messages", method: "POST", endpoint: Endpoint::Messages },
    Route { path: "/healthz", method: "GET", endpoint: Endpoint::Healthz },
    Route { path: "/readyz", method: "GET", endpoint: Endpoint::Readyz },
    Route { path: "/metrics", method: "GET", endpoint: Endpoint::Metrics },
];

/// The paths of the metadata, where people may sign in.
pub(crate) const METADATA: Route =
    Route { path: "/.well-known/oauth-protected-resource", method: "GET", endpoint: Endpoint::Metadata };

impl Route {
    pub(crate) fn find(path: &str, legacy_sse: bool) -> Option<&'static Self> {
        let path = if path == "/mcp/" { "/mcp" } else { path };
        let route = ROUTES.iter().find(|route| route.path == path)?;
        let is_legacy = matches!(route.endpoint, Endpoint::Sse | Endpoint::Messages);
        (legacy_sse || !is_legacy).then_some(route)
    }
}
