"""Properties that change without anybody's doing, or only because something else did: left out unless asked for.

No dataset says so of its own fields, so they are known by name, at any depth and without case: traces of use, the
mail in a folder, synchronisation, and the marks of a change that shows by itself. Who changed a thing
(`lastModifiedBy`) and when a password was changed are not among them.
"""

from __future__ import annotations

_NAMES = frozenset(
    {
        # Signing in and use.
        "signinactivity", "lastsigninactivity", "applicationauthenticationclientsigninactivity",
        "applicationauthenticationresourcesigninactivity", "delegatedclientsigninactivity",
        "delegatedresourcesigninactivity", "lastsignindatetime", "lastsigninrequestid",
        "lastnoninteractivesignindatetime", "lastnoninteractivesigninrequestid", "lastsuccessfulsignindatetime",
        "lastsuccessfulsigninrequestid", "lastlogontime", "lastlogofftime", "lastuseractiontime",
        "lastuseraccesstime", "lastuseddatetime",
        # The mail in a folder.
        "itemsinfolder", "itemsinfolderandsubfolders", "visibleitemsinfolder", "hiddenitemsinfolder",
        "deleteditemsinfolder", "deleteditemsinfolderandsubfolders", "foldersize", "folderandsubfoldersize",
        "newestitemreceiveddate", "newestitemlastmodifieddate", "oldestitemreceiveddate",
        "oldestitemlastmodifieddate", "newestdeleteditemreceiveddate", "newestdeleteditemlastmodifieddate",
        "oldestdeleteditemreceiveddate", "oldestdeleteditemlastmodifieddate", "topsubject", "lastmovedtimestamp",
        # Synchronisation and checks that the service makes.
        "onpremiseslastsyncdatetime", "companylastdirsynctime", "lastdirsynctime", "lastchecked",
        "lastvalidationtimestamp",
        # That something changed.
        "whenchanged", "whenchangedutc", "lastmodifieddatetime", "modifieddatetime", "lastmodifiedtime",
        "lastupdateddatetime", "lastexchangechangedtime", "objectstate", "etag",
    }
)  # fmt: skip
_ANNOTATIONS = ("@odata.etag", "@odata.context")


def is_volatile(name: str) -> bool:
    """Whether a property of that name is left out."""
    folded = name.lower()
    return folded in _NAMES or folded.endswith(_ANNOTATIONS)
