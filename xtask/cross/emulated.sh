#!/bin/sh
# emulated.sh REGISTRATION PROGRAM ARGUMENT...
#
# Runs a program of another machine in namespaces of its own, in which the kernel hands every executable of that machine
# to qemu (binfmt_misc, one of each user namespace since Linux 6.7). So what the program starts runs too, and this
# machine's set-up stays as it is. Users and groups keep their numbers: all of them where root may map them, else the
# caller's alone.
set -eu
registration=$1
shift

# Process 1 of the namespace is this shell: it reaps what the program leaves behind.
inside='
mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc || exit 125
printf %s "$0" > /proc/sys/fs/binfmt_misc/register || exit 125
"$@"
exit $?
'

# Only root of a namespace may register; the program is its caller again, in a namespace within, which inherits qemu.
if [ "$(id -u)" != 0 ]; then
    exec unshare --map-root-user --fork --pid --mount-proc --kill-child sh -c "$inside" "$registration" \
        unshare --map-user="$(id -u)" --map-group="$(id -g)" "$@"
fi

# The numbers can only be mapped from outside, and only once the namespace is there.
pipes=$(mktemp -d)
trap 'rm -rf "$pipes"' EXIT
mkfifo "$pipes/made" "$pipes/mapped"
unshare --user sh -c '
    pipes=$1
    shift
    echo > "$pipes/made"
    read -r _ < "$pipes/mapped"
    exec unshare --fork --pid --mount-proc --kill-child sh -c "$@"
' sh "$pipes" "$inside" "$registration" "$@" &
namespace=$!
read -r _ < "$pipes/made"
echo '0 0 4294967295' > "/proc/$namespace/uid_map"
echo '0 0 4294967295' > "/proc/$namespace/gid_map"
echo > "$pipes/mapped"
wait "$namespace"
