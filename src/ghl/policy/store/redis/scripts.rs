//! The scripts, which Redis keeps by their hash.

use redis::Script;

#[derive(Debug)]
pub(crate) struct Scripts {
    pub(crate) hello: Script,
    pub(crate) reserve: Script,
    pub(crate) settle: Script,
    pub(crate) give_back: Script,
    pub(crate) lock: Script,
    pub(crate) renew: Script,
    pub(crate) declare: Script,
    pub(crate) release: Script,
    pub(crate) read_tokens: Script,
    pub(crate) write_tokens: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            hello: Script::new(include_str!("hello.lua")),
            reserve: Script::new(include_str!("reserve.lua")),
            settle: Script::new(include_str!("settle.lua")),
            give_back: Script::new("return redis.call('ZREM', KEYS[1], ARGV[1])"),
            lock: Script::new(include_str!("lock.lua")),
            renew: Script::new(include_str!("renew.lua")),
            declare: Script::new(include_str!("declare.lua")),
            release: Script::new(include_str!("release.lua")),
            read_tokens: Script::new("return redis.call('HMGET', KEYS[1], 'version', 'tokens')"),
            write_tokens: Script::new(include_str!("write_tokens.lua")),
        }
    }
}
