"""Addresses of database and queue, as written in the environment, turned into what Django and Celery want."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def parse_database_url(url: str) -> dict[str, Any]:
    """Django's NAME, USER, PASSWORD, HOST, PORT and OPTIONS from a `postgresql://` address.

    A socket folder comes as `?host=/folder`; every other query item becomes a driver option (`sslmode=require`).
    Raises ValueError when the address is of another kind or names no database.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ValueError("DATABASE_URL names no database")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }


def broker_url(redis_url: str) -> str:
    """The queue's address in Celery's spelling: sockets are `redis+socket://` there."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://")
    return redis_url


def broker_options(task_seconds: int) -> dict[str, Any]:
    """How the queue's connections behave: quick to give up; a task is handed out again only after its time limit."""
    return {
        "visibility_timeout": task_seconds * 2,
        "socket_connect_timeout": 0.3,
        "socket_timeout": 0.8,
        "max_retries": 0,
        "retry_on_timeout": False,
    }
