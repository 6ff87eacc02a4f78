"""What stands between an app and a scan: permissions, licences, clocks, credentials, the audit log.

`sign_in` first, since nothing else can be told without it; then `examine`.
"""

from __future__ import annotations

from o365scan.doctor.diagnosis import Diagnosis
from o365scan.doctor.door import Door, sign_in
from o365scan.doctor.examining import examine

__all__ = ["Diagnosis", "Door", "examine", "sign_in"]
