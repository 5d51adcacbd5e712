"""The door for assistants: the routes' reads as tools of the Model Context Protocol, at POST /mcp."""
