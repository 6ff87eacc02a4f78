"""Names: they are how people, files and other plugins know a check or a dataset, so they must be its own for good."""

from __future__ import annotations

from collections.abc import Iterator

from o365scan.api import PluginInfo
from o365scan.authoring.remarks import Remark
from o365scan.authoring.subject import Subject
from o365scan.frameworks import NAMES, coverage

#: By the stage of a failure: what an author does about it.
_TO_DO = {
    "allow": "Add it to `allow` below [plugins] in o365scan.toml, or look from another folder.",
    "version": "Correct `o365scan_api` in the module that the entry point names, or install the o365scan it wants.",
    "load": "Make `python -c 'import …'` of the module that the entry point names work.",
    "dataset": "Return the dataset, and the API that it is read from, from the hooks of the plugin.",
    "hook": "Correct the hook in the module that the entry point names; o365scan.api.Hooks has them all.",
    "check": "Write the sections that o365scan.api.Documentation.REQUIRED names into the module's docstring.",
}


def loads(subject: Subject) -> Iterator[Remark]:
    """Whatever `o365scan plugins` would complain of."""
    for failure in subject.failures:
        to_do = _TO_DO.get(failure.stage, "Mend it until `o365scan plugins` is content.")
        yield Remark("loads", failure.message, f"plugin {failure.plugin} ({failure.stage})", to_do)
    for notice in subject.notices:
        yield Remark(
            "loads", f"{notice.message}.", f"plugin {notice.plugin}", "Do so before it no longer works."
        )
    for plugin in subject.plugins:
        if not subject.failures and not (plugin.checks or plugin.datasets or plugin.reporters):
            where = f"plugin {plugin.name}"
            yield Remark("loads", "It brings nothing.", where, "Implement a hook, decorated with @hookimpl.")


def names(subject: Subject) -> Iterator[Remark]:
    """Ids and dataset names begin with the plugin's name, which is nobody else's; file, function and id agree."""
    for plugin in subject.plugins:
        yield from _prefixes(subject, plugin)
    for check in subject.checks:
        module = check.function.__module__.rpartition(".")[2]
        if module != check.function.__name__:
            what = f"The module of {check.id} is called {module}."
            yield Remark("names", what, subject.place(check), f"Call it {check.function.__name__}.py.")


def _prefixes(subject: Subject, plugin: PluginInfo) -> Iterator[Remark]:
    to_do = f"Begin it with {plugin.name}. as the entry point is called, or call the entry point otherwise."
    for id in plugin.checks:
        if id.partition(".")[0] != plugin.name:
            what = f"The id {id} does not begin with the plugin's name."
            yield Remark("names", what, subject.place(subject.registry.checks[id]), to_do)
    for name in plugin.datasets:
        if name.partition(".")[0] != plugin.name:
            what = f"The dataset name {name} does not begin with the plugin's name."
            yield Remark("names", what, f"dataset {name}", to_do)


def frameworks(subject: Subject) -> Iterator[Remark]:
    """Techniques of ATT&CK and controls of SCuBA and CIS are ones that exist, in the version that is known."""
    for name in NAMES:
        for unknown in coverage(name, subject.checks).unknown:
            said = "was retired" if unknown.retired else "is not known"
            where = subject.place(subject.registry.checks[unknown.check])
            what = f"{unknown.check} names {unknown.id}, which {said}."
            yield Remark(
                "frameworks", what, where, f"`o365scan checks --framework {name}` lists what there is."
            )
