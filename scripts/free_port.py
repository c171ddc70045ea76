"""Print the port to serve on: the one asked for, or the first free one from 8000 when none was asked for."""

import socket
import sys

DEFAULT, TRIES = 8000, 50


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(asked: str) -> int:
    """The port for what was asked ("" means none); stops with a message when that one cannot be used."""
    if not asked:
        for port in range(DEFAULT, DEFAULT + TRIES):
            if is_free(port):
                if port != DEFAULT:
                    print(f"端口 {DEFAULT} 已被占用，改用 {port}。", file=sys.stderr)
                return port
        sys.exit(
            f"端口 {DEFAULT}–{DEFAULT + TRIES - 1} 都被占用。请用 make demo PORT=端口号 指定一个空闲端口。"
        )
    if not asked.isdecimal() or not 1 <= int(asked) <= 65535:
        sys.exit(f"“{asked}”不是端口号。请写 1 到 65535 之间的数，例如 make demo PORT=8080。")
    if not is_free(int(asked)):
        sys.exit(f"端口 {asked} 不能使用（已被其他程序占用或没有权限）。请换一个，例如 make demo PORT=8080。")
    return int(asked)


if __name__ == "__main__":
    print(choose(sys.argv[1] if len(sys.argv) > 1 else ""))
