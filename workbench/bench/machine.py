"""The machine and the software of a bench, for later readers of its results."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import cryptography
from cryptography.hazmat.backends.openssl import backend

import workbench


def machine() -> Mapping[str, str]:
    """The processors and their number, the system, the versions, and the load of the machine."""
    return {
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "load before": " ".join(f"{each:.1f}" for each in os.getloadavg()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cryptography": f"{cryptography.__version__}, {backend.openssl_version_text()}",
        "workbench": workbench.__version__,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
