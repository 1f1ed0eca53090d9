"""`python -m psoxide run script.py …` and `python -m psoxide run -m module …`: run a program for which `import psutil`
gives psoxide.
"""

import sys


def _main():
    arguments = sys.argv[1:]
    if arguments[:1] != ["run"] or len(arguments) < 2 or arguments[1:] == ["-m"]:
        sys.exit("usage: python -m psoxide run (script.py | -m module) [argument ...]")
    import runpy

    import psoxide

    psoxide.install_as_psutil()
    if arguments[1] == "-m":
        sys.argv = arguments[2:]
        runpy.run_module(arguments[2], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments[1:]
        # As Python does for a script: its folder comes first.
        import os

        sys.path[0] = os.path.dirname(os.path.abspath(arguments[1]))
        runpy.run_path(arguments[1], run_name="__main__")


if __name__ == "__main__":
    _main()
