"""The widgets in Chromium, on pages where any request off the host and any word in the console is a failure."""
