"""What the processor can do, as far as results may hang on it."""

from __future__ import annotations

import platform
from pathlib import Path

_TELLING = ("sse4_2", "avx", "avx2", "fma", "avx512f", "asimd", "sve")


def processor_features() -> dict[str, object]:
    """Architecture, name and those instruction sets that change how numbers are rounded or summed."""
    rows: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines():
            name, _, value = line.partition(":")
            rows[name.strip()] = value.strip()
    except OSError:
        pass
    flags = set(str(rows.get("flags", rows.get("Features", ""))).split())
    return {
        "machine": platform.machine(),
        "name": rows.get("model name", platform.processor()),
        "features": [name for name in _TELLING if name in flags],
    }
