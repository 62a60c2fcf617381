"""A device on paho-mqtt, the client under Azure's Python device SDK: telemetry, a command, a method, the twin."""
import json
import ssl
import sys
import threading

import paho.mqtt.client as mqtt

import sas

args = json.loads(sys.argv[1])
device, host = args["device"], args["host"]
web_socket = args["transport"] == "websockets"
facts = {"commands": [], "methods": [], "twin": None, "patched": None}
done = threading.Event()


def connected(client, _userdata, _flags, code):
    facts["connack"] = code
    if code != 0:
        done.set()
        return
    client.subscribe(
        [
            (f"devices/{device}/messages/devicebound/#", 1),
            ("$iothub/methods/POST/#", 1),
            ("$iothub/twin/res/#", 1),
        ]
    )


def subscribed(client, _userdata, _mid, granted):
    facts["granted"] = list(granted)
    client.publish(f"devices/{device}/messages/events/%24.mid=m%201&%24.ct=application%2Fjson&%24.ce=utf-8&level=h%C3%B6ch", '{"t":21}', qos=1)
    client.publish("$iothub/twin/GET/?$rid=get1", " ", qos=1)


def arrived(client, _userdata, message):
    topic = message.topic
    if topic.startswith("$iothub/methods/POST/"):
        name, rid = topic.split("/")[3], topic.split("$rid=")[1]
        facts["methods"].append([name, message.payload.decode()])
        client.publish(f"$iothub/methods/res/200/?$rid={rid}", '{"from":"paho"}', qos=1)
    elif topic.startswith("$iothub/twin/res/200/"):
        facts["twin"] = json.loads(message.payload)
        client.publish("$iothub/twin/PATCH/properties/reported/?$rid=patch1", '{"fw":"1.0"}', qos=1)
    elif topic.startswith("$iothub/twin/res/204/"):
        facts["patched"] = topic
        print("ready", flush=True)
    elif "/devicebound/" in topic:
        facts["commands"].append([topic, message.payload.decode()])
    if facts["methods"] and facts["commands"] and facts["patched"]:
        done.set()


client = mqtt.Client(client_id=device, clean_session=False, protocol=mqtt.MQTTv311, transport=args["transport"])
client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, arrived
context = ssl.create_default_context(cafile=args["ca"])
context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
client.tls_set_context(context)
if web_socket:
    client.ws_set_options(path="/$iothub/websocket")
client.username_pw_set(f"{host}/{device}/?api-version=2019-10-01&DeviceClientType=paho", sas.of_device(args))
client.connect(host, args["ports"]["https"] if web_socket else args["ports"]["mqtt"], keepalive=60)
client.loop_start()
facts["finished"] = done.wait(20)
client.disconnect()
client.loop_stop()
print(json.dumps(facts))
