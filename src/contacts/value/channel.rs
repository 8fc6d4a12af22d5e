//! The channels of do-not-disturb, by the words that people use for them.

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::placeholder;
use crate::contacts::value::text::quoted;
use crate::ghl::model::text::plain_name;
use crate::ghl::model::{Channel, DndWrite};

/// Words for each channel, without spaces and signs.
const WORDS: [(Channel, &[&str]); 6] = [
    (
        Channel::Call,
        &["call", "calls", "voice", "phone", "phonecall", "phonecalls", "telephone", "voicecall"],
    ),
    (Channel::Email, &["email", "emails", "mail", "mails"]),
    (Channel::Sms, &["sms", "text", "texts", "texting", "textmessage", "textmessages", "smsmms", "mms"]),
    (Channel::WhatsApp, &["whatsapp", "wa"]),
    (Channel::Gmb, &["gmb", "gbp", "google", "googlemybusiness", "googlebusinessprofile", "googlebusiness"]),
    (Channel::Fb, &["fb", "facebook", "messenger", "facebookmessenger", "fbmessenger"]),
];
const ALL: [&str; 6] = ["all", "allchannels", "everything", "every", "everychannel", "any"];
/// Words that ask for the opposite.
const OFF: [&str; 9] =
    ["off", "none", "inactive", "disable", "disabled", "remove", "clear", "unblock", "resubscribe"];

/// What the words block together. `all` stands for every channel.
///
/// # Errors
/// There is none, a word is no channel, or it asks to open one.
pub(crate) fn blocked(words: &[String]) -> Result<DndWrite, Error> {
    let mut write = DndWrite::default();
    for word in words {
        placeholder::check(&Subject::Channels, word)?;
        let plain = plain_name(word);
        let asks_to_open = OFF.contains(&plain.as_str()) || word.trim().starts_with(['-', '!']);
        if asks_to_open {
            let reason = format!("has {}: do-not-disturb is only turned on here", quoted(word));
            return Err(Error::invalid(Subject::Channels, reason)
                .with_hint("A person turns it off in HighLevel, with the contact's consent."));
        } else if word.trim() == "*" || ALL.contains(&plain.as_str()) {
            write.all = true;
        } else if let Some((channel, _)) = WORDS.iter().find(|(_, words)| words.contains(&plain.as_str())) {
            write.channels.push(*channel);
        } else {
            let reason = format!("has {}, which is no channel", quoted(word));
            return Err(Error::invalid(Subject::Channels, reason).with_hint(known()));
        }
    }
    if write.all {
        write.channels = Channel::ALL.to_vec();
    }
    write.channels.sort();
    write.channels.dedup();
    if write.channels.is_empty() {
        return Err(Error::invalid(Subject::Channels, "is empty").with_hint(known()));
    }
    Ok(write)
}

fn known() -> String {
    let words = Channel::ALL.map(Channel::word).join(", ");
    format!("Its values are {words} (SMS is text messages, GMB is Google, FB is Facebook), or all.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<DndWrite, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        blocked(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn channels_are_known_by_the_words_that_people_use() {
        for (word, channel) in [
            ("SMS", Channel::Sms),
            ("sms", Channel::Sms),
            (" Text ", Channel::Sms),
            ("text messages", Channel::Sms),
            ("E-Mail", Channel::Email),
            ("WhatsApp", Channel::WhatsApp),
            ("whats app", Channel::WhatsApp),
            ("Google Business Profile", Channel::Gmb),
            ("Facebook_Messenger", Channel::Fb),
            ("phone calls", Channel::Call),
        ] {
            assert_eq!(read(&[word]).unwrap(), DndWrite { all: false, channels: vec![channel] }, "{word}");
        }
        assert_eq!(read(&["sms", "Call", "SMS"]).unwrap().channels, [Channel::Call, Channel::Sms]);
        for all in ["all", "ALL", "*", "every channel"] {
            assert_eq!(read(&[all, "sms"]).unwrap(), DndWrite { all: true, channels: Channel::ALL.to_vec() });
        }
    }

    #[test]
    fn a_word_that_is_no_channel_or_asks_to_open_one_is_refused() {
        assert!(read(&[]).unwrap_err().contains("is empty"));
        assert!(read(&["sms", "fax"]).unwrap_err().contains("\"fax\", which is no channel"));
        assert!(read(&["RCS"]).unwrap_err().contains("no channel"));
        assert!(read(&["no SMS"]).unwrap_err().contains("no channel"));
        for off in ["off", "none ", "Inactive", "-SMS", "!email"] {
            assert!(read(&[off]).is_err(), "{off}");
        }
        assert!(read(&["null"]).unwrap_err().contains("stands for no value"));
    }
}
