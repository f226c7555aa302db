"""The app of a tenant that has left Stalk: no loader, and the settings that docs/leave.md says, from the file `LEFT`."""
import json
import os

from moving_app import app

with open(os.environ["LEFT"]) as file:
    app.conf.update(json.load(file))
