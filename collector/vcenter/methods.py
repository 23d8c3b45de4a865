"""The only methods that may be sent to a vCenter: the proof that reading it changes nothing in it.

The second group makes and removes objects that live inside this session alone (filters, views, event collectors); they
vanish with it. Names are those of the SOAP API, where ``Destroy_Task``, which deletes a virtual machine, and
``DestroyView``, which forgets a list, are different methods. ``Fetch`` reads one property.
"""

from __future__ import annotations

READS = frozenset(
    {
        "CurrentTime",
        "Fetch",
        "FetchUserPrivilegeOnEntities",
        "FindAssociatedProfile",
        "FindExtension",
        "HasPrivilegeOnEntities",
        "HasPrivilegeOnEntity",
        "HasUserPrivilegeOnEntities",
        "QueryAssignedLicenses",
        "QueryAvailablePerfMetric",
        "QueryComplianceStatus",
        "QueryEvents",
        "QueryOptions",
        "QueryPerf",
        "QueryPerfCounter",
        "QueryPerfProviderSummary",
        "RetrieveEntityScheduledTask",
        "RetrieveObjectScheduledTask",
        "RetrieveProperties",
        "RetrievePropertiesEx",
        "ContinueRetrievePropertiesEx",
        "CancelRetrievePropertiesEx",
        "RetrieveServiceContent",
        "SessionIsActive",
        "WaitForUpdatesEx",
        "CancelWaitForUpdates",
    }
)

SESSION_ONLY = frozenset(
    {
        "Login",
        "Logout",
        "CreatePropertyCollector",
        "DestroyPropertyCollector",
        "CreateFilter",
        "DestroyPropertyFilter",
        "CreateContainerView",
        "CreateListView",
        "ModifyListView",
        "DestroyView",
        "CreateCollectorForEvents",
        "SetCollectorPageSize",
        "ReadNextEvents",
        "ReadPreviousEvents",
        "RewindCollector",
        "ResetCollector",
        "DestroyCollector",
    }
)

ALLOWED = READS | SESSION_ONLY

REST_ALLOWED = frozenset(
    {
        "POST /session",
        "DELETE /session",
        "GET /cis/tagging/category",
        "GET /cis/tagging/tag",
        "POST /cis/tagging/tag-association?action=list-attached-tags-on-objects",
    }
)
"""The same for the REST API, by method and path without ids; the first two make and remove a session of our own."""
