/*
 * CPU seconds of a server: all threads, and all its child processes.
 *
 * The process clock is what /proc/PID/stat shows as utime + stime, in nanoseconds instead of ticks of 10 ms.
 * The generator reads it itself, at the very edges of the measured interval: on two busy cores an observer in another
 * process would wake up late. Source: clock_getcpuclockid(3), proc(5).
 */
#pragma once
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

static inline double seconds_of(struct timespec t) { return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }

static inline double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return seconds_of(t);
}

static inline double own_cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return seconds_of(t);
}

static double tree_cpu_seconds(pid_t pid);

static double children_cpu_seconds(pid_t pid, const char *task) {
  char path[600];
  snprintf(path, sizeof path, "/proc/%d/task/%s/children", pid, task);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  double total = 0;
  int child;
  while (fscanf(file, "%d", &child) == 1) total += tree_cpu_seconds(child);
  fclose(file);
  return total;
}

/* 0 for pid 0, which means "nobody asked". */
static double tree_cpu_seconds(pid_t pid) {
  clockid_t clock;
  struct timespec t;
  if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return 0;
  double total = seconds_of(t);

  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = opendir(path);
  if (!tasks) return total;
  for (struct dirent *entry; (entry = readdir(tasks));) {
    if (entry->d_name[0] != '.') total += children_cpu_seconds(pid, entry->d_name);
  }
  closedir(tasks);
  return total;
}
