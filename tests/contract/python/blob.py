"""A device's upload with the official storage client for Python, as the device SDK's samples do it."""
import json
import os
import sys

from azure.storage.blob import BlobBlock, BlobClient, ContentSettings

args = json.loads(sys.argv[1])
os.environ.setdefault("REQUESTS_CA_BUNDLE", args["ca"])
client = BlobClient.from_blob_url(args["url"], connection_verify=args["ca"], max_single_put_size=65536, max_block_size=65536)

client.upload_blob(b"from Python", overwrite=True, content_settings=ContentSettings(content_type="text/plain"))
small = client.download_blob().readall().decode()
content_type = client.get_blob_properties().content_settings.content_type

large = b"0001" * 40000
client.upload_blob(large, overwrite=True, metadata={"made": "here"}, validate_content=True)
read = client.download_blob(validate_content=True).readall()
part = client.download_blob(offset=4, length=4).readall().decode()

client.stage_block("AAAA", b"staged")
client.commit_block_list([BlobBlock(block_id="AAAA")])
again = client.download_blob().readall() == b"staged"
client.upload_blob(large, overwrite=True)
committed, _ = client.get_block_list("all")

print(json.dumps({"small": small, "large": read == large and again, "range": part, "type": content_type, "blocks": len(committed)}))
