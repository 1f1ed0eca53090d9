//! Examples: what stands below the options in each help page.

/// Below the help of the whole command.
pub(super) const ALL: &str = "\
Questions:
  what eats my memory, really (USS)?     psoxide procsmem --sort -memory_footprint.uss
  who listens on port 8080?              psoxide netstat --listening --port 8080
  which processes of anna are busy?      psoxide ps --user anna --sort -cpu_times.user
  what is process 1234 up to?            psoxide procinfo 1234
  the same for a program                 psoxide ps --json (or --jsonl, --csv)
  on the host, from a container          psoxide ps --root /host

Environment:
  HOST_ROOT                              the root of the machine to look at
  HOST_PROC HOST_SYS HOST_DEV HOST_ETC HOST_RUN
                                         one of its directories, where it lies elsewhere
  NO_COLOR                               no colour, whatever the terminal can do
  PSOXIDE_PAGER, PAGER                   what shows long output on a terminal; empty for nothing

Exit status:
  0 if it was told, 1 if not or if nothing was found, 2 for a command line that makes no sense";

pub(super) const BATTERY: &str = "\
Examples:
  psoxide battery
  psoxide battery --watch 60
  psoxide battery --json";

pub(super) const DISK_USAGE: &str = "\
Examples:
  psoxide df                             disks and their space
  psoxide disk-usage --all tmpfs         also those in memory, only those of that type
  psoxide df --sort -usage.percent -o partition.mountpoint,usage.percent,usage.free";

pub(super) const FANS: &str = "\
Examples:
  psoxide fans
  psoxide fans --csv";

pub(super) const FREE: &str = "\
Examples:
  psoxide free
  psoxide free --watch 1
  psoxide free -o virtual_memory.available,virtual_memory.percent --no-header";

pub(super) const IFCONFIG: &str = "\
Examples:
  psoxide ifconfig                       all interfaces
  psoxide ifconfig eth0                  one of them
  psoxide ifconfig --csv -o nic,io_counters.bytes_recv,io_counters.bytes_sent";

pub(super) const MEMINFO: &str = "\
Examples:
  psoxide meminfo
  psoxide meminfo --json";

pub(super) const NETSTAT: &str = "\
Examples:
  psoxide netstat --listening --port 80  who listens on port 80
  psoxide netstat --kind tcp ESTABLISHED
  psoxide netstat --pid 1234             the sockets of one process
  psoxide netstat -o pid,name,laddr.port --listening --sort laddr.port";

pub(super) const PIDOF: &str = "\
Examples:
  psoxide pidof firefox
  kill $(psoxide pidof my-server)
  psoxide pidof --json /usr/bin/python3  also by the first word of the command line";

pub(super) const PMAP: &str = "\
Examples:
  psoxide pmap 1234
  psoxide pmap --group --sort -rss 1234  by file, the largest first
  psoxide pmap 1234 --csv -o path,rss,pss";

pub(super) const PROCINFO: &str = "\
Examples:
  psoxide procinfo 1234
  psoxide procinfo --verbose 1234        with all its files, threads and mappings
  psoxide procinfo 1234 -o exe,environ.PATH";

pub(super) const PROCSMEM: &str = "\
USS is what would be freed if the process ended, PSS also its share of what it has in common with others.

Examples:
  psoxide procsmem                       the largest last
  psoxide procsmem --sort -memory_footprint.uss
  psoxide procsmem --user anna firefox
  psoxide procsmem --csv -o pid,name,memory_footprint.uss";

pub(super) const PS: &str = "\
Examples:
  psoxide ps                             all processes
  psoxide ps firefox                     those with this word in name, command line or user
  psoxide ps '/^python3? /'              those that this expression matches
  psoxide ps --user anna --tree          as a tree
  psoxide ps -o pid,name,memory_info.rss --sort -memory_info.rss
  psoxide ps -p 1,1234 --watch 2         again every two seconds
  psoxide ps --jsonl | grep '\"status\":\"zombie\"'";

pub(super) const PSTREE: &str = "\
Examples:
  psoxide pstree
  psoxide pstree --pid 1234              one process and everyone below it
  psoxide pstree sshd";

pub(super) const SENSORS: &str = "\
Examples:
  psoxide sensors
  psoxide sensors --watch 5
  psoxide sensors --json";

pub(super) const TEMPERATURES: &str = "\
Examples:
  psoxide temperatures
  psoxide temperatures coretemp --csv
  psoxide temperatures --sort -current -o chip,label,current";

pub(super) const WHO: &str = "\
Examples:
  psoxide who
  psoxide who anna
  psoxide who --json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  psoxide completions bash > ~/.local/share/bash-completion/completions/psoxide
  psoxide completions zsh > ~/.zfunc/_psoxide
  psoxide completions fish > ~/.config/fish/completions/psoxide.fish
  psoxide completions powershell >> $PROFILE";

pub(super) const MANUAL: &str = "\
Examples:
  psoxide manual | less
  psoxide manual ~/.local/share/man/man1";
