"""Reads the events of one device with azure-eventhub, on a receiver per partition, from the beginning."""
import base64
import json
import sys
import threading

from azure.eventhub import EventHubConsumerClient, TransportType

args = json.loads(sys.argv[1])
client = EventHubConsumerClient.from_connection_string(
    args["connectionString"],
    consumer_group="$Default",
    connection_verify=args["ca"],
    transport_type=TransportType.AmqpOverWebsocket if args["webSocket"] else TransportType.Amqp,
    **({"uamqp_transport": True} if args.get("uamqp") else {}),
)
events = []
enough = threading.Event()


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def on_event(_context, event):
    if event is None:
        return
    system = {text(k): text(v) for k, v in event.system_properties.items()}
    if system.get("iothub-connection-device-id") != args["device"] or system.get("iothub-message-source") != "Telemetry":
        return
    events.append(
        {
            "body": event.body_as_str(),
            "properties": {text(k): text(v) for k, v in (event.properties or {}).items()},
            "offset": event.offset,
            "sequenceNumber": event.sequence_number,
            "system": {k: v if isinstance(v, (str, int)) else str(v) for k, v in system.items()},
        }
    )
    if len(events) >= args["count"]:
        enough.set()


partitions = client.get_partition_ids()
thread = threading.Thread(target=lambda: client.receive(on_event=on_event, starting_position="-1", max_wait_time=1), daemon=True)
thread.start()
enough.wait(30)
client.close()
thread.join(10)
print(json.dumps({"partitions": partitions, "events": events}))
