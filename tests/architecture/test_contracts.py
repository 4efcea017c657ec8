from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # `make imports` holds the tree itself to the contracts

# For each contract, imports that it must refuse: in which file, what.
PLANTS = [
    ("layers", "workbench/mls/errors.py", "import workbench.client"),
    ("layers", "workbench/views/__init__.py", "import widgets"),
    ("layers", "workbench/delivery/__init__.py", "import workbench.client"),
    ("layers", "workbench/storage/database.py", "import workbench.client"),
    ("layers", "workbench/delivery/service.py", "from workbench.storage import SealedDatabase"),
    ("layers", "workbench/interop/service.py", "import workbench.vectors"),
    ("layers", "workbench/bench/run.py", "import workbench.vectors"),
    ("layers", "workbench/lab/world.py", "import workbench.interop.server"),
    ("layers", "workbench/lab/world.py", "import workbench.review.audit"),
    ("layers", "workbench/review/audit.py", "import workbench.views"),
    ("layers", "widgets/__init__.py", "import workbench.cli"),
    ("pure", "workbench/mls/wire/codec.py", "import os"),
    ("pure", "workbench/mls/group/group.py", "from time import time"),
    ("pure", "workbench/mls/crypto/entropy.py", "import secrets"),
    ("pure", "workbench/mls/crypto/hpke.py", "import random"),
    ("pure", "workbench/mls/tree/ratchet_tree.py", "import logging"),
    ("pure", "workbench/mls/framing/public_message.py", "import socket"),
    ("pure", "workbench/mls/group/state.py", "import asyncio"),
    ("pure", "workbench/mls/group/welcome.py", "import ipywidgets"),
    ("pure", "workbench/mls/errors.py", "import workbench.client"),
    ("delivery", "workbench/delivery/service.py", "from workbench.mls.crypto.hpke import HPKE"),
    ("delivery", "workbench/delivery/service.py", "import workbench.mls.crypto.ciphersuite"),
    ("delivery", "workbench/delivery/service.py", "from workbench.mls import cipher_suite"),
    ("delivery", "workbench/delivery/log.py", "from workbench.mls.schedule import secret_tree"),
    ("delivery", "workbench/delivery/log.py", "from workbench.mls.framing import private_message"),
    ("attacker", "workbench/adversary/attacker.py", "from workbench.adversary import knowledge"),
    ("attacker", "workbench/adversary/recovery.py", "from workbench.inspect import trace_rules"),
    ("order-lab", "workbench/lab/group.py", "from workbench.lab import world"),
    ("order-lab", "workbench/lab/actions/network.py", "from workbench.lab.world import World"),
    ("order-lab-actions", "workbench/lab/actions/joining.py", "from workbench.lab.actions import psks"),
    ("attacker", "workbench/adversary/commits.py", "from workbench.adversary import verdict"),
    ("order", "workbench/mls/wire/codec.py", "from workbench.mls.crypto import hpke"),
    ("order", "workbench/mls/tree/ratchet_tree.py", "from workbench.mls.schedule import psk"),
    ("order", "workbench/mls/schedule/psk.py", "from workbench.mls.tree import ratchet_tree"),
    ("order", "workbench/mls/framing/content.py", "from workbench.mls.group import state"),
    ("order-wire", "workbench/mls/wire/shapes.py", "from workbench.mls.wire import codec"),
    ("order-crypto", "workbench/mls/crypto/primitives.py", "from workbench.mls.crypto import hpke"),
    ("order-tree", "workbench/mls/tree/tree_math.py", "from workbench.mls.tree import subtree"),
    ("order-schedule", "workbench/mls/schedule/secret_tree.py", "from workbench.mls.schedule import key_schedule"),
    ("order-framing", "workbench/mls/framing/public_message.py", "from workbench.mls.framing import private_message"),
    ("order-group", "workbench/mls/group/state.py", "from workbench.mls.group import group"),
]


def contracts(repository: Path) -> dict[str, dict[str, list[str]]]:
    """The contracts of pyproject.toml by their ids."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def copy(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parts of the tree that the contracts speak of, to plant imports in."""
    folder = tmp_path_factory.mktemp("planted")
    only_python = shutil.ignore_patterns("__pycache__", "*.js", "*.css")
    for package in ("workbench", "widgets", "tests/architecture"):
        shutil.copytree(repository / package, folder / package, ignore=only_python)
    for file in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(repository / file, folder / file)
    return folder


def run_in(folder: Path, *command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program on the copy: the editable installation must not come before it."""
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=False
    )


def test_the_tree_as_it_is_keeps_every_contract(copy: Path) -> None:
    result = run_in(copy, str(Path(sys.executable).with_name("lint-imports")), "--no-cache")
    assert result.returncode == 0, result.stdout


PLANT_EACH = """
import contextlib, io, json, pathlib, sys
from importlinter.cli import lint_imports

for contract, file, line in json.load(sys.stdin):
    module = pathlib.Path(file)
    as_it_is = module.read_text("utf-8")
    module.write_text(as_it_is + "\\n" + line + "\\n", "utf-8")
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = lint_imports(limit_to_contracts=(contract,), no_cache=True)
    module.write_text(as_it_is, "utf-8")
    print(json.dumps([status, said.getvalue()]))
"""
"""Plants one import after the other: the start of the linter takes longer than the check of a contract."""


@pytest.fixture(scope="module")
def refused(copy: Path) -> list[tuple[int, str]]:
    """For each planted import, the exit status of the linter and what it says."""
    done = run_in(copy, sys.executable, "-c", PLANT_EACH, given=json.dumps(PLANTS))
    assert done.returncode == 0, done.stderr
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("number", range(len(PLANTS)), ids=[" ".join(plant) for plant in PLANTS])
def test_a_forbidden_import_is_refused(refused: list[tuple[int, str]], number: int) -> None:
    status, said = refused[number]
    assert "0 kept, 1 broken." in said, said
    assert status == 1


def test_every_contract_has_an_import_planted_against_it(repository: Path) -> None:
    assert set(contracts(repository)) == {contract for contract, _, _ in PLANTS}


def test_every_part_of_the_workbench_stands_in_a_layer(repository: Path) -> None:
    layers = " | ".join(contracts(repository)["layers"]["layers"]).split("|")
    named = {module.strip("( )") for module in layers}
    modules = (repository / "workbench").glob("*.py")
    packages = (repository / "workbench").glob("*/__init__.py")
    parts = {path.stem for path in modules} | {path.parent.name for path in packages}
    assert {f"workbench.{part}" for part in parts - {"__init__"}} <= named


# What no contract sees: the crypto library and datetime, both allowed, could bring in randomness and a clock.
IMPURE_CALLS = {"generate", "generate_key", "now", "today", "utcnow", "urandom", "token_bytes"}


def impure_calls(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_CALLS:
                yield f"{path.relative_to(folder)}:{node.lineno}: {node.func.attr}()"


def test_the_protocol_asks_nobody_for_randomness_or_the_time(repository: Path) -> None:
    assert list(impure_calls(repository / "workbench" / "mls")) == []


def test_a_planted_call_for_randomness_is_found(copy: Path) -> None:
    (copy / "workbench/mls/crypto/dice.py").write_text("key = X25519PrivateKey.generate()\n", "utf-8")
    assert list(impure_calls(copy / "workbench" / "mls")) == ["crypto/dice.py:1: generate()"]
    (copy / "workbench/mls/crypto/dice.py").unlink()
