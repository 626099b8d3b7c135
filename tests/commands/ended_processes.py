"""Trainings of the command line in processes of their own that are ended from outside; says as JSON how each ended.

TensorFlow is imported once; each training is a fork of this process.

    python ended_processes.py SPEC RUNS
"""

import json
import os
import re
import signal
import sys

from kspec.engine.startup import start


def forked(arguments):
    reading, writing = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(reading)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        sys.argv = ["kspec", *arguments]
        from kspec.cli import main

        try:
            main()
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code or 0)
        finally:
            os._exit(99)
    os.close(writing)
    return pid, os.fdopen(reading)


def ended(how, spec, runs):
    name = how.lower()
    common = ["--epochs", "400", "--set", "callbacks=[]", "--runs", runs, "--name", name]
    pid, lines = forked(["train", spec, *common])
    said = []
    for line in lines:
        said.append(line)
        if re.match(r"epoch +3/", line):
            break
    if how == "PIPE":  # what `| head -1` does
        lines.close()
    else:
        if how == "TWICE":
            os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGINT if how == "TWICE" else getattr(signal, how))
        said += lines.readlines()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "said": "".join(said), "path": f"{runs}/{name}-1"}


# The shell that began this process may have had it pass over them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
start()
WAYS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "TWICE", "PIPE")
sys.stdout.write(json.dumps({how: ended(how, *sys.argv[1:]) for how in WAYS}))
