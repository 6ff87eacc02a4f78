"""The tree of errors.

O365ScanError                 what happened, to what, and what to do next
├── Undecidable               a check could not be decided; the engine makes it `open`
│   ├── MissingField          Microsoft did not send a field that the check needs
│   ├── UnexpectedType        it sent one of another type
│   └── IncompleteDataset     a look-up into a dataset that was not wholly read
├── PluginError               a plugin broke the contract of this package
│   └── UndeclaredDataset     a check asked for a dataset that its `reads` does not name
├── OptionsError              o365scan.toml holds something that can't be used
├── SnapshotError             a snapshot can't be read or written
├── BaselineError             an earlier scan can't be read, or is not of this tenant
├── NothingToReport           a reporter has nothing that it could honestly write
└── ServiceError              an answer of Microsoft's, or none (see o365scan.transport.errors)
"""

from __future__ import annotations


class O365ScanError(Exception):
    """What happened and to what (`str(error)`); `hint` says what to do next."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Undecidable(O365ScanError):
    """A check can't be decided on what is known. Never a pass, never a fail: `open`."""


class MissingField(Undecidable):
    """A record lacks a field that was read strictly."""

    def __init__(self, dataset: str, key: str, path: str) -> None:
        super().__init__(
            f"{dataset}: the field {path!r} is missing",
            hint="The service did not send this field; a newer o365scan may know why.",
        )
        self.dataset, self.key, self.path = dataset, key, path


class UnexpectedType(Undecidable):
    """A record holds a value of another type than the check reads."""

    def __init__(self, dataset: str, key: str, path: str, *, wanted: str, found: object) -> None:
        super().__init__(f"{dataset}: {path!r} should be {wanted}, and is {type(found).__name__}")
        self.dataset, self.key, self.path = dataset, key, path


class IncompleteDataset(Undecidable):
    """A look-up into a dataset that was not read, or not wholly."""

    def __init__(self, dataset: str, why: str) -> None:
        super().__init__(f"{dataset} is incomplete: {why}")
        self.dataset = dataset


class PluginError(O365ScanError):
    """A plugin broke the contract; the message names the plugin's object and the rule."""


class UndeclaredDataset(PluginError):
    """A check asked for a dataset that neither its `reads` nor its `optional` names."""


class OptionsError(O365ScanError):
    """A value of o365scan.toml can't be used; the message names file and key."""


class SnapshotError(O365ScanError):
    """A snapshot can't be read or written."""


class BaselineError(O365ScanError):
    """An earlier scan can't be compared with: it can't be read, or is of another tenant or tool."""


class NothingToReport(O365ScanError):
    """A reporter has nothing that it could honestly write; the message says why."""


class ServiceError(O365ScanError):
    """The service refused, failed or could not be reached."""
