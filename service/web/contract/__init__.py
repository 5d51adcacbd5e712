"""The contract: schemas, OpenAPI, and the page to try it out."""
