"""Individual Netigate survey results, scored and served to CRMs. Read-only towards Netigate."""

import sys

# Here, since whatever comes after it is not even read by an older one.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(f"netigate-results needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n")
    sys.exit(2)
