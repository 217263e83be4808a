"""What extruct extracts from each of the addresses: prints {URL: its own result}."""

import json
import sys

from extruct.tool import metadata_from_url

SYNTAXES = ["opengraph", "json-ld"]
found = {url: metadata_from_url(url, SYNTAXES, False, None, "strict") for url in sys.argv[1:]}
print(json.dumps(found))
