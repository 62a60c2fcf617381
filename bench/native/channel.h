/*
 * A socket that may or may not wear TLS. Non-blocking, one thread, no allocation per message.
 *
 * Reading ahead is on, so a record costs one read(2) and not two: whoever reads must therefore go on until
 * `channel_has_more` says no, for epoll cannot see what OpenSSL already holds.
 */
#pragma once
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct {
  int fd;
  SSL *ssl; /* NULL: plain */
} channel;

enum { CHANNEL_AGAIN = -1, CHANNEL_CLOSED = -2 };

static inline ssize_t channel_tls_result(channel *c, int n) {
  int error = SSL_get_error(c->ssl, n);
  ERR_clear_error(); /* a stale entry would poison the next SSL_get_error of another connection */
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? CHANNEL_AGAIN : CHANNEL_CLOSED;
}

static inline ssize_t channel_plain_result(ssize_t n) {
  if (n > 0) return n;
  return n < 0 && (errno == EAGAIN || errno == EINTR) ? CHANNEL_AGAIN : CHANNEL_CLOSED;
}

static inline ssize_t channel_read(channel *c, void *into, size_t size) {
  if (!c->ssl) return channel_plain_result(read(c->fd, into, size));
  int n = SSL_read(c->ssl, into, (int)size);
  return n > 0 ? n : channel_tls_result(c, n);
}

static inline ssize_t channel_write(channel *c, const void *from, size_t size) {
  if (!c->ssl) return channel_plain_result(write(c->fd, from, size));
  int n = SSL_write(c->ssl, from, (int)size);
  return n > 0 ? n : channel_tls_result(c, n);
}

static inline bool channel_has_more(channel *c) { return c->ssl && SSL_has_pending(c->ssl); }

static inline void channel_close(channel *c) {
  if (c->ssl) SSL_free(c->ssl);
  if (c->fd >= 0) close(c->fd);
  c->ssl = NULL;
  c->fd = -1;
}

/* TLS 1.3 only, both sides: the cases say so, and a fall-back to 1.2 would compare two different things. */
static inline void channel_configure(SSL_CTX *context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
}
