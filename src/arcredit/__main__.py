"""``python -m arcredit``: the command line, where the folder of installed scripts is not on the path."""

from arcredit.hosts.cli import main

if __name__ == "__main__":
    main(prog_name="arcredit")
