#!/bin/sh
# Run a command as the compose file would: as user 10001 without any rights, on a read-only file system with a /tmp of
# its own and secrets under /run/secrets. Needs root and a mount namespace: unshare --mount --uts sh <this> ...
#   as_in_a_container.sh HOSTNAME SECRETS_DIR READABLE:READABLE... COMMAND...
set -eu
name=$1 secrets=$2 readable=$3
shift 3
mount --make-rprivate /
hostname "$name"

# What the image holds under /opt may lie here in a home that only its owner may enter: that home is covered, and of it
# only this is shown.
stage=/mnt
mount -t tmpfs -o mode=755 tmpfs $stage
mkdir $stage/secrets
cp "$secrets"/* $stage/secrets/
number=0
for place in $(echo "$readable" | tr ':' ' '); do
  number=$((number + 1))
  mkdir $stage/$number
  mount --bind "$place" $stage/$number
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/secrets
cp $stage/secrets/* /run/secrets/
chmod 444 /run/secrets/*
mount -t tmpfs -o mode=1777,size=256m tmpfs /tmp
for home in /root /home; do
  case ":$readable" in *":$home/"*) mount -t tmpfs -o mode=755 tmpfs $home ;; esac
done
number=0
for place in $(echo "$readable" | tr ':' ' '); do
  number=$((number + 1))
  mkdir -p "$place"
  mount --bind $stage/$number "$place"
done
rm -r $stage/secrets

# Read-only, all of it but /tmp, /dev and what the kernel shows.
cut -d' ' -f2 /proc/self/mounts | sort -r | while read -r place; do
  case $place in /proc* | /sys* | /dev* | /tmp) ;; *) mount -o remount,bind,ro "$place" 2>/dev/null || true ;; esac
done
cd /
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set -all --inh-caps -all \
  env HOSTNAME="$name" HOME=/nonexistent "$@"
