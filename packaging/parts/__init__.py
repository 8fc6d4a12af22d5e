"""The parts: a module each, with `build(targets)` and `test()`. A part may use what an earlier one has built."""

from parts import archive, bundle, crate, image, npm, registry, wheel

PARTS = {
    "archive": archive,
    "wheel": wheel,
    "npm": npm,
    "mcpb": bundle,
    "image": image,
    "registry": registry,
    "crate": crate,
}
