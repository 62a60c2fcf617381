"""Uploads with azure-storage-blob as a device does with the answer of its hub, and looks at what is there."""
import hashlib
import json
import sys

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock, BlobClient

args = json.loads(sys.argv[1])
grant = args["grant"]
url = f"https://{grant['hostName']}/{grant['containerName']}/{grant['blobName']}{grant['sasToken']}"
blob = BlobClient.from_blob_url(url, connection_verify=args["ca"], max_single_put_size=65536, max_block_size=65536)
data = bytes(range(256)) * 1024
blob.upload_blob(data, overwrite=True)
read = blob.download_blob().readall()
part = blob.download_blob(offset=1000, length=24).readall()
properties = blob.get_blob_properties()
staged = None
blob.stage_block("0001", b"hello ")
blob.stage_block("0002", b"blocks")
blob.commit_block_list([BlobBlock("0001"), BlobBlock("0002")])
staged = blob.download_blob().readall().decode()
other = BlobClient.from_blob_url(url.replace(grant["blobName"], grant["blobName"] + "-other"), connection_verify=args["ca"])
try:
    other.upload_blob(b"not mine")
    refusal = None
except HttpResponseError as error:
    refusal = [error.status_code, str(error.error_code)]
print(json.dumps({"sha256": hashlib.sha256(read).hexdigest(), "expected": hashlib.sha256(data).hexdigest(), "part": part.hex(), "size": properties.size, "staged": staged, "refusal": refusal}))
