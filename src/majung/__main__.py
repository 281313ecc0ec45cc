"""``python -m majung`` is ``majung``."""

from majung.cli import main

if __name__ == "__main__":
    main()
