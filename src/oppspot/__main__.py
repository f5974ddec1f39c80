"""Makes `python -m oppspot` the same as `oppspot`."""

from oppspot.cli import main

main()
