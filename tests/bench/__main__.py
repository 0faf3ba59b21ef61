"""Large loads, as ratios measured in one run: `make bench`."""

from __future__ import annotations

from tests.bench import door, extraction, fuzz, memory, store, whole_way


def main() -> None:
    """Run every benchmark."""
    for bench in (store, door, extraction, whole_way, memory, fuzz):  # the last one ends with status 1 on a finding
        print(f"\n=== {bench.__name__.rpartition('.')[2]} ===")
        bench.run()


if __name__ == "__main__":
    main()
