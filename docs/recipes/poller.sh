#!/bin/sh
# Print each change once, as a line of JSON. Keeps its place in a file. Needs curl and jq.
set -eu
place=${CURSOR_FILE:-cursor}
while :; do
  cursor=$(cat "$place" 2>/dev/null || true)
  page=$(mktemp)
  status=$(curl -sS -m 30 -o "$page" -w '%{http_code}' -G "$NETIGATE_RESULTS_URL/v1/changes" \
    -H "Authorization: Bearer $NETIGATE_RESULTS_KEY" -d limit=500 ${cursor:+--data-urlencode "cursor=$cursor"})
  if [ "$status" = 410 ]; then  # older than what is kept: start over, and tell somebody
    echo "changes may have been missed: look at /v1/customers, then remove $place" >&2; rm -f "$page"; exit 1
  fi
  if [ "$status" != 200 ]; then
    echo "netigate-results answered $status" >&2; rm -f "$page"; exit 1
  fi
  jq -c '.changes[]' "$page"
  jq -r '.cursor' "$page" > "$place.new" && mv "$place.new" "$place"   # only after everything was handled
  found=$(jq '.changes | length' "$page"); rm -f "$page"
  [ "$found" -gt 0 ] || break
done
