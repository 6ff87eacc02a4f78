"""Finds plugins, each by itself; a duplicate or broken one is a visible failure and never harms the rest."""

from __future__ import annotations

import difflib
import importlib.metadata
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import pluggy

from o365scan.admission import OWN, AllowList, misfit, missing_names
from o365scan.api import (
    Api,
    Check,
    Dataset,
    Hooks,
    O365ScanError,
    PluginError,
    PluginFailure,
    PluginInfo,
    PluginNotice,
    Reporter,
)
from o365scan.api.deprecation import uses
from o365scan.printed import hushed
from o365scan.watchdog import Overdue, bounded, described, patience, staying

PROJECT = "o365scan"
_WANTS = "o365scan_api"
T = TypeVar("T")
Failed = Callable[[str, str], None]
"""Notes a failure of a plugin: its stage, and what to say."""


class UnknownCheck(O365ScanError):
    """No check has that id."""


@dataclass
class Registry:
    """What the plugins brought, by id and name, and what could not be used."""

    checks: dict[str, Check] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    apis: dict[str, Api] = field(default_factory=dict)
    reporters: dict[str, Reporter] = field(default_factory=dict)
    plugins: list[PluginInfo] = field(default_factory=list)
    failures: list[PluginFailure] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    """The plugin of each package that an entry point names."""
    printed: list[PluginNotice] = field(default_factory=list)

    @property
    def notices(self) -> tuple[PluginNotice, ...]:
        """What the plugins' authors should know, as of now: a deprecated name may be used at any time."""
        silent = [
            PluginNotice(
                each.name, "it does not say which o365scan.api it is written for (o365scan_api = '>=1.0,<2')"
            )
            for each in self.plugins
            if each.wants is None
        ]
        used = [PluginNotice(self._plugin_of(each.module), each.message) for each in uses()]
        return tuple(dict.fromkeys((*silent, *used, *self.printed)))

    def _plugin_of(self, module: str) -> str:
        package = module.partition(".")[0]
        return self.modules.get(package, package)

    def select(self, patterns: Iterable[str]) -> tuple[Check, ...]:
        """The checks that any of the glob patterns names (all without patterns), ordered by id.

        Raises UnknownCheck for a pattern that names none, with near matches.
        """
        wanted = tuple(patterns) or ("*",)
        for pattern in wanted:
            if not any(fnmatchcase(id, pattern) for id in self.checks) and pattern != "*":
                raise self._unknown(pattern)
        return tuple(
            check
            for id, check in sorted(self.checks.items())
            if any(fnmatchcase(id, pattern) for pattern in wanted)
        )

    def check(self, id: str) -> Check:
        """The check of that id. Raises UnknownCheck."""
        if id not in self.checks:
            raise self._unknown(id)
        return self.checks[id]

    def _unknown(self, id: str) -> UnknownCheck:
        near = difflib.get_close_matches(id, self.checks, n=3, cutoff=0.4)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        hint = f"{meant}o365scan checks lists them all."
        if self.failures:  # whose check it may be
            area = id.partition(".")[0]
            first = min(self.failures, key=lambda each: each.plugin != area)
            hint = f"The plugin {first.plugin} could not be used ({first.stage}): {first.message}. {hint}"
        return UnknownCheck(f"there is no check {id!r}", hint=hint)


def load(allowed: AllowList | None = None) -> Registry:
    """Load every plugin that an entry point of the group `o365scan` names, and that `allowed` lets in.

    pluggy's own loader is not used: it stops at the first broken import, and skips the second of two
    plugins of one name without a word.
    """
    loader = _Loader(allowed)
    for entry_point in _entry_points():
        loader.add(entry_point)
    loader.refuse_undeclared()
    return loader.registry


def load_one(name: str, distribution: str) -> Registry:
    """Load one plugin, as `load` would."""
    loader = _Loader(None)
    for entry_point in _entry_points():
        if entry_point.name == name and _distribution(entry_point)[0] == distribution:
            loader.add(entry_point)
    return loader.registry


def _entry_points() -> list[importlib.metadata.EntryPoint]:
    """Our own first, then by distribution and name: who comes first keeps a contested id."""
    found = importlib.metadata.entry_points(group=PROJECT)
    return sorted(found, key=lambda each: (_distribution(each)[0] != OWN, _distribution(each), each.name))


def _distribution(entry_point: importlib.metadata.EntryPoint) -> tuple[str, str]:
    dist = entry_point.dist
    return (dist.name, dist.version) if dist is not None else ("?", "?")


