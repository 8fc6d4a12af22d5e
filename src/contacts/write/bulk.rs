//! What the answer of the bulk tag endpoint proves of each contact. A line is proof of success only where it says so and
//! shows the tags, or that they are gone, and where nothing in the answer contradicts it.

use crate::contacts::value::{tag, text};
use crate::ghl::ContactId;
use crate::ghl::model::{BulkAnswer, BulkLine, TagChange};

/// The most characters of HighLevel's words.
const MAX_CHARS: usize = 200;

/// What is known of one contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It has the tags, or it does not have them any more.
    Done(Shown),
    /// HighLevel says that it did not do it, with its words.
    Refused(String),
    /// The answer proves nothing of it. HighLevel's words, if there are any, and what the line shows.
    Unproven(Option<String>, Shown),
}

/// Tags that a line shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The tags that the contact has now, as far as they are shown; none where a line shows only what was taken.
    pub(crate) after: Option<Vec<String>>,
    /// Which of the tags were added, or taken; none where that is not shown.
    pub(crate) changed: Option<Vec<String>>,
}

/// What the answer proves of each of `ids`, of which `tags` were to be changed so.
pub(crate) fn verdicts(
    ids: &[ContactId],
    answer: &BulkAnswer,
    tags: &[String],
    change: TagChange,
) -> Vec<Verdict> {
    let mut all: Vec<Verdict> = ids.iter().map(|id| of_contact(id, answer, tags, change)).collect();
    let not_proven = all.iter().filter(|verdict| !matches!(verdict, Verdict::Done(_))).count();
    // HighLevel counts more failures than it names: one of the successes is none.
    if answer.failed || answer.error_count > not_proven {
        for verdict in &mut all {
            if let Verdict::Done(shown) = verdict {
                *verdict = Verdict::Unproven(None, shown.clone());
            }
        }
    }
    all
}

fn of_contact(id: &ContactId, answer: &BulkAnswer, tags: &[String], change: TagChange) -> Verdict {
    let mut lines = answer.lines.iter().filter(|line| line.contact_id.trim() == id.as_str());
    let Some(first) = lines.next() else {
        return Verdict::Unproven(None, Shown::default());
    };
    let verdict = of_line(first, tags, change);
    let agree = lines
        .all(|line| std::mem::discriminant(&of_line(line, tags, change)) == std::mem::discriminant(&verdict));
    if agree { verdict } else { Verdict::Unproven(None, Shown::default()) }
}

fn of_line(line: &BulkLine, tags: &[String], change: TagChange) -> Verdict {
    let words = line.message.as_deref().map(|words| text::clean_line(words, MAX_CHARS).into_owned());
    let words = words.filter(|words| !words.trim().is_empty());
    let says = |kinds: &[&str]| {
        line.r#type
            .as_deref()
            .is_some_and(|kind| kinds.iter().any(|one| kind.trim().eq_ignore_ascii_case(one)))
    };
    let (shown, is_shown, listed) = match change {
        TagChange::Add => {
            let shown = shown_added(line, tags);
            let has_all = tag::missing(shown.after.as_deref().unwrap_or_default(), tags).is_empty();
            (shown, has_all, &line.tags_added)
        }
        TagChange::Remove => {
            let shown = shown_removed(line, tags);
            let has_none = match (&shown.after, &line.tags_removed) {
                (Some(after), _) => tag::missing(after, tags).len() == tags.len(),
                (None, removed) => tag::missing(removed.as_deref().unwrap_or_default(), tags).is_empty(),
            };
            (shown, has_none, &line.tags_removed)
        }
    };
    if says(&["success"]) && is_shown && !words.as_deref().is_some_and(says_no) {
        return Verdict::Done(shown);
    }
    let shows_a_change = listed.as_ref().is_some_and(|changed| !changed.is_empty());
    if says(&["error", "failed", "failure"]) && !shows_a_change {
        return Verdict::Refused(words.unwrap_or_else(|| "HighLevel refused it".to_owned()));
    }
    Verdict::Unproven(words, shown)
}

fn shown_added(line: &BulkLine, tags: &[String]) -> Shown {
    let mut after = line.tags.clone().unwrap_or_default();
    for more in [&line.old_tags, &line.tags_added].into_iter().flatten() {
        after.extend(tag::missing(&after, more));
    }
    let old = line.old_tags.as_ref().map(|old| tag::missing(old, tags));
    let added = line.tags_added.as_ref().map(|added| tag::shared(added, tags));
    Shown { after: Some(after), changed: added.or(old) }
}

fn shown_removed(line: &BulkLine, tags: &[String]) -> Shown {
    let none = Vec::new();
    let removed = line.tags_removed.as_ref();
    let left = line.old_tags.as_ref().map(|old| tag::missing(removed.unwrap_or(&none), old));
    let old = line.old_tags.as_ref().map(|old| tag::shared(old, tags));
    let taken = removed.map(|removed| tag::shared(removed, tags));
    Shown { after: line.tags.clone().or(left), changed: taken.or(old) }
}

