use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::tool::Failure;
use crate::tool::input::parse::parse;
use crate::tool::input::shape::Shape;
use crate::tool::schema::typed_input;

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Pair {
    id: String,
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    required: String,
    text: Option<String>,
    count: Option<u32>,
    truth: Option<bool>,
    #[serde(default)]
    flag: bool,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    pairs: Vec<Pair>,
    pair: Option<Pair>,
    any: Option<Value>,
}

fn parsed(mut arguments: Value) -> Result<Input, Failure> {
    let arguments = arguments.as_object_mut().unwrap();
    arguments.entry("required").or_insert_with(|| "".into());
    parse(&Shape::of(&typed_input::<Input>()), std::mem::take(arguments))
}

fn read(arguments: Value) -> Input {
    parsed(arguments).unwrap()
}

fn refused(arguments: Value) -> String {
    parsed(arguments).unwrap_err().text()
}

#[test]
fn null_leaves_an_optional_field_out() {
    let nothing = json!({
        "text": null, "count": null, "truth": null, "flag": null, "tags": null, "pairs": null, "pair": null
    });
    assert_eq!(read(nothing), Input::default());
    assert_eq!(read(json!({})), Input::default());
}

#[test]
fn a_number_is_read_as_a_string() {
    for number in [json!(94107), json!(94107.0), json!("94107")] {
        let input = read(json!({"text": number, "required": number}));
        assert_eq!((input.text.as_deref(), &*input.required), (Some("94107"), "94107"));
    }
    assert_eq!(read(json!({"text": -5})).text.as_deref(), Some("-5"));
    assert_eq!(read(json!({"text": 1.5})).text.as_deref(), Some("1.5"));
    assert_eq!(read(json!({"text": ["94107"]})).text.as_deref(), Some("94107"));
    assert!(refused(json!({"text": ["94107", "94108"]})).contains("list, expected a string"));
}

#[test]
fn a_boolean_or_an_object_is_no_string() {
    assert!(refused(json!({"text": true})).contains("expected a string"));
    assert!(refused(json!({"text": {"a": 1}})).contains("expected a string"));
    assert!(refused(json!({"required": null})).contains("expected a string"));
}

#[test]
fn an_integer_may_be_a_float_or_a_string() {
    for twenty in [json!(20), json!(20.0), json!("20"), json!(" 20 "), json!("20.0")] {
        assert_eq!(read(json!({"count": twenty})).count, Some(20));
    }
    assert_eq!(read(json!({"count": ""})).count, None);
    assert_eq!(read(json!({"count": u32::MAX})).count, Some(u32::MAX));
}

#[test]
fn an_integer_out_of_range_is_refused_with_the_range() {
    for wrong in
        [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("many"), json!(1e300), json!("1e300")]
    {
        assert!(refused(json!({"count": wrong})).contains("expected a whole number from 0 to 4294967295"));
    }
    assert!(refused(json!({"count": true})).contains("expected a whole number"));
}

#[test]
fn a_boolean_may_be_a_string() {
    for yes in [json!(true), json!("true"), json!("True")] {
        let input = read(json!({"truth": yes, "flag": yes}));
        assert_eq!((input.truth, input.flag), (Some(true), true));
    }
    assert_eq!(read(json!({"truth": "false"})).truth, Some(false));
    assert_eq!(read(json!({"truth": "yes", "flag": 1})).truth, Some(true));
    assert!(refused(json!({"truth": "maybe"})).contains("expected true or false"));
    assert!(refused(json!({"flag": 2})).contains("expected true or false"));
}

#[test]
fn one_string_is_a_list_of_one() {
    assert_eq!(read(json!({"tags": "vip"})).tags, ["vip"]);
    assert_eq!(read(json!({"tags": 2026})).tags, ["2026"]);
    assert_eq!(read(json!({"tags": ["a", 1]})).tags, ["a", "1"]);
    assert_eq!(read(json!({"tags": []})).tags, Vec::<String>::new());
    assert!(refused(json!({"tags": [{"a": 1}]})).contains("expected a string"));
    assert!(refused(json!({"tags": true})).contains("expected a list"));
}

