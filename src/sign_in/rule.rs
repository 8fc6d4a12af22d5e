//! Which people an account is for.

use crate::sign_in::person::Person;

/// Which people an account is for: of each list that is not empty, one entry must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Authorization servers; empty for all of the server's.
    pub issuers: Vec<String>,
    /// Subjects.
    pub subjects: Vec<String>,
    /// E-mails, which count only if the authorization server has verified them.
    pub emails: Vec<String>,
    /// Groups or roles.
    pub groups: Vec<String>,
    /// Clients that act for people, or programs.
    pub clients: Vec<String>,
}

impl Rule {
    /// Whether it names no person: an issuer alone does not.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.subjects, &self.emails, &self.groups, &self.clients].into_iter().all(Vec::is_empty)
    }

    /// Whether the account is for this person.
    #[must_use]
    pub fn matches(&self, person: &Person) -> bool {
        let holds = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|one| one == value))
        };
        let is_email = |one: &String| {
            person.email.as_deref().is_some_and(|email| one.to_lowercase() == email.trim().to_lowercase())
        };
        !self.is_empty()
            && holds(&self.issuers, Some(&person.issuer))
            && holds(&self.subjects, Some(&person.subject))
            && holds(&self.clients, person.client.as_deref())
            && (self.emails.is_empty() || self.emails.iter().any(is_email))
            && (self.groups.is_empty() || self.groups.iter().any(|group| person.groups.contains(group)))
    }

    /// Whether it can be seen without a person that both are for one: all that one asks for, the other asks for, too.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let pairs = [
            (&self.subjects, &other.subjects),
            (&self.emails, &other.emails),
            (&self.groups, &other.groups),
            (&self.clients, &other.clients),
        ];
        let shared = |(one, other): &(&Vec<String>, &Vec<String>)| {
            one.is_empty() || other.is_empty() || one.iter().any(|entry| other.contains(entry))
        };
        let within = |(one, other): &(&Vec<String>, &Vec<String>)| one.is_empty() || !other.is_empty();
        let (mine, theirs) =
            (pairs.iter().all(within), pairs.iter().all(|(one, other)| within(&(*other, *one))));
        !self.is_empty()
            && !other.is_empty()
            && shared(&(&self.issuers, &other.issuers))
            && pairs.iter().all(shared)
            && (mine || theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::scopes::Powers;

    fn list(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|&entry| entry.to_owned()).collect()
    }

    fn jane() -> Person {
        Person {
            issuer: "https://login.example.com".to_owned(),
            subject: "jane".to_owned(),
            client: Some("claude".to_owned()),
            email: Some("Jane@Example.com".to_owned()),
            groups: list(&["sales", "office"]),
            powers: Powers::Write,
        }
    }

    #[test]
    fn of_each_list_one_entry_must_match() {
        let rules = [
            (Rule { subjects: list(&["joe", "jane"]), ..Rule::default() }, true),
            (Rule { subjects: list(&["Jane"]), ..Rule::default() }, false),
            (Rule { emails: list(&["jane@example.com"]), ..Rule::default() }, true),
            (Rule { groups: list(&["support", "sales"]), ..Rule::default() }, true),
            (Rule { groups: list(&["sale"]), ..Rule::default() }, false),
            (Rule { clients: list(&["claude"]), ..Rule::default() }, true),
            (Rule { groups: list(&["sales"]), clients: list(&["chatgpt"]), ..Rule::default() }, false),
            (
                Rule {
                    groups: list(&["sales"]),
                    issuers: list(&["https://login.example.com"]),
                    ..Rule::default()
                },
                true,
            ),
            (
                Rule {
                    groups: list(&["sales"]),
                    issuers: list(&["https://login.example.com/"]),
                    ..Rule::default()
                },
                false,
            ),
            (Rule { issuers: list(&["https://login.example.com"]), ..Rule::default() }, false),
            (Rule::default(), false),
        ];
        for (rule, expected) in rules {
            assert_eq!(rule.matches(&jane()), expected, "{rule:?}");
        }
    }

    #[test]
    fn an_email_that_is_not_verified_and_a_client_that_is_not_named_match_nothing() {
        let person = Person { email: None, client: None, groups: Vec::new(), ..jane() };
        for rule in [
            Rule { emails: list(&["jane@example.com", ""]), ..Rule::default() },
            Rule { clients: list(&["claude", ""]), ..Rule::default() },
            Rule { groups: list(&["sales", ""]), ..Rule::default() },
        ] {
            assert!(!rule.matches(&person), "{rule:?}");
        }
    }

    #[test]
    fn rules_that_one_person_meets_for_certain_overlap() {
        let subject = |name: &str| Rule { subjects: list(&[name, "both"]), ..Rule::default() };
        let one = |kind: &str, name: &str| match kind {
            "subject" => Rule { subjects: list(&[name]), ..Rule::default() },
            "group" => Rule { groups: list(&[name]), ..Rule::default() },
            _ => Rule { emails: list(&[name]), ..Rule::default() },
        };
        assert!(subject("a").overlaps(&subject("b")));
        assert!(one("group", "a").overlaps(&one("group", "a")));
        assert!(!one("group", "a").overlaps(&one("group", "b")));
        // Only a token shows whether this e-mail is in that group.
        assert!(!one("email", "a").overlaps(&one("group", "b")));
        let narrow = Rule { groups: list(&["g"]), ..one("subject", "a") };
        assert!(one("subject", "a").overlaps(&narrow) && narrow.overlaps(&one("group", "g")));
        let here = Rule { issuers: list(&["https://a.example"]), ..one("subject", "a") };
        let there = Rule { issuers: list(&["https://b.example"]), ..one("subject", "a") };
        assert!(!here.overlaps(&there) && here.overlaps(&one("subject", "a")));
        assert!(!Rule::default().overlaps(&one("subject", "a")));
    }
}
