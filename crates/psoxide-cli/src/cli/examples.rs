//! Examples: what stands below the options in each help page.

/// Below the help of the whole command.
pub(crate) const ALL: &str = "\
Questions:
  what eats my memory, really (USS)?     psoxide procsmem --sort -memory_footprint.uss
  who listens on port 8080?              psoxide netstat --listening --port 8080
  who holds this file?                   psoxide holders /var/log/syslog
  what did this build cost over time?    psoxide record -o build.arrows -- make
                                         psoxide plot build.arrows -o build.svg
  which processes of anna are busy?      psoxide ps --user anna --sort -cpu_times.user
  what is the machine doing?             psoxide top
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

pub(crate) const BATTERY: &str = "\
Examples:
  psoxide battery
  psoxide battery --watch 60
  psoxide battery --json";

pub(crate) const DISK_USAGE: &str = "\
Examples:
  psoxide df                             disks and their space
  psoxide disk-usage --all tmpfs         also those in memory, only those of that type
  psoxide df --sort -usage.percent -o partition.mountpoint,usage.percent,usage.free";

pub(crate) const FANS: &str = "\
Examples:
  psoxide fans
  psoxide fans --csv";

pub(crate) const FREE: &str = "\
Examples:
  psoxide free
  psoxide free --watch 1
  psoxide free -o virtual_memory.available,virtual_memory.percent --no-header";

pub(crate) const IFCONFIG: &str = "\
Examples:
  psoxide ifconfig                       all interfaces
  psoxide ifconfig eth0                  one of them
  psoxide ifconfig --csv -o nic,io_counters.bytes_recv,io_counters.bytes_sent";

pub(crate) const MEMINFO: &str = "\
Examples:
  psoxide meminfo
  psoxide meminfo --json";

pub(crate) const NETSTAT: &str = "\
Examples:
  psoxide netstat --listening --port 80  who listens on port 80
  psoxide netstat --kind tcp ESTABLISHED
  psoxide netstat --pid 1234             the sockets of one process
  psoxide netstat -o pid,name,laddr.port --listening --sort laddr.port";

pub(crate) const PIDOF: &str = "\
Examples:
  psoxide pidof firefox
  kill $(psoxide pidof my-server)
  psoxide pidof --json /usr/bin/python3  also by the first word of the command line";

pub(crate) const PMAP: &str = "\
Examples:
  psoxide pmap 1234
  psoxide pmap --group --sort -rss 1234  by file, the largest first
  psoxide pmap 1234 --csv -o path,rss,pss";

pub(crate) const PROCINFO: &str = "\
Examples:
  psoxide procinfo 1234
  psoxide procinfo --verbose 1234        with all its files, threads and mappings
  psoxide procinfo 1234 -o exe,environ.PATH";

pub(crate) const PROCSMEM: &str = "\
USS is what would be freed if the process ended, PSS also its share of what it has in common with others.

Examples:
  psoxide procsmem                       the largest last
  psoxide procsmem --sort -memory_footprint.uss
  psoxide procsmem --user anna firefox
  psoxide procsmem --csv -o pid,name,memory_footprint.uss";

pub(crate) const PS: &str = "\
The column cpu_percent tells how busy a process was since it was started; with --watch, since the list before.

Examples:
  psoxide ps                             all processes
  psoxide ps firefox                     those with this word in name, command line or user
  psoxide ps '/^python3? /'              those that this expression matches
  psoxide ps --user anna --tree          as a tree
  psoxide ps -o pid,name,memory_info.rss --sort -memory_info.rss
  psoxide ps -p 1,1234 --watch 2         again every two seconds
  psoxide ps -o pid,name,cpu_percent --sort -cpu_percent --watch 2
  psoxide ps --jsonl | grep '\"status\":\"zombie\"'";

pub(crate) const PSTREE: &str = "\
Examples:
  psoxide pstree
  psoxide pstree --pid 1234              one process and everyone below it
  psoxide pstree sshd";

pub(crate) const SENSORS: &str = "\
Examples:
  psoxide sensors
  psoxide sensors --watch 5
  psoxide sensors --json";

