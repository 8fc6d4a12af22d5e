#!/bin/sh
# Starts the program of this system. Claude Desktop for macOS unpacks a bundle without the right to execute its files.
here=$(dirname "$0")
case $(uname -s)-$(uname -m) in
  Darwin-arm64) system=darwin-arm64 ;;
  Darwin-x86_64) system=darwin-x64 ;;
  Linux-aarch64) system=linux-arm64 ;;
  Linux-x86_64) system=linux-x64 ;;
  *) system=unknown ;;
esac
program=$here/$system/ghl-contacts-mcp
if [ ! -f "$program" ]; then
  echo "ghl-contacts-mcp: this bundle holds no program for $(uname -s) on $(uname -m)" >&2
  exit 1
fi
[ -x "$program" ] || chmod u+x "$program"
exec "$program" "$@"
