"""Wine, which starts programs for Windows. That of Debian 12 (8.0) has no `bcryptprimitives.dll`, from which Rust's standard
library takes its random numbers, so a small one is built here. A Wine that has its own takes that one."""

import functools

from parts import common

FOLDER = common.WORK / "wine"
SOURCE = """\
int __stdcall SystemFunction036(void *data, unsigned long size);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *data, unsigned long long size) {
    while (size > 0) {
        unsigned long part = size < 65536 ? (unsigned long)size : 65536;
        if (!SystemFunction036(data, part)) return 0;
        data += part;
        size -= part;
    }
    return 1;
}
"""


@functools.cache
def settings():
    """What stands before Wine in a command: the variables with which it starts a program of ours."""
    library, source = FOLDER / "bcryptprimitives.dll", FOLDER / "bcryptprimitives.c"
    if not library.exists() or source.read_text() != SOURCE:
        FOLDER.mkdir(parents=True, exist_ok=True)
        source.write_text(SOURCE)
        zig = [common.tools() / "python", "-m", "ziglang", "cc", "-target", "x86_64-windows-gnu"]
        common.run(*zig, "-shared", "-O1", "-s", "-o", library, source, "-ladvapi32")
    # Its messages are about windows and devices, which a test has none of.
    return ["/usr/bin/env", f"WINEPATH={FOLDER}", f"WINEPREFIX={FOLDER / 'prefix'}", "WINEDEBUG=-all"]
