/*
 * The load generator: many MQTT devices in one thread. Says what it saw as one JSON object on stdout.
 *
 *     load --mode ingest   a window of QoS 1 messages per connection, the next one sent when one is acknowledged
 *     load --mode latency  open loop: message k leaves at start + k / rate, whatever the server does
 *     load --mode connect  connect, be accepted, leave, as fast as --connections at a time allow
 *     load --mode idle     connect all, say so, hold them until stdin ends
 *
 * Invariants
 * 1. Nothing is allocated or formatted per message: each connection's frames are prebuilt in a ring, `window` of them repeated
 *    at its end so that any run of up to a window is one contiguous write.
 * 2. One write per read: however many acknowledgements a read brings, their successors leave together.
 * 3. A latency counts from the scheduled send, so a stall is charged to every message it delayed (no coordinated omission).
 * 4. A run with a refused or lost connection fails with words; its figures would be about fewer devices than promised.
 *
 *     closed ──connect──► dialling ──TLS──► shaking ──CONNECT──► waiting ──CONNACK 0──► open
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "channel.h"
#include "cpu.h"
#include "mqtt.h"

enum { EVENTS = 1024, READ_BYTES = 65536, LATENCY_RING_FRAMES = 64, DIALS_MAX = 64, PACKET_BYTES_MAX = 4096 };
static const double DRAIN_SECONDS = 10, CONNECT_ALL_SECONDS = 60;

typedef struct {
  char *client_id, *username, *password, *topic;
} device;

enum state { CLOSED, DIALLING, SHAKING, WAITING, OPEN };

typedef struct {
  channel channel;
  enum state state;
  const device *device;
  uint8_t *ring;
  size_t frame_bytes;
  uint64_t written, wanted; /* bytes of the endless stream of frames: on the wire, and due */
  uint64_t acked;           /* messages */
  double *scheduled;        /* per frame of the ring, latency only */
  uint8_t rest[ACK_BYTES];  /* an acknowledgement cut by a read */
  size_t rest_bytes;
  bool wants_out;
} connection;

static struct {
  const char *mode, *host, *devices, *body;
  int port, connections, window, rate;
  double seconds, warmup;
  bool tls;
  pid_t server;
} options = {.mode = "ingest", .connections = 1, .window = 1, .seconds = 5, .warmup = 1, .body = "{}"};

static int epoll_fd, timer_fd = -1, stdin_tag, timer_tag;
static bool latency_mode, ingest_mode, stdin_ended, timer_fired;
static SSL_CTX *tls;
static connection *connections;
static device *devices;
static size_t device_count, next_device, ring_frames;
static int dialling, opened;
static uint64_t acked, accepted;
static float *latencies; /* ms, of the measured messages */
static size_t latency_count;
static double measure_from; /* latency: messages scheduled earlier are warm-up */
static double lag_max;      /* latency: how late the generator itself was */
static uint8_t input[ACK_BYTES + READ_BYTES];

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static void *allocate(size_t count, size_t size) {
  void *p = calloc(count, size);
  if (!p) fail("out of memory");
  return p;
}

/* ---- devices: one a line, four fields divided by tabs ---- */

static void read_devices(void) {
  FILE *file = fopen(options.devices, "r");
  if (!file) fail("cannot read %s", options.devices);
  size_t room = 0;
  char *line = NULL;
  for (size_t size = 0; getline(&line, &size, file) > 0; line = NULL, size = 0) {
    if (device_count == room && !(devices = realloc(devices, (room = room * 2 + 64) * sizeof *devices))) fail("out of memory");
    device *d = &devices[device_count++];
    char *rest = line;
    d->client_id = strsep(&rest, "\t\n");
    d->username = strsep(&rest, "\t\n");
    d->password = strsep(&rest, "\t\n");
    d->topic = strsep(&rest, "\t\n");
    if (!d->topic) fail("%s: line %zu has fewer than four fields", options.devices, device_count);
  }
  fclose(file);
  if (device_count < (size_t)options.connections) fail("%zu devices for %d connections", device_count, options.connections);
}

static void build_ring(connection *c) {
  size_t body_bytes = strlen(options.body), frames = ring_frames + (size_t)options.window;
  uint8_t packet[PACKET_BYTES_MAX];
  if (strlen(c->device->topic) + body_bytes + 16 > sizeof packet) fail("topic and body exceed %d bytes", PACKET_BYTES_MAX);
  c->frame_bytes = put_publish(packet, c->device->topic, 1, options.body, body_bytes);
  c->ring = allocate(frames, c->frame_bytes);
  for (size_t i = 0; i < frames; i++) {
    uint16_t packet_id = (uint16_t)(i % ring_frames + 1);
    put_publish(c->ring + i * c->frame_bytes, c->device->topic, packet_id, options.body, body_bytes);
  }
  if (latency_mode) c->scheduled = allocate(ring_frames, sizeof(double));
}

