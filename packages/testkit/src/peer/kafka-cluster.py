"""
A Kafka cluster for tests: the mock cluster that librdkafka brings (brokers that speak the protocol over TCP and keep messages in memory),
and librdkafka's own consumer to read back with. Debian's python3-confluent-kafka brings both.

Prints the cluster's address, then obeys one line of JSON at a time and answers each with one:
    {"do": "topic", "name": "telemetry", "partitions": 3}
    {"do": "topicError", "name": "nothing", "code": 3}           what the cluster says of a topic
    {"do": "errors", "api": 0, "codes": [10]}                    what it answers the next requests of a kind
    {"do": "down"} {"do": "up"}                                  the broker's port is closed and opened; it keeps what it has
    {"do": "read", "topic": "telemetry"}                         all that is in it
Source: rdkafka_mock.h
"""

import base64
import json
import sys
import time
from ctypes import CDLL, c_char_p, c_int, c_int32, c_size_t, c_void_p, create_string_buffer

import confluent_kafka

BROKER = 1
READ_SECONDS = 10

rdkafka = CDLL("librdkafka.so.1")
rdkafka.rd_kafka_conf_new.restype = c_void_p
rdkafka.rd_kafka_new.restype = c_void_p
rdkafka.rd_kafka_new.argtypes = [c_int, c_void_p, c_char_p, c_size_t]
rdkafka.rd_kafka_mock_cluster_new.restype = c_void_p
rdkafka.rd_kafka_mock_cluster_new.argtypes = [c_void_p, c_int]
rdkafka.rd_kafka_mock_cluster_bootstraps.restype = c_char_p
rdkafka.rd_kafka_mock_cluster_bootstraps.argtypes = [c_void_p]
rdkafka.rd_kafka_mock_topic_create.argtypes = [c_void_p, c_char_p, c_int, c_int]
rdkafka.rd_kafka_mock_topic_set_error.argtypes = [c_void_p, c_char_p, c_int]
rdkafka.rd_kafka_mock_push_request_errors_array.argtypes = [c_void_p, c_int, c_size_t, c_void_p]
rdkafka.rd_kafka_mock_broker_set_down.argtypes = [c_void_p, c_int32]
rdkafka.rd_kafka_mock_broker_set_up.argtypes = [c_void_p, c_int32]

problem = create_string_buffer(512)
client = rdkafka.rd_kafka_new(0, rdkafka.rd_kafka_conf_new(), problem, len(problem))
if not client:
    sys.exit(problem.value.decode())
cluster = rdkafka.rd_kafka_mock_cluster_new(client, 1)
address = rdkafka.rd_kafka_mock_cluster_bootstraps(cluster).decode()


def read(topic):
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": address,
        "group.id": "reader",
        "fetch.message.max.bytes": 2_000_000,
        "fetch.wait.max.ms": 10,
    })
    numbers = consumer.list_topics(topic, timeout=READ_SECONDS).topics[topic].partitions
    partitions = [confluent_kafka.TopicPartition(topic, number, 0) for number in numbers]
    count = sum(consumer.get_watermark_offsets(partition, timeout=READ_SECONDS)[1] for partition in partitions)
    consumer.assign(partitions)
    messages = []
    deadline = time.monotonic() + READ_SECONDS
    while len(messages) < count and time.monotonic() < deadline:
        message = consumer.poll(0.1)
        if message is not None and message.error() is None:
            messages.append(message)
    consumer.close()
    return [
        {
            "partition": message.partition(),
            "offset": message.offset(),
            "key": message.key().decode(),
            "timestamp": message.timestamp()[1],
            "headers": [[name, value.decode()] for name, value in message.headers() or []],
            "body": base64.b64encode(message.value()).decode(),
        }
        for message in messages
    ]


def obey(order):
    what = order["do"]
    if what == "topic":
        return rdkafka.rd_kafka_mock_topic_create(cluster, order["name"].encode(), order["partitions"], 1)
    if what == "topicError":
        return rdkafka.rd_kafka_mock_topic_set_error(cluster, order["name"].encode(), order["code"])
    if what == "errors":
        codes = (c_int * len(order["codes"]))(*order["codes"])
        return rdkafka.rd_kafka_mock_push_request_errors_array(cluster, order["api"], len(codes), codes)
    if what == "down":
        return rdkafka.rd_kafka_mock_broker_set_down(cluster, BROKER)
    if what == "up":
        return rdkafka.rd_kafka_mock_broker_set_up(cluster, BROKER)
    if what == "read":
        return read(order["topic"])
    raise ValueError(what)


print(address, flush=True)
for line in sys.stdin:
    print(json.dumps(obey(json.loads(line))), flush=True)
