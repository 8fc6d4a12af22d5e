//! The one test binary of the package.

#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod completions;
mod contract;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod everyday;
#[cfg(feature = "import")]
#[cfg(test)]
mod export;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz_corpus;
#[cfg(test)]
mod http;
#[cfg(feature = "import")]
#[cfg(test)]
mod import;
#[cfg(test)]
mod install;
#[cfg(test)]
mod markers;
#[cfg(test)]
mod meaning;
#[cfg(test)]
mod model;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod odd_answers;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod program;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
#[cfg(feature = "redis")]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod wire;
