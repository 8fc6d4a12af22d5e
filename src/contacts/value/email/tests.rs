use proptest::prelude::*;

use crate::contacts::value::email::Email;

#[test]
fn one_address_is_taken_out_of_what_stands_around_it() {
    for (text, expected) in [
        ("jane@example.com", "jane@example.com"),
        ("  Jane@Example.COM ", "jane@example.com"),
        ("jane@example.co.uk", "jane@example.co.uk"),
        ("jane.doe+news@mail.example.com", "jane.doe+news@mail.example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("j_d-1@ex-ample.com", "j_d-1@ex-ample.com"),
        ("mailto:jane@example.com", "jane@example.com"),
        ("MAILTO:Jane@example.com", "jane@example.com"),
        ("mailto:jane@example.com?subject=hi", "jane@example.com"),
        ("<jane@example.com>", "jane@example.com"),
        ("Jane <jane@example.com>", "jane@example.com"),
        ("Jane Doe <Jane@Example.com>", "jane@example.com"),
        ("\"Doe, Jane\" <jane@example.com>", "jane@example.com"),
        ("jane@example.com <jane@example.com>", "jane@example.com"),
        ("<mailto:jane@example.com>", "jane@example.com"),
        ("[jane@example.com](mailto:jane@example.com)", "jane@example.com"),
        ("[Jane](mailto:jane@example.com)", "jane@example.com"),
        ("jane@example.com (Jane)", "jane@example.com"),
        ("jane@example.com.", "jane@example.com"),
        ("jane@example.com,", "jane@example.com"),
        ("jane@example.com;", "jane@example.com"),
        ("'jane@example.com'", "jane@example.com"),
        ("\"jane@example.com\"", "jane@example.com"),
        ("jane@example.com\n", "jane@example.com"),
        ("ja\u{200b}ne@example.com\u{feff}", "jane@example.com"),
        ("\u{202a}jane@example.com\u{202c}", "jane@example.com"),
        ("jörg@exämple.de", "jörg@exämple.de"),
        ("jane@xn--exmple-cua.com", "jane@xn--exmple-cua.com"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("a@b.museum", "a@b.museum"),
        ("jane@example.com, jane@example.com", "jane@example.com"),
    ] {
        assert_eq!(Email::parse(text).unwrap().as_str(), expected, "{text:?}");
    }
}

#[test]
fn any_other_text_is_refused_with_the_part_that_is_wrong() {
    for (text, words) in [
        ("", "is empty"),
        ("jane", "\"jane\" has no @"),
        ("jane(at)example.com", "has no @"),
        ("@example.com", "nothing before the @"),
        ("jane@", "nothing after the @"),
        ("a@b", "no domain like example.com but \"b\""),
        ("a@localhost", "no domain"),
        ("a@b.c", "no domain"),
        ("a@127.0.0.1", "no domain"),
        ("a@b@c.com", "more than one @"),
        ("a b@c.com", "holds a space"),
        ("jane @example.com", "holds a space"),
        ("a\u{7}@c.com", "control character"),
        ("a@b.com, x@y.com", "two addresses, \"a@b.com\" and \"x@y.com\""),
        ("a@b.com x@y.com", "two addresses"),
        ("a@b.com/x@y.com", "two addresses"),
        ("a@b.com;x@y.com", "two addresses"),
        ("x@y.com <a@b.com>", "two addresses"),
        ("[x@y.com](mailto:a@b.com)", "two addresses"),
        ("a@.com", "no domain"),
        ("a@b..com", "two points together in \"b..com\""),
        ("a..b@c.com", "two points together in \"a..b\""),
        (".a@c.com", "cannot have \".a\" before the @"),
        ("a.@c.com", "cannot have \"a.\" before the @"),
        ("a@-b.com", "no domain"),
        ("jane@exam_ple.com", "\"_\" in its domain"),
        ("jane@example.com?subject=hi", "has \"?\" in its domain; write jane@example.com"),
        ("jane@example.co.uk/", "has \"/\" in its domain; write jane@example.co.uk"),
        ("jane@example.com:25", "has \":\" in its domain"),
        ("jane@example.com#top", "has \"#\" in its domain"),
        ("jane@exam!ple.com", "has \"!\" in its domain"),
        ("https://example.com/?u=jane@example.com", "before the @"),
    ] {
        let error = Email::parse(text).unwrap_err().to_string();
        assert!(error.contains(words) && error.chars().count() < 300, "{text:?}: {error}");
    }
    assert!(Email::parse(&format!("{}@b.com", "x".repeat(400))).is_err());
}

#[test]
fn the_longest_address_has_254_characters() {
    let address = |length: usize| {
        let label = "x".repeat(60);
        let domain = format!("{label}.{label}.{label}.com");
        format!("{}@{domain}", "x".repeat(length - domain.len() - 1))
    };
    assert!(Email::parse(&address(250)).is_ok());
    assert!(Email::parse(&address(255)).is_err());
}

proptest! {
    #[test]
    fn an_address_that_was_read_reads_the_same(text in "\\PC{0,20}|[a-z.<>\\[\\]()@ ,;?]{0,8}@[a-zA-Z._-]{1,8}\\.[a-z]{1,3}[>)., ]{0,3}") {
        if let Ok(read) = Email::parse(&text) {
            prop_assert_eq!(Email::parse(read.as_str()).unwrap(), read);
        }
    }
}
