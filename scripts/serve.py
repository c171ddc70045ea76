"""Run the Procfile (web, worker, beat) in the foreground until Ctrl-C; a wished-for stop ends with 0.

On a terminal this takes the foreground for its own process group, so that Ctrl-C reaches only what it
runs and `make` ends with 0 too.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from honcho import manager
from honcho.environ import parse_procfile
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent
STOPPED_BY_SIGNAL = {130, 143}


def take_foreground() -> int | None:
    """The process group that had the terminal, to give it back at the end; None when there is no terminal."""
    if not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        return None
    before = os.getpgrp()
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    return before


def ask_to_stop(pid: int) -> None:
    """SIGTERM to one process; it may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def main() -> int:
    """Exit code: 0 after Ctrl-C or a polite kill, else that of the process which ended first (never 0)."""
    port = os.environ.setdefault("PORT", "8000")
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.chdir(ROOT)
    before = take_foreground()
    manager.KILL_WAIT = 20  # seconds: the worker may finish what it is doing
    keeper = manager.Manager(Printer(sys.stdout))
    # Only the main process of each is asked to stop: it ends its own children when their work is done.
    keeper._procmgr.terminate = ask_to_stop
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        keeper.add_process(name, command)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    print(f"\n请用浏览器打开 http://127.0.0.1:{port}/ ，按 Ctrl-C 停止。\n", flush=True)
    keeper.loop()
    if before is not None:
        os.tcsetpgrp(0, before)
    if keeper.returncode in STOPPED_BY_SIGNAL:
        print("已停止。")
        return 0
    print("有一个进程意外退出，已全部停止；原因见上面的输出。", file=sys.stderr)
    return keeper.returncode or 1


if __name__ == "__main__":
    sys.exit(main())
