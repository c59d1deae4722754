"""LLVM's text made into functions that run: verified, compiled for this processor, and kept on disk.

An extra, ``pip install "glassgrad[jit]"``: llvmlite brings LLVM. Object code is kept in a folder of the user's cache
(``GLASSGRAD_CACHE``, else ``~/.cache/glassgrad``), under the hash of the text, the processor and the versions, so that
the next process only links it. A file is written whole or not at all; one that is broken is made again.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.errors import OperandError
from autograd.system.files import write_whole

__all__ = ["MachineCode", "has_fma", "is_installed", "lanes", "load"]

#: Part of a file's name: raised when the same text is to become other code.
_FORMAT = "1"
_HEAD = b"glassgrad object code\n"
_LOCK = threading.RLock()


def is_installed() -> bool:
    """Whether there is an LLVM to compile with."""
    return importlib.util.find_spec("llvmlite") is not None


class MachineCode:
    """Functions in memory. Calling one lets other threads run meanwhile.

    Args:
        engine: of LLVM; the code lives as long as it.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def address(self, name: str) -> int:
        """Where the function of that name begins."""
        return int(self._engine.get_function_address(name))

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """The function of that name, with the ctypes of its result (or None) and arguments."""
        function = ctypes.CFUNCTYPE(result, *arguments)(self.address(name))
        function.owner = self  # type: ignore[attr-defined]
        return function


def load(text: str) -> MachineCode:
    """Return the functions of a module in LLVM's language, compiled now or in an earlier process.

    Raises:
        OperandError: llvmlite is not installed.
    """
    with _LOCK:  # LLVM's own tables are not for two threads
        return _load(text)


@functools.lru_cache(maxsize=64)
def _load(text: str) -> MachineCode:
    llvm, machine = _host()
    name, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    key = "\0".join([_FORMAT, str(llvm.llvm_version_info), machine.triple, name, features, text])
    folder = Path(os.environ.get("GLASSGRAD_CACHE") or Path.home() / ".cache" / "glassgrad")
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.o"
    code = _read(path)
    if code is None:
        code = _compiled(llvm, machine, text)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, _HEAD + hashlib.sha256(code).digest() + code)
        except OSError:
            pass  # a folder that may not be written costs the next process its time, and nothing else
    return _linked(llvm, machine, code)


def _read(path: Path) -> bytes | None:
    """The object code in a file, unless it is missing or not what was written."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    digest, code = whole[len(_HEAD) : len(_HEAD) + 32], whole[len(_HEAD) + 32 :]
    return code if whole.startswith(_HEAD) and hashlib.sha256(code).digest() == digest else None


def _compiled(llvm: Any, machine: Any, text: str) -> bytes:
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    module.verify()
    code: bytes = machine.emit_object(module)
    return code


def _linked(llvm: Any, machine: Any, code: bytes) -> MachineCode:
    empty = llvm.parse_assembly("")
    empty.triple, empty.data_layout = machine.triple, str(machine.target_data)
    engine = llvm.create_mcjit_compiler(empty, _machine(llvm))
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return MachineCode(engine)


@functools.cache
def _host() -> tuple[Any, Any]:
    if not is_installed():
        raise OperandError('this needs llvmlite: pip install "glassgrad[jit]", or use the NumPy backend')
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm, _machine(llvm)


def _machine(llvm: Any) -> Any:
    target = llvm.Target.from_triple(llvm.get_process_triple())
    features = llvm.get_host_cpu_features().flatten()
    # What is printed is vector code already, with what neighbours share computed once: LLVM's optimiser takes as long
    # as all else together and finds nothing in it, its second level of code generation neither.
    # "jitdefault" with "small" would put the code out of reach of the C library: its functions stand far away.
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=1, reloc="static", codemodel="jitdefault", jit=True
    )


@functools.cache
def _features() -> frozenset[str]:
    llvm, _ = _host()
    return frozenset(name for name, there in llvm.get_host_cpu_features().items() if there)


@functools.cache
def lanes() -> int:
    """How many doubles a register of this processor holds."""
    features = _features()
    if "avx512f" in features:
        return 8
    return 4 if "avx" in features else 2


@functools.cache
def has_fma() -> bool:
    """Whether it multiplies and adds in one instruction."""
    _, machine = _host()
    return "fma" in _features() or not machine.triple.startswith(("x86", "i686"))
