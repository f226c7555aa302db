"""The task that every app gets: `stalk verify` and the load test send it to try a pool."""
import socket
import time

from celery import Task, shared_task


@shared_task(name="stalk.probe", bind=True, base=Task, rate_limit=0, ignore_result=False)
def probe(self, seconds=0, payload=""):
    started = time.time()
    time.sleep(seconds)
    queue = (self.request.delivery_info or {}).get("routing_key")
    return {"pod": socket.gethostname(), "queue": queue, "received": len(payload), "started": started}
