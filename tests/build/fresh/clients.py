"""``python -I -S -B clients.py CODE``: the clients that CODE's botocore makes.

Prints JSON: for each service that it knows, its endpoints by region and its operations.
"""

from __future__ import annotations

import json
import os
import sys

REGIONS = ("eu-west-1", "eu-west-2", "us-east-1", "us-gov-west-1")


def main() -> None:
    sys.path.insert(0, sys.argv[1])
    # It would say where every service is.
    del os.environ["AWS_ENDPOINT_URL"]

    from botocore.session import get_session

    session = get_session()
    told = {}
    for service in session.get_available_services():
        clients = [session.create_client(service, region_name=region) for region in REGIONS]
        told[service] = {
            "endpoints": [client.meta.endpoint_url for client in clients],
            "operations": clients[0].meta.service_model.operation_names,
        }
    print(json.dumps(told))


main()
