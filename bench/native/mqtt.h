/*
 * The two packets a device sends here, and the constants of the answers. Source: MQTT 3.1.1 §3.1 to §3.4.
 */
#pragma once
#include <stdint.h>
#include <string.h>

enum { CONNECT_BYTE = 0x10, CONNACK_BYTE = 0x20, PUBLISH_QOS1_BYTE = 0x32, PUBACK_BYTE = 0x40, DISCONNECT_BYTE = 0xe0 };
enum { ACK_BYTES = 4, KEEP_ALIVE_SECONDS = 600 };

static inline uint8_t *put_length(uint8_t *at, size_t length) {
  do {
    uint8_t low = length % 128;
    length /= 128;
    *at++ = low | (length > 0 ? 0x80 : 0);
  } while (length > 0);
  return at;
}

static inline uint8_t *put_text(uint8_t *at, const char *text) {
  size_t length = strlen(text);
  *at++ = (uint8_t)(length >> 8);
  *at++ = (uint8_t)length;
  memcpy(at, text, length);
  return at + length;
}

/* Returns the packet's size. Clean session, user name and password. */
static inline size_t put_connect(uint8_t *packet, const char *client_id, const char *username, const char *password) {
  size_t remaining = 10 + 2 + strlen(client_id) + 2 + strlen(username) + 2 + strlen(password);
  uint8_t *at = packet;
  *at++ = CONNECT_BYTE;
  at = put_length(at, remaining);
  at = put_text(at, "MQTT");
  *at++ = 4;    /* protocol level: 3.1.1 */
  *at++ = 0xc2; /* user name, password, clean session */
  *at++ = KEEP_ALIVE_SECONDS >> 8;
  *at++ = KEEP_ALIVE_SECONDS & 0xff;
  at = put_text(at, client_id);
  at = put_text(at, username);
  at = put_text(at, password);
  return (size_t)(at - packet);
}

/* Returns the packet's size. QoS 1. */
static inline size_t put_publish(uint8_t *packet, const char *topic, uint16_t packet_id, const char *body, size_t body_bytes) {
  uint8_t *at = packet;
  *at++ = PUBLISH_QOS1_BYTE;
  at = put_length(at, 2 + strlen(topic) + 2 + body_bytes);
  at = put_text(at, topic);
  *at++ = (uint8_t)(packet_id >> 8);
  *at++ = (uint8_t)packet_id;
  memcpy(at, body, body_bytes);
  return (size_t)(at - packet) + body_bytes;
}
