#!/bin/sh
# Called by build.sh --host-test: run.sh SOURCES LANGUAGE_FLAGS [SHARED]
# SHARED (or OPML_SHARED, or a folder "shared" beside the repository) holds data/; what it lacks is skipped with a
# message, or, where OPML_REQUIRE_ALL=1, fails.
set -eu
sources=$1
language=$2
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
shared=${3-${OPML_SHARED-../../../../../shared}}
elf=../resources/dev/opml/vm/guest/opml-guest-v2.elf
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PYTHONDONTWRITEBYTECODE=1

skip() {
  echo "skipped: $1: not found under $shared"
  [ "${OPML_REQUIRE_ALL-}" != 1 ]
}

objects=
for source in $sources; do
  gcc $language -c "$source" -o "$folder/${source%.c}.o"
  objects="$objects $folder/${source%.c}.o"
done
host="-std=gnu11 -O2 -Wall -Wextra -Werror -fno-strict-aliasing -ffp-contract=off"
gcc $host test/softfloat_test.c $objects -lm -o "$folder/softfloat_test"
gcc $host test/softfloat_vectors.c $objects -o "$folder/softfloat_vectors"
gcc $host test/golden_test.c test/host_memory.c $objects -o "$folder/golden_test"
gcc $host test/operators_test.c test/host_memory.c $objects -lm -o "$folder/operators_test"
gcc $host test/run_image.c test/host_memory.c $objects -o "$folder/run_image"
gcc $host test/run_elf.c test/rv64im.c test/host_memory.c -o "$folder/run_elf"

"$folder/softfloat_test" "${SOFTFLOAT_ROUNDS-2000000}" "${SOFTFLOAT_SEED-1}"
"$folder/operators_test" "${OPERATORS_ROUNDS-4000}" "${OPERATORS_SEED-1}"

for operation in f32_add f32_sub f32_mul f32_div f32_lt f32_le f32_sqrt f32_to_i32 i32_to_f32 f16_to_f32 bf16_to_f32; do
  vectors=$shared/data/softfloat/$operation.near_even.txt.gz
  if [ -f "$vectors" ]; then
    gzip -dc "$vectors" | "$folder/softfloat_vectors" $operation
  else
    skip "$vectors"
  fi
done

golden=$shared/data/numerics/golden.json
if [ -f "$golden" ]; then
  python3 test/golden.py "$golden" > "$folder/golden.txt"
  "$folder/golden_test" < "$folder/golden.txt"
else
  skip "$golden"
fi

python3 test/check_sampling.py "$folder/run_image" "$folder/run_elf" "$elf"
python3 test/check_parts.py "$folder/run_image" "$folder/run_elf" "$elf"

if [ -d "$shared/data/models" ]; then
  python3 test/check_models.py "$folder/run_image" "$folder/run_elf" "$elf" "$shared"
else
  skip "$shared/data/models"
fi
