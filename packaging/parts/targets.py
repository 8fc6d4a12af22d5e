"""The systems that packages are made for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A system, by the names that Rust and npm have for it."""

    triple: str
    npm_os: str
    npm_cpus: tuple
    # A program that starts its programs on other systems, if there is one.
    runner: str = ""

    @property
    def is_windows(self):
        return self.npm_os == "win32"

    @property
    def exe(self):
        return ".exe" if self.is_windows else ""

    @property
    def short(self):
        """Its name in npm's platform packages and in the bundle."""
        return f"{self.npm_os}-{self.npm_cpus[0]}"


# The first is built everywhere, CI included. Linux programs are static: they run on any distribution.
TARGETS = {
    target.triple: target
    for target in [
        Target("x86_64-unknown-linux-musl", "linux", ("x64",)),
        Target("aarch64-unknown-linux-musl", "linux", ("arm64",), "qemu-aarch64-static"),
        Target("aarch64-apple-darwin", "darwin", ("arm64",)),
        Target("x86_64-apple-darwin", "darwin", ("x64",)),
        # Windows on ARM runs it, too.
        Target("x86_64-pc-windows-gnu", "win32", ("x64", "arm64"), "wine64"),
    ]
}
FIRST = next(iter(TARGETS.values()))
