#!/bin/sh
# Runs the compliance check of scim2-cli against a SCIM server: scim2_tester.sh BASE KEY VENV
# VENV has scim2-cli 0.6.0 and scim2-tester 0.5.2. The last line is "N passed, N failed"; the exit code is 1 if anything
# failed or nothing ran. The tenant should be empty: users that the check creates must be on the first page.
set -u
base=$1 key=$2 venv=$3

output=$("$venv/bin/scim2" --url "$base" -h "Authorization: Bearer $key" test 2>&1)
status=$?
printf '%s\n' "$output"
passed=$(printf '%s\n' "$output" | grep -c '^SUCCESS ')
failed=$(printf '%s\n' "$output" | grep -c -E '^(COMPLIANT|ACCEPTABLE|DEVIATION|ERROR|CRITICAL|SKIPPED) ')
echo "$passed passed, $failed failed"
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
