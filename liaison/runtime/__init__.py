"""What one machine needs to run the portal without a database or queue server of its own.

`places` says where things are, `secrets` makes the keys, `postgres` and `queue` know the two servers, `guardian` keeps
them alive while somebody uses them, `embedded` is what programs call, `demo` is `make demo`. Nothing here is used
when DATABASE_URL and REDIS_URL are set.
"""
