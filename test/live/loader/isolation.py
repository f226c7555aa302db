"""The three isolations as Redis rules and Celery settings (the TypeScript renders the same)."""
FLEET = {"task_acks_late": True, "task_reject_on_worker_lost": True, "worker_send_task_events": True,
         "task_send_sent_event": True, "broker_connection_retry_on_startup": True}


def prefix_rules(prefix):
    return (f"resetkeys ~{prefix}* resetchannels &{prefix}* &{prefix}/0.celery.pidbox &{prefix}/0.celeryev/*"
            f" &{prefix}/0.celeryev/worker.*")


def prefix_settings(url, prefix):
    return {**FLEET, "broker_url": url, "result_backend": url,
            "broker_transport_options": {"global_keyprefix": prefix, "fanout_prefix": "/0."},
            "result_backend_transport_options": {"global_keyprefix": prefix}}


def queue_keys(base):
    """`[^!-~]` is no printable character: the priority lists `base\\x06\\x163`, but no longer name."""
    return (f"~{base} ~{base}.* ~{base}[^!-~]* ~_kombu.binding.{base} ~_kombu.binding.{base}.*"
            f" ~_kombu.binding_permanent.{base} ~_kombu.binding_permanent.{base}.*")


def queue_rules(base, *members):
    keys = " ".join(map(queue_keys, (base, *members)))
    return (f"resetkeys {keys} ~_kombu.binding.reply.{base}.pidbox ~_kombu.binding_permanent.reply.{base}.pidbox"
            f" ~*.{base}.pidbox ~*.{base}.pidbox[^!-~]*"
            f" resetchannels &{base}.* &/0.{base}.pidbox &/0.{base}.ev/* &/0.{base}.ev/worker.*")


def queue_settings(url, base):
    unacked = {f"unacked{part}_key": f"{base}.unacked{part}" for part in ("", "_index", "_mutex")}
    return {**FLEET, "broker_url": url, "result_backend": url, "control_exchange": base,
            "event_exchange": f"{base}.ev", "event_queue_prefix": f"{base}.ev",
            "broker_transport_options": {"fanout_prefix": "/0.", **unacked},
            "result_backend_transport_options": {"global_keyprefix": f"{base}."}}
