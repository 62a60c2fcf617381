"""A device that knows an id scope and a credential, on paho-mqtt: registers as Azure's Python SDK does, then sends telemetry where it was told."""
import json
import ssl
import sys
import threading

import paho.mqtt.client as mqtt

import sas

args = json.loads(sys.argv[1])
scope, registration = args["idScope"], args["registrationId"]
web_socket = args["transport"] == "websockets"
RESPONSES = "$dps/registrations/res/"


def new_client(client_id):
    client = mqtt.Client(client_id=client_id, clean_session=False, protocol=mqtt.MQTTv311, transport=args["transport"])
    context = ssl.create_default_context(cafile=args["ca"])
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    if "certificateFile" in args:
        context.load_cert_chain(args["certificateFile"], args["keyFile"])
    client.tls_set_context(context)
    if web_socket:
        client.ws_set_options(path="/$iothub/websocket")
    return client


def password(resource, policy=None):
    return sas.sign(resource, args["key"], policy) if "key" in args else None


def run(client, host, done):
    client.connect(host, args["ports"]["https"] if web_socket else args["ports"]["mqtt"], keepalive=60)
    client.loop_start()
    finished = done.wait(20)
    client.disconnect()
    client.loop_stop()
    return finished


def provision():
    client, done = new_client(registration), threading.Event()
    facts = {"statuses": [], "operation": None}

    def connected(client, _userdata, _flags, code):
        facts["connack"] = code
        if code == 0:
            client.subscribe(RESPONSES + "#", 1)
        else:
            done.set()

    def subscribed(client, _userdata, _mid, granted):
        facts["granted"] = list(granted)
        body = json.dumps({"registrationId": registration, "payload": None})
        client.publish("$dps/registrations/PUT/iotdps-register/?$rid=r1", body, qos=1)

    def arrived(client, _userdata, message):
        status = int(message.topic[len(RESPONSES):].split("/")[0])
        facts["statuses"].append(status)
        facts["topic"] = message.topic
        facts["operation"] = answer = json.loads(message.payload)
        if status == 202 or answer.get("status") == "assigning":
            retry_after = message.topic.split("retry-after=")[1]
            operation = answer["operationId"]
            topic = f"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r{len(facts['statuses']) + 1}&operationId={operation}"
            threading.Timer(float(retry_after), lambda: client.publish(topic, " ", qos=1)).start()
        else:
            done.set()

    client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, arrived
    user = f"{scope}/registrations/{registration}/api-version=2019-03-31&ClientVersion=paho-python"
    client.username_pw_set(user, password(f"{scope}/registrations/{registration}", "registration"))
    facts["finished"] = run(client, args["host"], done)
    return facts


def send_telemetry(hub, device):
    client, done = new_client(device), threading.Event()
    facts = {}

    def connected(client, _userdata, _flags, code):
        facts["connack"] = code
        if code == 0:
            client.publish(f"devices/{device}/messages/events/", '{"t":21}', qos=1)
        else:
            done.set()

    client.on_connect = connected
    client.on_publish = lambda *_: done.set()
    client.username_pw_set(f"{hub}/{device}/?api-version=2019-10-01&DeviceClientType=paho", password(f"{hub}/devices/{device}"))
    facts["finished"] = run(client, hub, done)
    return facts


result = {"provisioning": provision()}
state = (result["provisioning"]["operation"] or {}).get("registrationState", {})
if state.get("status") == "assigned":
    result["telemetry"] = send_telemetry(state["assignedHub"], state["deviceId"])
print(json.dumps(result))
