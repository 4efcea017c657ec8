"""The delivery service over HTTP: what `access.DeviceAccess` offers, for devices that have logged in.

`models` declares the JSON of both sides, and `problems` the status of each refusal. `guard` limits a request before it
is read. `routes` has the calls, `wakeups` the WebSocket, `metrics` the figures, and `page` the description for people.
`app` puts them together, and `server` runs the application.
"""
