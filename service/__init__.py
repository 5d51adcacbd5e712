"""Individual Netigate survey results, scored and served to CRMs. Read-only towards Netigate."""
