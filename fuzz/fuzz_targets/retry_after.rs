#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ghl_contacts_mcp_fuzz::retry_after(data));
