"""What leaves the program as a file, one module a format."""

from __future__ import annotations
