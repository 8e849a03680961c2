"""Write .ci/requirements.lock: what pyproject.toml asks for and all below it, with versions and hashes.

`python .ci/lock.py [FILE]` asks the package index that pip is set to; no address of one goes into the file.
One set of versions serves every target below; the hash of each target's wheel is among a package's hashes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LINUX = ("manylinux_2_28_{0}", "manylinux_2_27_{0}", "manylinux_2_17_{0}", "manylinux2014_{0}")
X86, ARM = (tuple(p.format(m) for p in _LINUX) for m in ("x86_64", "aarch64"))

# The first one is the container's, whose versions the others take over. Linux alone: pip judges conditions
# such as `sys_platform == "win32"` by the machine it runs on.
TARGETS = (("3.12", X86), ("3.11", X86), ("3.13", X86), ("3.12", ARM))

Wheels = dict[str, tuple[str, set[str]]]


def asked() -> list[str]:
    """What pyproject.toml asks for."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = data["project"]["dependencies"]
    return found


def resolved(python: str, platforms: tuple[str, ...], constraints: Path, wanted: list[str]) -> Wheels:
    """Name -> version and SHA-256 of what pip would install for a target; nothing is installed."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--dry-run", "--ignore-installed", "--only-binary=:all:", "--report", str(report)]
        command += ["--target", f"{scratch}/none", "--implementation", "cp", "--python-version", python]
        command += [word for p in platforms for word in ("--platform", p)]
        subprocess.run([*command, "-c", str(constraints), *wanted], check=True)  # noqa: S603 - pip
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        i["metadata"]["name"].lower(): (
            i["metadata"]["version"],
            {i["download_info"]["archive_info"]["hashes"]["sha256"]},
        )
        for i in found
    }


def locked() -> tuple[Wheels, list[str]]:
    """All wheels of all targets, and the targets that have none of some package."""
    wheels: Wheels = {}
    left: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        constraints = Path(scratch) / "constraints.txt"
        for python, platforms in TARGETS:
            lines = (f"{name}=={version}\n" for name, (version, _hashes) in wheels.items())
            constraints.write_text("".join(lines), encoding="utf-8")
            try:
                found = resolved(python, platforms, constraints, asked())
            except subprocess.CalledProcessError:
                if not wheels:
                    raise
                left.append(f"{python} {platforms[0]}")
                continue
            for name, (version, hashes) in found.items():
                wheels.setdefault(name, (version, set()))[1].update(hashes)
    return wheels, left


def text(wheels: Wheels, left: list[str]) -> str:
    """The lines of the file."""
    done = [f"{python} {platforms[0]}" for python, platforms in TARGETS]
    head = [
        "# Written by `make lock`: pip install --require-hashes --no-deps -r .ci/requirements.lock",
        f"# For CPython {', '.join(t for t in done if t not in left)}.",
        *(f"# Not for CPython {t}: some package has no wheel there." for t in left),
    ]
    body = [
        " \\\n".join([f"{name}=={version}", *(f"    --hash=sha256:{h}" for h in sorted(hashes))])
        for name, (version, hashes) in sorted(wheels.items())
    ]
    return "\n".join([*head, *body]) + "\n"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".ci/requirements.lock"
    target.write_text(text(*locked()), encoding="utf-8")
