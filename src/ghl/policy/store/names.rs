//! The names of keys in the store. What belongs to one group has one hash tag, so that a script finds it on one machine of a
//! cluster.

/// What all names begin with.
const PREFIX: &str = "ghl";

/// The keys that say whether the store is the one that was known, and who uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FleetNames {
    pub(crate) epoch: String,
    pub(crate) replicas: String,
}

impl Default for FleetNames {
    fn default() -> Self {
        Self { epoch: format!("{PREFIX}:{{fleet}}:epoch"), replicas: format!("{PREFIX}:{{fleet}}:replicas") }
    }
}

/// The keys of one quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QuotaNames {
    pub(crate) log: String,
    pub(crate) limits: String,
}

impl QuotaNames {
    /// `group` is an HMAC.
    pub(crate) fn new(group: &str) -> Self {
        Self { log: format!("{PREFIX}:{{{group}}}:log"), limits: format!("{PREFIX}:{{{group}}}:limits") }
    }
}

/// The keys of the locks that one upsert holds, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockNames {
    pub(crate) epoch: String,
    pub(crate) locks: Vec<String>,
    pub(crate) intents: Vec<String>,
}

impl LockNames {
    /// All are HMACs: the location, and the keys of the contact.
    pub(crate) fn new(location: &str, mut keys: Vec<String>) -> Self {
        keys.sort();
        keys.dedup();
        let of =
            |kind: &str| keys.iter().map(|key| format!("{PREFIX}:{{{location}}}:{kind}:{key}")).collect();
        Self { epoch: format!("{PREFIX}:{{{location}}}:epoch"), locks: of("lock"), intents: of("intent") }
    }
}

/// The key of one entry of tokens.
pub(crate) fn entry(app: &str, name: &str) -> String {
    format!("{PREFIX}:{{{app}}}:tokens:{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_one_upsert_are_sorted_and_have_one_hash_tag() {
        let names = LockNames::new("loc", vec!["b".to_owned(), "a".to_owned(), "b".to_owned()]);
        assert_eq!(names.locks, ["ghl:{loc}:lock:a", "ghl:{loc}:lock:b"]);
        assert_eq!(names.intents, ["ghl:{loc}:intent:a", "ghl:{loc}:intent:b"]);
        assert_eq!(names.epoch, "ghl:{loc}:epoch");
    }
}
