/*
 * The least an MQTT server can do: answer every CONNECT with "accepted" and every QoS 1 PUBLISH with a PUBACK. One write a read.
 * What the generator reaches against it is the generator's ceiling; what it costs is the kernel's and OpenSSL's share.
 *
 *     sink HOST PORT [CERT KEY]              acknowledge only
 *     SINK_LOG=FILE sink HOST PORT …         append what arrived and fdatasync, then acknowledge: the durable floor
 *
 * In the durable form everything one epoll_wait reported is one commit.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "channel.h"
#include "mqtt.h"

enum { EVENTS = 1024, FRAME_BYTES_MAX = 8192, READ_BYTES = 65536 };

typedef struct {
  channel channel;
  bool established;
  size_t kept; /* bytes of an unfinished packet */
  uint8_t rest[FRAME_BYTES_MAX];
  size_t acks_bytes, acks_room;
  uint8_t *acks;
} client;

static int epoll_fd, log_fd = -1;
static SSL_CTX *tls;
static uint8_t input[FRAME_BYTES_MAX + READ_BYTES];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void drop(client *c) {
  channel_close(&c->channel);
  free(c->acks);
  free(c);
}

static void put_ack(client *c, uint8_t type, uint8_t high, uint8_t low) {
  if (c->acks_bytes + ACK_BYTES > c->acks_room) {
    c->acks_room = c->acks_room ? c->acks_room * 2 : 64;
    c->acks = realloc(c->acks, c->acks_room);
    if (!c->acks) die("realloc");
  }
  uint8_t ack[ACK_BYTES] = {type, 2, high, low};
  memcpy(c->acks + c->acks_bytes, ack, ACK_BYTES);
  c->acks_bytes += ACK_BYTES;
}

/* Returns the size of the whole packet at `p`, or 0 when it has not arrived yet; `*body` is where its variable header begins. */
static size_t packet_bytes(const uint8_t *p, size_t size, const uint8_t **body) {
  size_t length = 0;
  for (size_t i = 1; i < 5 && i < size; i++) {
    length |= (size_t)(p[i] & 0x7f) << (7 * (i - 1));
    if (p[i] & 0x80) continue;
    *body = p + i + 1;
    return size >= i + 1 + length ? i + 1 + length : 0;
  }
  return 0;
}

/* Returns how many bytes were whole packets. */
static size_t answer(client *c, const uint8_t *p, size_t size) {
  size_t done = 0;
  const uint8_t *body;
  for (size_t n; done < size && (n = packet_bytes(p + done, size - done, &body)); done += n) {
    uint8_t type = p[done] & 0xf0;
    if (type == CONNECT_BYTE) put_ack(c, CONNACK_BYTE, 0, 0);
    if (p[done] != PUBLISH_QOS1_BYTE) continue;
    size_t topic = (size_t)body[0] << 8 | body[1];
    put_ack(c, PUBACK_BYTE, body[2 + topic], body[3 + topic]);
  }
  return done;
}

/* False when the peer is gone. */
static bool take(client *c) {
  do {
    memcpy(input, c->rest, c->kept);
    ssize_t n = channel_read(&c->channel, input + c->kept, READ_BYTES);
    if (n == CHANNEL_AGAIN) return true;
    if (n == CHANNEL_CLOSED) return false;
    if (log_fd >= 0 && write(log_fd, input + c->kept, (size_t)n) != n) die("log");
    size_t size = c->kept + (size_t)n, done = answer(c, input, size);
    c->kept = size - done;
    if (c->kept > FRAME_BYTES_MAX) return false;
    memcpy(c->rest, input + done, c->kept);
  } while (channel_has_more(&c->channel));
  return true;
}

static bool handshake(client *c) {
  int n = SSL_accept(c->channel.ssl);
  if (n == 1) return c->established = true;
  return channel_tls_result(&c->channel, n) == CHANNEL_AGAIN;
}

/* A peer that does not read its acknowledgements is cut off: this is a sink, not a broker. */
static bool send_acks(client *c) {
  ssize_t n = channel_write(&c->channel, c->acks, c->acks_bytes);
  bool whole = n == (ssize_t)c->acks_bytes;
  c->acks_bytes = 0;
  return whole;
}

static void accept_clients(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    client *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    c->channel.fd = fd;
    c->established = tls == NULL;
    if (tls) {
      c->channel.ssl = SSL_new(tls);
      SSL_set_fd(c->channel.ssl, fd);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
  }
}

static void serve_batch(int listener, struct epoll_event *events, int count) {
  client *talked[EVENTS];
  int talkers = 0;
  for (int i = 0; i < count; i++) {
    client *c = events[i].data.ptr;
    if (!c) accept_clients(listener);
    else if ((!c->established && !handshake(c)) || (c->established && !take(c))) drop(c);
    else if (c->acks_bytes > 0) talked[talkers++] = c;
  }
  if (log_fd >= 0 && talkers > 0 && fdatasync(log_fd) != 0) die("fdatasync");
  for (int i = 0; i < talkers; i++) {
    if (!send_acks(talked[i])) drop(talked[i]);
  }
}

static int listen_on(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die(host);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0) die("listen");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return fprintf(stderr, "usage: sink HOST PORT [CERT KEY]\n"), 2;
  signal(SIGPIPE, SIG_IGN);
  if (argc == 5) {
    tls = SSL_CTX_new(TLS_server_method());
    channel_configure(tls);
    if (SSL_CTX_use_certificate_chain_file(tls, argv[3]) != 1) return fprintf(stderr, "cannot read %s\n", argv[3]), 1;
    if (SSL_CTX_use_PrivateKey_file(tls, argv[4], SSL_FILETYPE_PEM) != 1) return fprintf(stderr, "cannot read %s\n", argv[4]), 1;
  }
  const char *log = getenv("SINK_LOG");
  if (log && (log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600)) < 0) die(log);

  int listener = listen_on(argv[1], atoi(argv[2]));
  epoll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS];
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) serve_batch(listener, events, epoll_wait(epoll_fd, events, EVENTS, -1));
}
