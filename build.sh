#!/usr/bin/env bash
# ./build.sh TARGET [ARGS...]: sets up what is missing, then hands over to build.fsx. `./build.sh help` lists the targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
target=${1:-help}

stop() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The .NET SDK. With invariant globalization it runs without libicu, which a bare Debian lacks.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
command -v dotnet >/dev/null || stop "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download, then run this again."
dotnet --version >/dev/null || stop "The installed .NET SDK does not fit global.json: install the .NET 10 SDK."

# Neither paket file names a registry; both read this variable.
if [ -z "${LIMEN_NUGET_SOURCE:-}" ]; then
  LIMEN_NUGET_SOURCE=$(dotnet nuget list source --format short | awk '/^E/ && !seen++ { sub(/^[A-Z]+ /, ""); print }')
  [ -n "$LIMEN_NUGET_SOURCE" ] || stop "NuGet has no enabled package source: add one with \`dotnet nuget add source URL\`, or set LIMEN_NUGET_SOURCE."
fi
export LIMEN_NUGET_SOURCE

# Torch, the headers of its oneDNN, a fast BLAS (libtorch does not ask for one by itself) and the compiler of native/.
packages=(libtorch-dev libdnnl-dev libopenblas0-pthread g++)

# What `bench` compares with; a comparison whose package is missing is skipped.
peers=(python3-torch python3-sklearn python3-numpy python3-scipy fasttext)

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null ||
    stop "Torch comes from Debian's packages here. On other systems set TensorEngine=torchsharp (README, \"Windows, macOS and GPUs\")."
  for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  local line="apt-get install -y --no-install-recommends ${missing[*]}"
  [ "$(id -u)" = 0 ] || stop "These Debian packages are missing: ${missing[*]}. Install them, then run this again:" "  sudo apt-get update && sudo $line"
  echo "Installing the Debian packages ${missing[*]} (libtorch brings about 1 GB)."
  mkdir -p artifacts
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive $line -q; } >artifacts/apt.log 2>&1 ||
    { tail -n 20 artifacts/apt.log >&2; stop "apt-get failed; the whole log is artifacts/apt.log."; }
}

install_peers() {
  local missing=() package
  for package in "${peers[@]}"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  local line="apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" = 0 ]; then
    echo "Installing the Debian packages ${missing[*]}, with which \`bench\` compares."
    mkdir -p artifacts
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive $line -q; } >artifacts/apt-bench.log 2>&1 ||
      echo "apt-get failed (artifacts/apt-bench.log); the comparisons that need these packages are skipped." >&2
  else
    echo "Comparisons that need ${missing[*]} are skipped. To make them: sudo apt-get update && sudo $line"
  fi
}

case $target in
  demo | predict | train | experiments | bench | test | proof | build)
    [ "${TensorEngine:-libtorch}" = torchsharp ] || install_packages ;;
esac
if [ "$target" = bench ] && command -v dpkg-query >/dev/null; then install_peers; fi

case $target in
  help | clean) ;;
  *) log=$(dotnet tool restore 2>&1) || stop "$log" ;;
esac

exec dotnet fsi --quiet build.fsx -- "$@"
