"""Lists and calls every tool of `devup mcp` with the official Python client: client.py DEVUP DIRECTORY."""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

CALLS = [  # tool, arguments, words that the output has
    ("doctor", {}, ['"finding"']),
    ("plan", {}, ['"create"']),
    ("up", {}, ['"state": "ready"', "http://"]),
    ("list_services", {}, ['"ready": true']),
    ("get_urls", {}, ["http://"]),
    ("wait_ready", {"services": ["web"], "timeout_seconds": 30}, ['"ready"']),
    ("get_logs", {"services": ["web"]}, ["the secret is [masked]"]),
    ("search_logs", {"pattern": "secret"}, ["the secret is [masked]"]),
    ("explain_failure", {"service": "web"}, ['"config"']),
    ("why", {"service": "web"}, ['"made_by": "devup"']),
    ("restart", {"services": ["web"]}, ['"exit_code": 0']),
    ("run_setup", {"service": "web", "step": "seed"}, ['"exit_code": 0']),
]


async def main(devup, directory):
    server = StdioServerParameters(command=devup, args=["-C", directory, "mcp", "--allow-write"], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        if tools != {tool for tool, _, _ in CALLS}:
            sys.exit(f"the tools are {sorted(tools)}")
        for tool, arguments, words in CALLS:
            given = await session.call_tool(tool, arguments)
            text = json.dumps(given.structured_content)
            missing = [word for word in words if word not in text]
            if missing or "s3cr3t" in text:
                sys.exit(f"{tool} does not say {missing}: {text}")
            print(f"{tool}: {len(text)} bytes")


asyncio.run(main(*sys.argv[1:]))
