"""The systems that packages are made for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A system, by the names that Rust and npm have for it."""

    triple: str
    npm_os: str
    npm_cpus: tuple
    # The names of its wheel, and the systems for which uv takes that.
    wheel: str
    uv: tuple
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
        Target(
            "x86_64-unknown-linux-musl", "linux", ("x64",), "*-manylinux*_x86_64.whl",
            ("x86_64-unknown-linux-musl", "x86_64-manylinux2014"),
        ),
        Target(
            "aarch64-unknown-linux-musl", "linux", ("arm64",), "*-manylinux*_aarch64.whl",
            ("aarch64-unknown-linux-musl", "aarch64-manylinux2014"), "qemu-aarch64-static",
        ),
        Target("aarch64-apple-darwin", "darwin", ("arm64",), "*-macosx*_arm64.whl", ("aarch64-apple-darwin",)),
        Target("x86_64-apple-darwin", "darwin", ("x64",), "*-macosx*_x86_64.whl", ("x86_64-apple-darwin",)),
        # Windows on ARM runs it, too.
        Target("x86_64-pc-windows-gnu", "win32", ("x64", "arm64"), "*-win_amd64.whl", ("x86_64-pc-windows-msvc",), "wine64"),
    ]
}
FIRST = next(iter(TARGETS.values()))
