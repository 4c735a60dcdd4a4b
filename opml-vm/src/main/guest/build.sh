#!/bin/sh
# Builds the guest program. Needs Debian's gcc-riscv64-unknown-elf 12.2 (and binutils); --host-test needs gcc and python3.
#   build.sh              writes the committed ELF, and the one that tests the soft-float
#   build.sh --check      rebuilds and compares with the committed ones; exit status 1 if they differ
#   build.sh --host-test  compiles the same sources for this machine and tests them
#   build.sh --measure    counts instructions an element, operator by operator
set -eu
cd "$(dirname "$0")"
elf=../resources/dev/opml/vm/guest/opml-guest-v2.elf
sources="node.c choices.c vector.c heads.c attention.c project.c sample.c penalties.c rms_norm.c activation.c soft_cap.c \
matrix.c dequantize.c dot_dense.c dot_32.c dot_256.c multiply_add.c quantize.c exponential.c half.c softfloat.c"
test_elf=../../test/resources/dev/opml/vm/guest/softfloat.elf
test_sources="test/softfloat_elf.c multiply_add.c half.c softfloat.c"
language="-std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -fno-builtin -ffp-contract=off -fno-strict-aliasing \
-fno-tree-loop-distribute-patterns"
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

build_elf() { # output source...
  output=$1
  shift
  prefix=riscv64-unknown-elf-
  # Instructions count here, not cycles: scheduling only adds spills.
  machine="-march=rv64im -mabi=lp64 -mcmodel=medany -mstrict-align -msmall-data-limit=0 -fno-schedule-insns \
-fno-schedule-insns2"
  objects=
  for source in crt0.S "$@"; do
    object=$(basename "$source")
    object=$temporary/${object%.*}.o
    ${prefix}gcc $machine $language -ffunction-sections -fno-asynchronous-unwind-tables -c "$source" -o "$object"
    objects="$objects $object"
  done
  ${prefix}gcc $machine -nostdlib -nostartfiles -static -Wl,-T,guest.ld -Wl,--build-id=none -Wl,--gc-sections \
    -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments $objects -o "$temporary/guest.elf"
  ${prefix}strip --strip-all "$temporary/guest.elf" -o "$output"
}

case "${1-}" in
  '')
    mkdir -p "$(dirname "$elf")" "$(dirname "$test_elf")"
    build_elf "$elf" $sources
    build_elf "$test_elf" $test_sources
    ;;
  --check)
    build_elf "$temporary/check.elf" $sources
    cmp "$temporary/check.elf" "$elf"
    build_elf "$temporary/check.elf" $test_sources
    cmp "$temporary/check.elf" "$test_elf"
    ;;
  --host-test)
    shift
    exec test/run.sh "$sources" "$language" "$@"
    ;;
  --measure)
    gcc -std=gnu11 -O2 -fno-strict-aliasing test/run_elf.c test/rv64im.c test/host_memory.c -o "$temporary/run_elf"
    PYTHONDONTWRITEBYTECODE=1 python3 test/measure.py "$temporary/run_elf" "$elf"
    ;;
  *)
    echo "usage: build.sh [--check | --host-test [SHARED] | --measure]" >&2
    exit 2
    ;;
esac
