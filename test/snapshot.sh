#!/bin/bash
# `make snapshot`: a dry run of a release.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need_go
tools/run goreleaser check
tools/run goreleaser release --snapshot --clean --skip=sign # a signature needs the identity of CI
ls -l dist/*.tar.gz dist/*.zip dist/checksums.txt
