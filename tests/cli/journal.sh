# A journal of its own in a mount namespace: the file systems of the machine are not touched.
set -eu
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd /run/log/journal
/lib/systemd/systemd-journald 2>/dev/null &
journald=$!
trap 'kill $journald' EXIT
until [ -S /run/systemd/journal/io.systemd.journal ] && [ -S /run/systemd/journal/socket ]; do :; done
"$@"
journalctl --sync
journalctl --output json --no-pager SYSLOG_IDENTIFIER=entra-jostle-sync
