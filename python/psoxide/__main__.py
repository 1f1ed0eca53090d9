"""The command `psoxide`, also as `python -m psoxide`: psutil's scripts as subcommands (`psoxide ps`), and `psoxide run
script.py ...` or `psoxide run -m module ...`, which run a program for which `import psutil` gives psoxide.
"""

import sys


def main():
    """Run the command line that Python was given."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["run"]:
        _run(arguments[1:])
    else:
        import signal

        from psoxide import _psoxide

        # Python would note Ctrl-C, and only look at it when the command is done.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.exit(_psoxide.command(["psoxide", *arguments]))


def _run(arguments):
    if not arguments or arguments == ["-m"]:
        sys.exit("usage: psoxide run (script.py | -m module) [argument ...]")
    import runpy

    import psoxide

    psoxide.install_as_psutil()
    # As Python does: first comes the folder of the script, or for a module the one that the user is in.
    import os

    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main()
