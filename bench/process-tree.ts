import { readdirSync, readFileSync } from 'node:fs';

/** Resident bytes of a process and all its children. Source: proc(5), VmRSS. */
export function residentBytes(pid: number): number {
  return sumOverTree(pid, (member) => {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1] ?? '0';
    return Number(kibibytes) * 1024;
  });
}

const TICKS_A_SECOND = 100;

/** User and system CPU of a process, its threads and all its children, in steps of 10 ms. Source: proc(5), stat fields 14 and 15. */
export function cpuSeconds(pid: number): number {
  return sumOverTree(pid, (member) => {
    const stat = readFileSync(`/proc/${member}/stat`, 'utf8');
    // The second field is the program's name and may hold spaces and brackets; what follows its last bracket is numbers.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  });
}

function sumOverTree(pid: number, figure: (pid: number) => number): number {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return children.reduce((sum, child) => sum + sumOverTree(child, figure), figure(pid));
}
