#!/usr/bin/env bash
# Builds the working group's test runner and the interop client of mlspp in the folder that is named, from their public
# repositories, each at the commit with which this was tried.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
build="$(mkdir -p "$1" && cd "$1" && pwd)"

packages=(cmake g++ git golang-go golang-goprotobuf-dev golang-google-grpc-dev golang-github-google-uuid-dev
    libgflags-dev libgrpc++-dev libprotobuf-dev libssl-dev nlohmann-json3-dev protobuf-compiler
    protobuf-compiler-grpc protoc-gen-go-1-3)
missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "These packages of Debian are missing: apt install ${missing[*]}" >&2
    exit 1
fi

# A commit of a repository, and of its files only those in the folders that are named
sources() { # FOLDER ADDRESS COMMIT PATHS...
    local folder="$build/$1" address="$2" commit="$3"
    shift 3
    [ -d "$folder" ] || git clone --quiet --no-checkout --filter=blob:none "$address" "$folder"
    git -C "$folder" sparse-checkout set --no-cone "$@"
    git -C "$folder" checkout --quiet "$commit"
}
sources mlspp https://github.com/cisco/mlspp 61e4d76dbe6628cbe36ffb9cab684f3bee390d05 \
    /cmake/ /cmd/interop/ /include/ /lib/ /src/ /third_party/ '!/lib/hpke/scripts/' '!test/'
sources mls-implementations https://github.com/mlswg/mls-implementations cfd450286d1bfd9cd2519b95c80f9771f94a5b1a /interop/

# The runner is older than Go's modules: its import of the interface is found under GOPATH.
interop="$build/mls-implementations/interop"
export GO111MODULE=off GOPATH="$build/go:/usr/share/gocode" GOCACHE="$build/go-cache" GOFLAGS=
target="$build/go/src/github.com/mlswg/mls-implementations/interop"
mkdir -p "$target/proto"
protoc --go_out=plugins=grpc,paths=source_relative:"$target/proto" \
    -I "$interop/proto" "$interop/proto/mls_client.proto"
(cd "$interop/test-runner" && go build -o "$build/test-runner")

cmake -S "$here" -B "$build/mlspp-client" -D MLSPP="$build/mlspp" -D PROTO="$interop/proto" >/dev/null
cmake --build "$build/mlspp-client" --parallel "${JOBS:-2}"
