"""A device on uAMQP, the C stack under Azure's C device SDK: telemetry, then commands, each settled its own way."""
import json
import sys

import uamqp
from uamqp import authentication
from uamqp.constants import TransportType

import sas

args = json.loads(sys.argv[1])
device, host = args["device"], args["host"]
base = f"amqps://{host}"


def auth():
    return authentication.SASTokenAuth(
        audience=f"{host}/devices/{device}",
        uri=f"https://{host}/devices/{device}",
        token=sas.of_device(args),
        expires_in=None,
        expires_at=9_999_999_999,
        verify=args["ca"],
        transport_type=TransportType.AmqpOverWebsocket if args["webSocket"] else TransportType.Amqp,
    )


sender = uamqp.SendClient(f"{base}/devices/{device}/messages/events", auth=auth())
properties = uamqp.message.MessageProperties(message_id="m-1", correlation_id="c-1", content_type="application/json", content_encoding="utf-8")
message = uamqp.Message(b'{"t":21}', properties=properties, application_properties={"level": "h\u00f6ch", "n": 3})
outcome = sender.send_message(message)
batch = uamqp.message.BatchMessage([b'"b-%d"' % i for i in range(3)])
sender.send_message(batch)
sender.close()

commands = []
receiver = uamqp.ReceiveClient(f"{base}/devices/{device}/messages/devicebound", auth=auth(), prefetch=1, timeout=15000, auto_complete=False)
print("ready", flush=True)
try:
    while len(commands) < args["commands"]:
        for received in receiver.receive_message_batch(max_batch_size=1, timeout=15000):
            commands.append(
                {
                    "body": b"".join(received.get_data()).decode(),
                    "id": str(received.properties.message_id, "utf-8") if isinstance(received.properties.message_id, bytes) else received.properties.message_id,
                    "tag": len(received.delivery_tag),
                    "deliveryCount": received.annotations.get(b"iothub-deliverycount"),
                    "who": {k.decode(): v.decode() for k, v in (received.application_properties or {}).items() if isinstance(v, bytes)},
                }
            )
            if len(commands) == 1:
                received.release()
            else:
                received.accept()
finally:
    receiver.close()
print(json.dumps({"commands": commands}))
