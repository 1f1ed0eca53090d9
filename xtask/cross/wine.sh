#!/usr/bin/env bash
# Runs a program of Windows: wine.sh DEBIAN PREFIX PROGRAM ARGUMENTS… DEBIAN is a folder with a Debian that has wine, PREFIX
# the folder that wine keeps its Windows in; `seen` in the environment names further folders that it is to see. Namespaces
# of its own leave this machine's mounts as they are.
set -eu
debian=$1 prefix=$2 program=$(realpath -- "$3") project=$(realpath -- "$(dirname -- "$0")/../..")
shift 3
export debian project WINEPREFIX=$prefix WINEDEBUG=${WINEDEBUG--all} WINEARCH=win64 DISPLAY= XDG_RUNTIME_DIR=/tmp here=$PWD
exec unshare --mount --propagation private bash -c '
    set -eu
    mount -t proc proc "$debian/proc"
    for folder in dev sys; do mount --rbind "/$folder" "$debian/$folder"; done
    # The project, what it is built in and where wine keeps its files, at the places where they are. The first program of a
    # prefix mounts them for all that follow while wine goes on, as files are opened by a server that it starts.
    # A test finds the programs that it runs one folder above its own.
    for folder in /tmp "$HOME" "$project" "$(dirname "$WINEPREFIX")" "$(dirname "$(dirname "$1")")" ${seen-}; do
        [ "$folder" != / ] || folder=$(dirname "$1")
        mkdir -p "$debian$folder"
        mountpoint -q "$debian$folder" || mount --rbind "$folder" "$debian$folder"
    done
    exec chroot "$debian" sh -c "cd \"\$here\" && exec wine \"\$@\"" sh "$@"
' bash "$program" "$@"
