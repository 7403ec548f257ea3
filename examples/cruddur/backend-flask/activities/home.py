"""The activities of the home page."""

from datetime import datetime, timedelta, timezone

_MESSAGES = [
    ("ada", "My loom weaves algebra now. Next week: flowers.", timedelta(minutes=20)),
    ("grace", "Found a moth in the relay. Taped it into the log book.", timedelta(hours=5)),
    ("linus", "It works on my machine, so here is my machine.", timedelta(days=2)),
]


def recent():
    """The messages as JSON values, newest first. Each expires a week after it was sent."""
    now = datetime.now(timezone.utc)
    return [
        {
            "uuid": f"00000000-0000-4000-8000-{number:012d}",
            "handle": handle,
            "message": message,
            "created_at": (now - age).isoformat(timespec="seconds"),
            "expires_at": (now - age + timedelta(days=7)).isoformat(timespec="seconds"),
        }
        for number, (handle, message, age) in enumerate(_MESSAGES, start=1)
    ]
