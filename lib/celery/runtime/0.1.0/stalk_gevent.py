"""Finishes gevent's patching of Python, before anything imports kombu.

`celery --pool=gevent` patches Python before all else, threads first. gevent then asks every object for its class. That
wakes Celery's lazy default app, which imports the loader, and kombu would keep a `select` that stops all greenlets.
Import this module before any that imports kombu, redis or celery.
"""
import sys

if "gevent" in sys.modules:
    from gevent import monkey

    if monkey.is_module_patched("threading") and not monkey.is_module_patched("select"):
        for patch in monkey.patch_socket, monkey.patch_select, monkey.patch_ssl:
            patch()