pub(crate) const TEMPERATURES: &str = "\
Examples:
  psoxide temperatures
  psoxide temperatures coretemp --csv
  psoxide temperatures --sort -current -o chip,label,current";

pub(crate) const WHO: &str = "\
Examples:
  psoxide who
  psoxide who anna
  psoxide who --json";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  psoxide completions bash > ~/.local/share/bash-completion/completions/psoxide
  psoxide completions zsh > ~/.zfunc/_psoxide
  psoxide completions fish > ~/.config/fish/completions/psoxide.fish
  psoxide completions powershell >> $PROFILE";

pub(crate) const MANUAL: &str = "\
Examples:
  psoxide manual | less
  psoxide manual ~/.local/share/man/man1";

pub(crate) const BENCH: &str = "\
Examples:
  psoxide bench oneshot
  psoxide bench api --times 100";

pub(crate) const BENCH_API: &str = "\
Examples:
  psoxide bench api
  psoxide bench api --times 100 --pid 1 --sort -seconds";

pub(crate) const BENCH_ONESHOT: &str = "\
Examples:
  psoxide bench oneshot
  psoxide bench oneshot --times 10000 --names name,ppid,cpu_times";

pub(crate) const HOLDERS: &str = "\
Examples:
  psoxide holders /var/log/syslog        who has this file open, mapped or as its program
  psoxide holders /mnt                   who keeps this disk from being unmounted
  psoxide holders /run/docker.sock       who listens on this socket
  psoxide holders --json -o pid,path .";

pub(crate) const KILLALL: &str = "\
The signal goes to the processes that were found, and never to whoever has their numbers by then. The first process and
those that this command was started by are spared.

Examples:
  psoxide killall my-server              end it at once
  psoxide killall --signal TERM my-server
  psoxide killall --dry-run my-server    only list who would be ended";

pub(crate) const WINSERVICES: &str = "\
Examples:
  psoxide winservices
  psoxide winservices running --json";

pub(super) const CPU_DISTRIBUTION: &str = "\
Examples:
  psoxide cpu-distribution               the monitor, at this view
  psoxide cpu-distribution -n 1          a list
  psoxide cpu-distribution --json";

pub(super) const IOTOP: &str = "\
Examples:
  psoxide iotop                          the monitor, at this view
  psoxide iotop -n 1 -d 5                a list of what happened in five seconds
  psoxide iotop --jsonl -o pid,name,io_rates.write_bytes --sort -io_rates.write_bytes";

pub(super) const NETTOP: &str = "\
Examples:
  psoxide nettop                         the monitor, at this view
  psoxide nettop -n 10 -d 1              ten lists, a second apart
  psoxide nettop --json eth0";

pub(super) const TOP: &str = "\
Examples:
  psoxide top                            the monitor; ? shows its keys
  psoxide top postgres --sort -memory_info.rss
  psoxide top --tree --readonly
  psoxide top -n 1 | head -20            a list, as top -b
  psoxide top --jsonl -o pid,name,cpu_percent";

pub(crate) const PLOT: &str = "\
Examples:
  psoxide plot build.arrows -o build.svg
  psoxide plot build.arrows -o build.png --size 1600x1200
  psoxide plot build.arrows -o build.html";

pub(crate) const RECORD: &str = "\
The file is whole after every sample, whatever happens to the recording. It ends with the command or process, with
--duration, or with Ctrl-C.

Examples:
  psoxide record -o build.arrows -- make -j8
  psoxide record -o server.arrows --pid 1234 --interval 5 --add num_fds,memory_footprint.uss
  psoxide record -o machine.arrows --duration 3600

Read it:
  psoxide plot build.arrows -o build.svg
  python3 -c 'import polars; print(polars.read_ipc_stream(\"build.arrows\"))'
  python3 -c 'import duckdb, pyarrow.ipc; t = pyarrow.ipc.open_stream(\"build.arrows\").read_all();
              print(duckdb.sql(\"select name, max(\\\"memory_info.rss\\\") from t group by name\"))'";