/// Whether HighLevel's words say that something went wrong.
fn says_no(words: &str) -> bool {
    let words = words.to_lowercase();
    let no = [
        "not ",
        "n't",
        "fail",
        "error",
        "invalid",
        "unable",
        "denied",
        "forbidden",
        "cannot",
        "refused",
        "rejected",
    ];
    no.iter().any(|no| words.contains(no))
        || words.split_whitespace().any(|word| word == "no" || word == "not")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(
        id: &str,
        kind: Option<&str>,
        message: Option<&str>,
        old: Option<&[&str]>,
        added: Option<&[&str]>,
    ) -> BulkLine {
        let list = |tags: Option<&[&str]>| tags.map(|tags| tags.iter().map(ToString::to_string).collect());
        BulkLine {
            contact_id: id.to_owned(),
            message: message.map(str::to_owned),
            r#type: kind.map(str::to_owned),
            old_tags: list(old),
            tags_added: list(added),
            ..BulkLine::default()
        }
    }

    /// `tagged`, `refused` or `unproven` for each of the contacts a and b.
    fn of(failed: bool, error_count: usize, lines: Vec<BulkLine>) -> Vec<&'static str> {
        let ids = ["a", "b"].map(|id| id.parse().unwrap());
        let answer = BulkAnswer { failed, error_count, lines };
        let word = |verdict: &Verdict| match verdict {
            Verdict::Done(_) => "tagged",
            Verdict::Refused(_) => "refused",
            Verdict::Unproven(..) => "unproven",
        };
        verdicts(&ids, &answer, &["vip".to_owned()], TagChange::Add).iter().map(word).collect()
    }

    fn good(id: &str) -> BulkLine {
        line(id, Some("success"), Some("Tags updated"), Some(&["old"]), Some(&["VIP"]))
    }

    #[test]
    fn a_line_is_proof_where_it_says_success_and_shows_the_tags() {
        for (kind, message, old, added, verdict) in [
            (Some("success"), None, Some(&["vip"][..]), Some(&[][..]), "tagged"),
            (Some("SUCCESS"), Some("Tags updated"), None, Some(&["vip"][..]), "tagged"),
            (Some("success"), None, Some(&[][..]), Some(&[][..]), "unproven"),
            (Some("success"), None, None, None, "unproven"),
            (Some("success"), Some("Contact not found"), None, Some(&["vip"][..]), "unproven"),
            (Some("success"), Some("Could not add"), Some(&["vip"][..]), None, "unproven"),
            (None, Some("Tags updated"), None, Some(&["vip"][..]), "unproven"),
            (None, Some("Contact not found"), None, None, "unproven"),
            (Some("queued"), None, None, Some(&["vip"][..]), "unproven"),
            (Some("error"), None, None, Some(&["vip"][..]), "unproven"),
            (Some("error"), Some("Contact not found"), Some(&[][..]), Some(&[][..]), "refused"),
            (Some("Error"), None, None, None, "refused"),
        ] {
            let one = line("a", kind, message, old, added);
            assert_eq!(of(false, 0, vec![one.clone(), good("b")]), [verdict, "tagged"], "{one:?}");
        }
    }

    #[test]
    fn a_contact_without_a_line_or_with_two_that_contradict_each_other_is_unproven() {
        let no = line("a", Some("error"), None, None, None);
        assert_eq!(of(false, 0, vec![good("b")]), ["unproven", "tagged"]);
        assert_eq!(of(false, 0, vec![good("a"), no.clone(), good("b")]), ["unproven", "tagged"]);
        assert_eq!(of(false, 0, vec![good("a"), good("a"), good("b")]), ["tagged", "tagged"]);
        assert_eq!(of(false, 0, vec![no.clone(), no, good("b")]), ["refused", "tagged"]);
    }

    #[test]
    fn what_the_answer_says_as_a_whole_is_read() {
        let no = line("b", Some("error"), None, None, None);
        assert_eq!(of(false, 1, vec![good("a"), no.clone()]), ["tagged", "refused"]);
        assert_eq!(of(false, 1, vec![good("a")]), ["tagged", "unproven"]);
        assert_eq!(of(false, 2, vec![good("a"), no.clone()]), ["unproven", "refused"]);
        assert_eq!(of(false, 1, vec![good("a"), good("b")]), ["unproven", "unproven"]);
        assert_eq!(of(true, 0, vec![good("a"), no]), ["unproven", "refused"]);
    }

    #[test]
    fn a_removal_is_proven_by_what_is_left_or_by_what_was_taken() {
        let list = |tags: Option<&[&str]>| tags.map(|tags| tags.iter().map(ToString::to_string).collect());
        let vip = Some(&["VIP"][..]);
        for (kind, message, old, removed, tags, proven) in [
            ("success", "Tags updated", Some(&["old", "vip"][..]), vip, None, true),
            ("success", "Tags updated", Some(&["old"][..]), Some(&[][..]), None, true),
            ("success", "Tags updated", Some(&["old"][..]), None, None, true),
            ("success", "Tags updated", None, vip, None, true),
            ("success", "Tags updated", None, None, Some(&["old"][..]), true),
            // HighLevel says success, and the tag is still there or nothing is shown.
            ("success", "Tags updated", vip, Some(&[][..]), None, false),
            ("success", "Tags updated", vip, vip, vip, false),
            ("success", "Tags updated", None, Some(&[][..]), None, false),
            ("success", "Tags updated", None, None, None, false),
            ("success", "Contact not found", vip, vip, None, false),
            ("queued", "Tags updated", vip, vip, None, false),
        ] {
            let line = BulkLine {
                contact_id: "a".to_owned(),
                message: Some(message.to_owned()),
                r#type: Some(kind.to_owned()),
                old_tags: list(old),
                tags_removed: list(removed),
                tags: list(tags),
                ..BulkLine::default()
            };
            let verdict = of_line(&line, &["vip".to_owned()], TagChange::Remove);
            assert_eq!(matches!(verdict, Verdict::Done(_)), proven, "{line:?}");
        }
    }
}