/* ---- one connection ---- */

static void watch(connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  if (epoll_ctl(epoll_fd, operation, c->channel.fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static void dial(connection *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  if (inet_pton(AF_INET, options.host, &address.sin_addr) != 1) fail("%s is not an IPv4 address", options.host);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  if (fd < 0) fail("socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
  c->channel.fd = fd;
  c->state = DIALLING;
  dialling++;
  watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void send_connect(connection *c) {
  uint8_t packet[PACKET_BYTES_MAX];
  if (strlen(c->device->username) + strlen(c->device->password) + 512 > sizeof packet) fail("a credential is too long");
  size_t size = put_connect(packet, c->device->client_id, c->device->username, c->device->password);
  if (channel_write(&c->channel, packet, size) != (ssize_t)size) fail("%s: CONNECT could not be written", c->device->client_id);
  c->state = WAITING;
}

static void shake(connection *c) {
  int n = SSL_connect(c->channel.ssl);
  if (n == 1) send_connect(c);
  else if (channel_tls_result(&c->channel, n) != CHANNEL_AGAIN) fail("%s: TLS handshake failed", c->device->client_id);
}

static void dialled(connection *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->channel.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) fail("connect to %s:%d: %s", options.host, options.port, strerror(error));
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
  if (!tls) return send_connect(c);
  c->channel.ssl = SSL_new(tls);
  SSL_set_fd(c->channel.ssl, c->channel.fd);
  c->state = SHAKING;
  shake(c);
}

static void take_connack(connection *c) {
  ssize_t n = channel_read(&c->channel, c->rest + c->rest_bytes, ACK_BYTES - c->rest_bytes);
  if (n == CHANNEL_AGAIN) return;
  if (n == CHANNEL_CLOSED) fail("%s: closed before CONNACK", c->device->client_id);
  c->rest_bytes += (size_t)n;
  if (c->rest_bytes < ACK_BYTES) return;
  if (c->rest[0] != CONNACK_BYTE || c->rest[3] != 0) fail("%s: refused with CONNACK code %d", c->device->client_id, c->rest[3]);
  c->rest_bytes = 0;
  c->state = OPEN;
  dialling--;
  opened++;
  accepted++;
}

static void leave(connection *c) {
  uint8_t packet[2] = {DISCONNECT_BYTE, 0};
  channel_write(&c->channel, packet, sizeof packet);
  channel_close(&c->channel);
  c->state = CLOSED;
  opened--;
}

/* Writes what is due; what the socket does not take now leaves when it becomes writable. */
static void flush(connection *c) {
  uint64_t ring_bytes = ring_frames * c->frame_bytes, room = ring_bytes + (uint64_t)options.window * c->frame_bytes;
  while (c->written < c->wanted) {
    uint64_t offset = c->written % ring_bytes, size = c->wanted - c->written;
    if (size > room - offset) size = room - offset;
    ssize_t n = channel_write(&c->channel, c->ring + offset, size);
    if (n == CHANNEL_CLOSED) fail("%s: connection lost while publishing", c->device->client_id);
    if (n == CHANNEL_AGAIN) break;
    c->written += (uint64_t)n;
  }
  bool wants_out = c->written < c->wanted;
  if (wants_out != c->wants_out) watch(c, wants_out ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
  c->wants_out = wants_out;
}

static void note_latency(connection *c, unsigned packet_id, double now) {
  if (packet_id < 1 || packet_id > ring_frames) fail("%s: PUBACK for %u, which was never sent", c->device->client_id, packet_id);
  double scheduled = c->scheduled[packet_id - 1];
  if (scheduled >= measure_from) latencies[latency_count++] = (float)((now - scheduled) * 1000);
}

/* Returns how many acknowledgements `size` bytes of input hold; keeps the cut one for the next read. */
static size_t count_acks(connection *c, size_t size, double now) {
  size_t count = size / ACK_BYTES;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *p = input + i * ACK_BYTES;
    if (p[0] != PUBACK_BYTE || p[1] != 2) fail("%s: expected PUBACK, got packet type 0x%02x", c->device->client_id, p[0]);
    if (latency_mode) note_latency(c, (unsigned)p[2] << 8 | p[3], now);
  }
  c->rest_bytes = size % ACK_BYTES;
  memcpy(c->rest, input + count * ACK_BYTES, c->rest_bytes);
  return count;
}

static void take_acks(connection *c) {
  size_t count = 0;
  do {
    memcpy(input, c->rest, c->rest_bytes);
    ssize_t n = channel_read(&c->channel, input + c->rest_bytes, READ_BYTES);
    if (n == CHANNEL_AGAIN) break;
    if (n == CHANNEL_CLOSED) fail("%s: connection lost", c->device->client_id);
    count += count_acks(c, c->rest_bytes + (size_t)n, latency_mode ? now_seconds() : 0);
  } while (channel_has_more(&c->channel));
  c->acked += count;
  acked += count;
  if (ingest_mode) c->wanted += count * c->frame_bytes;
  if (c->written < c->wanted) flush(c);
}

static void on_event(connection *c, uint32_t events) {
  switch (c->state) {
    case DIALLING: return dialled(c);
    case SHAKING: return shake(c);
    case WAITING: return take_connack(c);
    case OPEN:
      if (events & EPOLLOUT) flush(c);
      if (events & ~(uint32_t)EPOLLOUT) take_acks(c);
      return;
    case CLOSED: return;
  }
}

static void pump(int timeout_ms) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(epoll_fd, events, EVENTS, timeout_ms);
  for (int i = 0; i < count; i++) {
    if (events[i].data.ptr == &stdin_tag) {
      char byte;
      stdin_ended = read(STDIN_FILENO, &byte, 1) <= 0;
    } else if (events[i].data.ptr == &timer_tag) {
      uint64_t times;
      timer_fired = read(timer_fd, &times, sizeof times) > 0;
    } else {
      on_event(events[i].data.ptr, events[i].events);
    }
  }
}

/* ---- the modes ---- */

static void open_all(void) {
  double deadline = now_seconds() + CONNECT_ALL_SECONDS;
  for (int next = 0; opened < options.connections;) {
    while (next < options.connections && dialling < DIALS_MAX) dial(&connections[next++]);
    pump(100);
    if (now_seconds() > deadline) fail("only %d of %d connections within %.0f s", opened, options.connections, CONNECT_ALL_SECONDS);
  }
}

typedef struct {
  double at, server_cpu, own_cpu;
  uint64_t acked, accepted;
} reading;

static reading take_reading(void) {
  return (reading){now_seconds(), tree_cpu_seconds(options.server), own_cpu_seconds(), acked, accepted};
}

static void report(const reading *from, const reading *to) {
  double seconds = to->at - from->at;
  printf("{\"mode\":\"%s\",\"connections\":%d,\"seconds\":%.4f,\"acked\":%lu,\"accepted\":%lu,", options.mode, options.connections,
         seconds, (unsigned long)(to->acked - from->acked), (unsigned long)(to->accepted - from->accepted));
  printf("\"serverCpuSeconds\":%.6f,\"generatorCpuSeconds\":%.6f", to->server_cpu - from->server_cpu, to->own_cpu - from->own_cpu);
}

static void run_ingest(void) {
  open_all();
  for (int i = 0; i < options.connections; i++) {
    connections[i].wanted = (uint64_t)options.window * connections[i].frame_bytes;
    flush(&connections[i]);
  }
  for (double until = now_seconds() + options.warmup; now_seconds() < until;) pump(50);
  reading from = take_reading();
  while (now_seconds() < from.at + options.seconds) pump(50);
  reading to = take_reading();
  report(&from, &to);
  printf("}\n");
}

static void wake_at(double at) {
  struct itimerspec when = {.it_value = {.tv_sec = (time_t)at, .tv_nsec = (long)((at - (double)(time_t)at) * 1e9)}};
  timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void send_scheduled(connection *c, double scheduled, double now) {
  uint64_t frame = c->wanted / c->frame_bytes;
  if (frame - c->acked >= ring_frames) fail("%s: %zu messages unacknowledged; the server does not keep up", c->device->client_id, ring_frames);
  c->scheduled[frame % ring_frames] = scheduled;
  c->wanted += c->frame_bytes;
  flush(c);
  if (scheduled >= measure_from && now - scheduled > lag_max) lag_max = now - scheduled;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float percentile(double share) { return latencies[(size_t)((double)(latency_count - 1) * share)]; }

static void report_latencies(void) {
  qsort(latencies, latency_count, sizeof *latencies, by_value);
  printf(",\"latencyMs\":{\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"p999\":%.4f,\"max\":%.4f},\"generatorLagMaxMs\":%.4f", percentile(0.5),
         percentile(0.9), percentile(0.99), percentile(0.999), percentile(1), lag_max * 1000);
}

static void run_latency(void) {
  open_all();
  uint64_t total = (uint64_t)((options.warmup + options.seconds) * options.rate), sent = 0;
  latencies = allocate(total + 1, sizeof *latencies);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &timer_tag};
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event);

  double start = now_seconds() + 0.1;
  measure_from = start + options.warmup;
  reading from = {0};
  while (sent < total) {
    double now = now_seconds();
    if (from.at == 0 && now >= measure_from) from = take_reading();
    for (double due; sent < total && (due = start + (double)sent / options.rate) <= now; sent++) {
      send_scheduled(&connections[sent % (uint64_t)options.connections], due, now);
    }
    wake_at(start + (double)sent / options.rate);
    for (timer_fired = false; !timer_fired;) pump(-1);
  }
  for (double until = now_seconds() + DRAIN_SECONDS; acked < total && now_seconds() < until;) pump(10);
  if (acked < total) fail("%lu messages were never acknowledged", (unsigned long)(total - acked));
  reading to = take_reading();
  report(&from, &to);
  report_latencies();
  printf("}\n");
}

static void redial(connection *c) {
  if (c->state == OPEN) leave(c);
  c->device = &devices[next_device++ % device_count];
  dial(c);
}

static void connect_until(double until) {
  while (now_seconds() < until) {
    for (int i = 0; i < options.connections; i++) {
      if (connections[i].state == OPEN || connections[i].state == CLOSED) redial(&connections[i]);
    }
    pump(50);
  }
}

static void run_connect(void) {
  connect_until(now_seconds() + options.warmup);
  reading from = take_reading();
  connect_until(from.at + options.seconds);
  reading to = take_reading();
  report(&from, &to);
  printf("}\n");
}

/* --seconds bounds how long it holds, should whoever asked never come back. */
static void run_idle(void) {
  reading from = take_reading();
  open_all();
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &stdin_tag};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  printf("{\"open\":%d}\n", opened);
  fflush(stdout);
  for (double until = now_seconds() + options.seconds; !stdin_ended && now_seconds() < until;) pump(100);
  reading to = take_reading();
  report(&from, &to);
  printf("}\n");
}

/* ---- command line ---- */

static void parse_options(int argc, char **argv) {
  static const struct option known[] = {{"mode", 1, 0, 'm'},    {"host", 1, 0, 'h'},   {"port", 1, 0, 'p'},    {"devices", 1, 0, 'd'},
                                        {"connections", 1, 0, 'c'}, {"window", 1, 0, 'w'}, {"rate", 1, 0, 'r'},    {"seconds", 1, 0, 's'},
                                        {"warmup", 1, 0, 'u'},  {"body", 1, 0, 'b'},   {"tls", 0, 0, 't'},     {"server-pid", 1, 0, 'P'},
                                        {0, 0, 0, 0}};
  for (int letter; (letter = getopt_long(argc, argv, "", known, NULL)) != -1;) {
    switch (letter) {
      case 'm': options.mode = optarg; break;
      case 'h': options.host = optarg; break;
      case 'p': options.port = atoi(optarg); break;
      case 'd': options.devices = optarg; break;
      case 'c': options.connections = atoi(optarg); break;
      case 'w': options.window = atoi(optarg); break;
      case 'r': options.rate = atoi(optarg); break;
      case 's': options.seconds = atof(optarg); break;
      case 'u': options.warmup = atof(optarg); break;
      case 'b': options.body = optarg; break;
      case 't': options.tls = true; break;
      case 'P': options.server = atoi(optarg); break;
      default: exit(2);
    }
  }
  if (!options.host || !options.devices || options.port <= 0 || options.connections < 1 || options.window < 1) {
    fail("load: --host, --port and --devices are required; counts are at least 1");
  }
}

/* The server's certificate is nobody's question here, and checking its chain would spend the generator's CPU. */
static int accept_any_chain(X509_STORE_CTX *store, void *argument) {
  (void)store, (void)argument;
  return 1;
}

static void prepare(void) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1000UL); /* ns: the default of 50 us would show in the latencies */
  latency_mode = strcmp(options.mode, "latency") == 0;
  ingest_mode = strcmp(options.mode, "ingest") == 0;
  if (latency_mode && options.rate < 1) fail("load: --rate is required");
  ring_frames = latency_mode ? LATENCY_RING_FRAMES : (size_t)options.window * 4;
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (options.tls) {
    tls = SSL_CTX_new(TLS_client_method());
    channel_configure(tls);
    SSL_CTX_set_cert_verify_callback(tls, accept_any_chain, NULL);
  }
  connections = allocate((size_t)options.connections, sizeof *connections);
  for (int i = 0; i < options.connections; i++) {
    connections[i].channel.fd = -1;
    connections[i].device = &devices[i];
    if (latency_mode || ingest_mode) build_ring(&connections[i]);
  }
}

int main(int argc, char **argv) {
  parse_options(argc, argv);
  read_devices();
  prepare();
  if (ingest_mode) run_ingest();
  else if (latency_mode) run_latency();
  else if (strcmp(options.mode, "connect") == 0) run_connect();
  else if (strcmp(options.mode, "idle") == 0) run_idle();
  else fail("load: no mode is called %s", options.mode);
  for (int i = 0; i < options.connections; i++) {
    if (connections[i].state == OPEN) leave(&connections[i]);
  }
  return 0;
}
