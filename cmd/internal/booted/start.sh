# start.sh NAME TREE DIR: boots the machine NAME in DIR over TREE. This shell becomes systemd-nspawn, in a mount
# namespace of its own: whatever is mounted here goes with it.
set -eu
name=$1 tree=$2 dir=$3

# A control group of its own, in whatever hierarchies there are: several machines would share one otherwise.
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
	if [ -e "$hierarchy/cgroup.procs" ]; then
		mkdir -p "$hierarchy/$name"
		echo $$ >"$hierarchy/$name/cgroup.procs"
	fi
done

mkdir -p "$dir/root" "$dir/upper" "$dir/work" /run/systemd/nspawn
# Mounts are passed on to the machine through a folder there, which must not lie on a disk.
mount -t tmpfs tmpfs /run/systemd/nspawn
mount -t overlay overlay -o "lowerdir=$tree,upperdir=$dir/upper,workdir=$dir/work" "$dir/root" 2>/dev/null ||
	[ -n "$(ls -A "$dir/root")" ] || # it boots again
	cp -a --reflink=auto "$tree/." "$dir/root"

exec systemd-nspawn --quiet --boot --directory="$dir/root" --machine="$name" --hostname=etamil-test \
	--register=no --keep-unit --settings=no --private-network --link-journal=no --resolv-conf=off --timezone=off \
	--console=pipe
