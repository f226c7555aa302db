"""The HTTP side: takes files, at most three a minute from one address, as counted in the cache."""
import os

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from redline import process

app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app, storage_uri=os.environ["REDIS_URL"])


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/process/<source>")
@limiter.limit("3/minute")
def submit(source):
    return {"output": process.delay(source).get(timeout=30)}
