"""What changed since an earlier scan: its verdicts are read or judged again, and today's are compared with them."""

from o365scan.baseline.comparison import compared, refuse_another_tenant
from o365scan.baseline.source import baseline_of

__all__ = ["baseline_of", "compared", "refuse_another_tenant"]
