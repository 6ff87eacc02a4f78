"""What github/codeql-action/upload-sarif does with a folder of logs: merge, pack, post for the commit that is
checked out, wait for the verdict. It speaks to the documented endpoint; the action itself has one of its own.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import requests

folder = Path(sys.argv[1])
logs = [json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("*.sarif"))]
merged = {**logs[0], "runs": [run for log in logs for run in log["runs"]]}
commit = subprocess.run(
    ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
).stdout.strip()
where = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/code-scanning/sarifs"
with requests.Session() as session:
    session.headers["Authorization"] = f"token {os.environ['TOKEN']}"
    packed = base64.b64encode(gzip.compress(json.dumps(merged).encode())).decode()
    sent = session.post(where, json={"commit_sha": commit, "ref": os.environ["GITHUB_REF"], "sarif": packed})
    if sent.status_code != 202:
        sys.exit(f"{sent.status_code}: {sent.text}")
    status = session.get(sent.json()["url"]).json()
if status["processing_status"] != "complete":
    sys.exit(f"{status}")
print(f"sarif-id={sent.json()['id']}")
