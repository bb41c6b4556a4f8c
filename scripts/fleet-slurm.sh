#!/usr/bin/env bash
# A registry on Slurm, for real: Debian's slurm-wlm on this machine, an array of 8 tasks, one task and one node daemon killed, requeued, merged, and
# compared with one process. Needs root and apt. Usage: fleet-slurm.sh [modules]
source "$(dirname "$0")/fleet.sh"
modules=${1:-2000} tasks=8
[ "$(id -u)" = 0 ] || { echo "needs root: it starts Slurm's daemons"; exit 3; }
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurm-wlm munge >/dev/null
fi
host=$(hostname -s)
conf=$work/slurm.conf
export SLURM_CONF=$conf
started=()
end() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  sleep 1
  rm -rf "$work"
}
trap end EXIT

# munge: a key, a socket and a daemon of our own.
mkdir -p "$work/munge" "$work/state" "$work/spool" && chmod 700 "$work/munge" && chmod 755 "$work"
head -c 1024 /dev/urandom >"$work/munge/key" && chmod 600 "$work/munge/key"
munged --foreground --force --socket "$work/munge.socket" --key-file "$work/munge/key" --log-file "$work/munge/log" \
  --pid-file "$work/munge/pid" --seed-file "$work/munge/seed" >"$work/munge/out" 2>&1 &
started+=($!)
until [ -S "$work/munge.socket" ]; do sleep 0.2; done

cat >"$conf" <<CONF
ClusterName=conform
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=10
InactiveLimit=0
KillWait=2
JobRequeue=1
RequeueExit=3,70,129,130,137,143
MaxArraySize=1001
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld -D >"$work/ctld.out" 2>&1 &
started+=($!)
slurmd_start() { slurmd -D -N "$host" >>"$work/slurmd.out" 2>&1 & slurmd=$!; started+=("$slurmd"); }
slurmd_start
until [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; do sleep 0.5; done
say "Slurm $(slurmctld -V | cut -d' ' -f2) is up; making $modules modules"

tiny_modules "$modules"
cd "$work"
alone

# A verdict (0, 1) is the task's good end; everything else is its own code, which RequeueExit knows.
cat >task.sh <<TASK
#!/bin/bash
#SBATCH --output=$work/task-%a.log --open-mode=append
cd $work
node $root/dist/conform.cjs --modules-from $work/list.ndjson --shard auto --resume --out results/\$SLURM_ARRAY_TASK_ID --reporter json --quiet
code=\$?
[ \$code = 1 ] && code=0
exit \$code
TASK
t=$(seconds)
job=$(sbatch --parsable --requeue --array=0-$((tasks - 1)) task.sh)
left() { squeue -h -r -j "$job" -o '%i' 2>/dev/null | wc -l; }
records() { cat results/*/shard-*.ndjson 2>/dev/null | grep -c '^{"type":"module"' || true; }
until [ "$(records)" -gt $((modules / 8)) ]; do sleep 0.3; done
# One task dies of SIGKILL: its conform, not its shell, so that the task ends with 137 and is requeued.
running() { pgrep -f "conform.cjs --modules-from $work/list.ndjson" || true; }
until [ -n "$(running)" ]; do sleep 0.1; done
victim=$(running | head -n 1)
kill -KILL "$victim"
say "killed one task (process $victim) at $(records) records"
until [ "$(records)" -gt $((modules / 2)) ]; do sleep 0.3; done
# The node daemon dies with its tasks; Slurm notices, requeues what ran there, and another daemon takes it up.
kill -KILL "$slurmd"
for pid in $(pgrep -f "slurmstepd: \[$job" || true) $(running); do kill -KILL "$pid" 2>/dev/null || true; done
say "killed the node daemon and what it ran at $(records) records"
sleep 12
slurmd_start
scontrol update NodeName="$host" State=RESUME 2>/dev/null || true
while [ "$(left)" -gt 0 ]; do
  # What was requeued waits two minutes by default; it may begin at once.
  for id in $(squeue -h -r -t PD -j "$job" -o '%i'); do scontrol update JobId="$id" StartTime=now 2>/dev/null || true; done
  sleep 1
done
array=$(($(seconds) - t))
conform merge results --out merged --reporter json --quiet || [ $? = 1 ]
compare alone/report.json merged/report.json
say "Slurm array of $tasks tasks over $modules modules on $(nproc) CPUs: $array s with one task and one node daemon killed; one process: $one s"
say "taken over when resumed: $(sed -n 's/.*, \([0-9]*\) taken over.*/\1/p' task-*.log | awk '{ n += $1 } END { print n + 0 }') records"
