"""Google Cloud DNS.

    records      ResourceRecordSets ⇄ record sets                      pure
    changes      units → changes within the API's limits                pure
    credentials  Google's application default credentials
    errors       what refusals mean                                    pure
    client       requests
    provider     the contract

A change is atomic, and a deletion in it must match what stands exactly. So an update is a deletion and an addition in
one change: it is in place, and never over what somebody else has written meanwhile.
"""
