#!/usr/bin/env bash
# ./build.sh TARGET [ARGS...]: hands over to build.fsx. `./build.sh help` lists the targets.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# with invariant globalization .NET runs without libicu, which a bare Debian lacks
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
if ! command -v dotnet >/dev/null || ! (cd "$root" && dotnet --version >/dev/null); then
  echo "Install the .NET 10 SDK from https://dotnet.microsoft.com/download, then run this again." >&2
  exit 1
fi
exec dotnet fsi --quiet "$root/build.fsx" -- "$@"
