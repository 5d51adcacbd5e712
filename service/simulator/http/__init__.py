"""How the stand-in answers: the documented API, faults on demand, and the control routes."""
