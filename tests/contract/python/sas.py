"""Shared access signatures as the Python SDKs make them."""
import base64
import hashlib
import hmac
import time
import urllib.parse


def sign(resource, key, policy=None, seconds=3600):
    expiry = str(int(time.time()) + seconds)
    encoded = urllib.parse.quote_plus(resource)
    digest = hmac.new(base64.b64decode(key), f"{encoded}\n{expiry}".encode(), hashlib.sha256).digest()
    signature = urllib.parse.quote(base64.b64encode(digest))
    token = f"SharedAccessSignature sr={encoded}&sig={signature}&se={expiry}"
    return token if policy is None else f"{token}&skn={policy}"


def of_device(args):
    return sign(f"{args['host']}/devices/{args['device']}", args["key"])