class _Loader:
    """Loads plugins one by one into a registry."""

    def __init__(self, allowed: AllowList | None) -> None:
        self.registry = Registry()
        self._allowed = allowed
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(Hooks)
        self._known_hooks = frozenset(vars(self._manager.hook)) - {"_trace"}
        self._patience = patience()
        self._name, self._distribution = "", OWN
        self._failing: dict[str, Failed] = {}
        """By check and dataset: whom to blame for it."""

    def add(self, entry_point: importlib.metadata.EntryPoint) -> None:
        name = entry_point.name
        failed = self._failed(name)
        distribution, version = _distribution(entry_point)
        self._name, self._distribution = name, distribution
        if (refusal := self._refusal(distribution, version)) is not None:
            failed("allow", f"{refusal}; it was not loaded")
            return
        if self._manager.has_plugin(name):
            failed("load", f"{distribution} brings a second plugin called {name!r}; it was not loaded")
            return
        self.registry.modules.setdefault(re.split(r"[.:\s]", entry_point.value)[0], name)
        plugin = self._contained(failed, "load", entry_point.load)
        release = f"{distribution} {version}"
        if plugin is None or not self._contained(
            failed, "hook", lambda: self._admitted(plugin, name, release, failed)
        ):
            return
        info = PluginInfo(name, distribution, version, wants=getattr(plugin, _WANTS, None))
        self.registry.plugins.append(self._collect(plugin, info, failed))

    def _refusal(self, distribution: str, version: str) -> str | None:
        if self._allowed is None or distribution == OWN:
            return None
        return self._allowed.refusal(distribution, version)

    def _admitted(self, plugin: Any, name: str, release: str, failed: Failed) -> bool:
        admitted = self._is_for_this_api(plugin, release, failed) and self._well_formed(plugin, failed)
        if admitted:
            self._manager.register(plugin, name)
        return admitted

    def _is_for_this_api(self, plugin: Any, release: str, failed: Failed) -> bool:
        """Before any hook is called: one of another version may be called with what it does not expect."""
        wrong = misfit(getattr(plugin, _WANTS, None))
        if wrong is not None:
            failed("version", f"{release}: {wrong}")
        return wrong is None

    def _well_formed(self, plugin: Any, failed: Failed) -> bool:
        """Refuse misspelt hooks. pluggy's check_pending misses undecorated functions, hence by name."""
        unknown = sorted(
            name for name in dir(plugin) if name.startswith(f"{PROJECT}_") and name not in self._known_hooks
            and inspect.isroutine(getattr(plugin, name, None))
        )  # fmt: skip
        for name in unknown:
            near = difflib.get_close_matches(name, self._known_hooks, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            failed("hook", f"there is no hook {name}{meant}")
        return not unknown

    def _collect(self, plugin: Any, info: PluginInfo, failed: Failed) -> PluginInfo:
        apis = self._values(plugin, "o365scan_apis", Api, failed)
        datasets = self._values(plugin, "o365scan_datasets", Dataset, failed)
        checks = self._values(plugin, "o365scan_checks", Check, failed)
        reporters = self._values(plugin, "o365scan_reporters", Reporter, failed)
        kept_apis = [each for each in apis if self._keep(self.registry.apis, each.name, each, failed)]
        kept_datasets = [each.name for each in datasets if self._keep_dataset(each, kept_apis, failed)]
        kept_checks = [each.id for each in checks if self._keep_check(each, failed)]
        kept_reporters = [
            each.name for each in reporters if self._keep(self.registry.reporters, each.name, each, failed)
        ]
        return replace(
            info,
            checks=tuple(kept_checks),
            datasets=tuple(kept_datasets),
            reporters=tuple(kept_reporters),
            apis=tuple(each.name for each in kept_apis),
        )

    def refuse_undeclared(self) -> None:
        """Drop what rests on a dataset that no plugin brings by its hook: nobody was shown what that one asks for.

        Only when all are loaded, since a plugin may use the datasets of another.
        """
        registry = self.registry
        for name, dataset in list(registry.datasets.items()):
            if self._rests_on_undeclared(name, dataset.needs):
                del registry.datasets[name]
        for id, check in list(registry.checks.items()):
            if self._rests_on_undeclared(id, (*check.datasets, *check.optional)):
                del registry.checks[id]
        registry.plugins = [
            replace(
                each,
                checks=tuple(id for id in each.checks if id in registry.checks),
                datasets=tuple(name for name in each.datasets if name in registry.datasets),
            )
            for each in registry.plugins
        ]

    def _rests_on_undeclared(self, name: str, read: Iterable[Dataset]) -> bool:
        known = self.registry.datasets
        strange = sorted(each.name for each in _reached(read) if known.get(each.name) is not each)
        if strange:
            said = f"{name} reads {strange[0]}, which no plugin brings in o365scan_datasets; it was not used"
            self._failing[name]("dataset", said)
        return bool(strange)

    def _values(self, plugin: Any, hook: str, kind: type[T], failed: Failed) -> list[T]:
        """What one hook of one plugin returns; called alone, so that its raising loses nothing of others'."""
        others = [each for each in self._manager.get_plugins() if each is not plugin]
        caller = self._manager.subset_hook_caller(hook, others)
        answers = self._contained(failed, "hook", lambda: [list(answer) for answer in caller()])
        values = [value for answer in answers or [] for value in answer]
        for value in values:
            if not isinstance(value, kind):
                failed("hook", f"{hook} returned a {type(value).__name__}, not a {kind.__name__}")
        return [value for value in values if isinstance(value, kind)]

    def _keep_dataset(self, dataset: Dataset, declared: Iterable[Api], failed: Failed) -> bool:
        reads = f"{dataset.name} reads {dataset.api or dataset.service}"
        if dataset.api is not None and dataset.api not in declared:
            failed("dataset", f"{reads}, which its plugin does not declare in o365scan_apis")
            return False
        if dataset.permission.api != dataset.service:
            failed("dataset", f"{reads}, and names a permission of {dataset.permission.api}")
            return False
        self._failing.setdefault(dataset.name, failed)
        return self._keep(self.registry.datasets, dataset.name, dataset, failed)

    def _keep_check(self, check: Check, failed: Failed) -> bool:
        missing = self._contained(failed, "check", lambda: check.documentation.missing())
        if missing:
            failed("check", f"{check.id}: its documentation lacks {', '.join(missing)}")
        self._failing.setdefault(check.id, failed)
        return missing == () and self._keep(self.registry.checks, check.id, check, failed)

    def _keep(self, kept: dict[str, T], name: str, value: T, failed: Failed) -> bool:
        if kept.setdefault(name, value) == value:  # two plugins may declare one API alike
            return True
        failed("hook", f"{name} is already taken by another plugin; this one was not used")
        return False

    def _failed(self, plugin: str) -> Failed:
        def failed(stage: str, message: str) -> None:
            self.registry.failures.append(PluginFailure(plugin, stage, message))

        return failed

    def _contained(self, failed: Failed, stage: str, action: Callable[[], T]) -> T | None:
        """Run a stranger's code; whatever it raises becomes a failure in the report and the exit code.

        So does what takes too long; what it prints is for its author to know.
        """
        try:
            if self._distribution == OWN:
                return action()
            with bounded(self._patience, self._name), hushed(self._printed), staying():
                return action()
        except KeyboardInterrupt:
            raise  # the user's own
        except BaseException as cause:  # noqa: BLE001 - any plugin may raise anything
            failed(stage, _described(cause))
            return None

    def _printed(self, said: str) -> None:
        self.registry.printed.append(PluginNotice(self._name, f"{said} (while it was loaded)"))


def _described(cause: BaseException) -> str:
    if isinstance(cause, PluginError | Overdue):
        return str(cause)
    if (missing := missing_names(cause)) is not None:
        return missing
    return described(cause)


def plan(checks: Iterable[Check]) -> tuple[Dataset, ...]:
    """The datasets that checks read, required and optional, and those these need."""
    return with_needs(each for check in checks for each in (*check.datasets, *check.optional))


def with_needs(datasets: Iterable[Dataset]) -> tuple[Dataset, ...]:
    """Datasets and all that they need, each once, ordered by name."""
    wanted: dict[str, Dataset] = {}
    for dataset in _reached(datasets):
        wanted.setdefault(dataset.name, dataset)
    return tuple(wanted[name] for name in sorted(wanted))


def _reached(datasets: Iterable[Dataset]) -> set[Dataset]:
    """Datasets and all that they need, also those that go by one name."""
    found: set[Dataset] = set()
    waiting = list(datasets)
    while waiting:
        dataset = waiting.pop()
        if dataset not in found:
            found.add(dataset)
            waiting.extend(dataset.needs)
    return found