#[test]
fn one_object_is_a_list_of_one() {
    let pair = || Pair { id: "a".to_owned() };
    assert_eq!(read(json!({"pairs": {"id": "a"}})).pairs, [pair()]);
    assert_eq!(read(json!({"pairs": [{"id": "a"}], "pair": {"id": "a"}})).pair, Some(pair()));
    assert!(refused(json!({"pairs": {"key": "a"}})).starts_with("Unknown field \"key\" at pairs.key."));
}

#[test]
fn nothing_but_blanks_leaves_an_optional_field_out() {
    for nothing in
        [json!(null), json!(""), json!("  "), json!([]), json!({}), json!([""]), json!([null, " "])]
    {
        let sent = json!({
            "text": nothing, "count": nothing, "truth": nothing, "flag": nothing, "tags": nothing,
            "pairs": nothing, "pair": nothing
        });
        assert_eq!(read(sent), Input::default(), "{nothing}");
    }
}

#[test]
fn a_text_is_the_list_that_it_holds() {
    for sent in [
        json!("a, b"),
        json!("a,b,"),
        json!("a\nb"),
        json!("[\"a\",\"b\"]"),
        json!(" [\"a\", \"b\"] "),
        json!(["a", "", "b"]),
    ] {
        assert_eq!(read(json!({"tags": sent})).tags, ["a", "b"], "{sent}");
    }
    assert_eq!(read(json!({"tags": ["a, b"]})).tags, ["a, b"]);
    assert_eq!(read(json!({"tags": ["[a]"]})).tags, ["[a]"]);
    for sent in [json!("[a, b]"), json!("['a','b']"), json!(["[\"a\"]"]), json!(["{}"]), json!([["a"]])] {
        assert!(refused(json!({"tags": sent})).contains("expected"), "{sent}");
    }
}

#[test]
fn words_that_hosts_add_and_unknown_fields_without_a_value_are_ignored() {
    let sent = json!({
        "toolCallId": "call_1", "tool": {"name": "x"}, "sessionId": "s", "action": "sendMessage", "chatInput": "hi",
        "task_progress": "- [ ] one", "_meta": {}, "zip": null, "note": "", "text": "kept"
    });
    assert_eq!(read(sent).text.as_deref(), Some("kept"));
    assert!(refused(json!({"toolCallID2": 1})).starts_with("Unknown field \"toolCallID2\""));
    assert!(refused(json!({"pair": {"id": "a", "action": "b"}})).contains("pair.action"));
}

#[test]
fn a_word_is_read_in_any_letters() {
    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    enum Mode {
        FillEmpty,
    }
    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Words {
        mode: Option<Mode>,
    }
    let shape = Shape::of(&typed_input::<Words>());
    for word in ["fillEmpty", "fill_empty", "FILLEMPTY", "Fill Empty"] {
        let arguments = json!({"mode": word}).as_object().unwrap().clone();
        assert_eq!(parse::<Words>(&shape, arguments), Ok(Words { mode: Some(Mode::FillEmpty) }));
    }
}

#[test]
fn null_is_an_empty_list_even_if_the_list_is_required() {
    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Tags {
        tags: Vec<String>,
    }
    let shape = Shape::of(&typed_input::<Tags>());
    let arguments = json!({"tags": null}).as_object().unwrap().clone();
    assert_eq!(parse::<Tags>(&shape, arguments), Ok(Tags { tags: Vec::new() }));
}

#[test]
fn an_open_value_is_left_as_it_is() {
    let object = json!({"a": [1, null, "2"]});
    assert_eq!(read(json!({"any": object})).any, Some(object));
}

#[test]
fn a_field_under_two_of_its_names_is_refused() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Item {
        value: String,
    }
    let shape = Shape::of(&typed_input::<Item>());
    let parse = |arguments: Value| parse::<Item>(&shape, arguments.as_object().unwrap().clone());
    assert!(parse(json!({"Value": "a"})).is_ok());
    let text = parse(json!({"Value": "a", "value": "b"})).unwrap_err().text();
    assert!(text.starts_with("The field \"value\" is there under two names."), "{text}");
}
