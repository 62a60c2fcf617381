"""A back end on uAMQP as Azure's Python service SDK uses it: sends a command with a policy's token."""
import json
import sys

import uamqp
from uamqp import authentication

import sas

args = json.loads(sys.argv[1])
host = args["host"]
auth = authentication.SASTokenAuth(
    audience=f"https://{host}",
    uri=f"https://{host}",
    token=sas.sign(host, args["policyKey"], args["policy"]),
    expires_in=None,
    expires_at=9_999_999_999,
    verify=args["ca"],
)
client = uamqp.SendClient(f"amqps://{host}/messages/devicebound", auth=auth)
results = []
for number in range(args["commands"]):
    properties = uamqp.message.MessageProperties(message_id=f"py-{number}", to=f"/devices/{args['device']}/messages/devicebound".encode())
    message = uamqp.Message(f"command {number}".encode(), properties=properties, application_properties={"who": "python"})
    client.queue_message(message)
results = [str(result) for result in client.send_all_messages(close_on_done=False)]
client.close()
print(json.dumps({"results": results}))
