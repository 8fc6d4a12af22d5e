#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ghl_contacts_mcp_fuzz::tool_arguments(data));
