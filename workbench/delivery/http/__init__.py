"""The delivery service over HTTP: what `access.DeviceAccess` offers, for devices that have logged in.

`models` is the JSON of both sides, `problems` the refusals as statuses, `guard` what a request may cost before it is
read, `routes` the calls, `wakeups` the WebSocket, `metrics` the figures, `page` the description for people, `app` all
of it, and `server` runs it.
"""
