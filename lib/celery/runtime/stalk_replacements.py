"""What Stalk replaces in Celery, kombu, redis-py and billiard: the whole list, which stalk_patches applies.

An entry names what it replaces and the function that makes the replacement out of it, and applies only in the
processes and with the versions that need it; newer versions are taken to need it too. docs/runtime.md has this list
as a table.
"""
from typing import NamedTuple

WORKER, POOL = "workers", "processes of a pool"
SENTINELS, QUEUES, CONTROL = "with sentinels", "with tenants' queue names", "with a control exchange"
LOGS, METRICS = "with `logs: 'json'`", "with `monitoring`"
NONE = "none known"


class Replacement(NamedTuple):
    """`known` are the fingerprints of what it was written against, see stalk_patches."""

    what: str
    by: str
    known: tuple
    reason: str
    upstream: str
    until: str
    where: str = ""  # empty: always
    process: str = ""  # empty: every process, at import
    since: tuple = ()  # version of the package that `what` begins with


REPLACEMENTS = (
    Replacement(
        what="kombu.transport.redis:QoS.append",
        by="stalk_unacked:append",
        known=("35c655f6",),
        reason="A message that is popped while Redis goes away or is full is lost, and the worker may end.",
        upstream="https://github.com/celery/kombu/issues/305",
        until="kombu moves a message to `unacked` in one step, as LMOVE does, or keeps what it could not note",
    ),
    Replacement(
        what="kombu.transport.redis:QoS.ack",
        by="stalk_unacked:ack",
        known=("1bc15a4d",),
        reason="A task that ends while Redis is away is acknowledged once, in vain, and runs a second time.",
        upstream="https://github.com/celery/celery/issues/4671",
        until="kombu repeats an acknowledgement that Redis has not taken",
    ),
    Replacement(
        what="kombu.transport.redis:QoS.restore_by_tag",
        by="stalk_unacked:restore_by_tag",
        known=("58e161d8",),
        reason="A message that is not noted cannot be given back; on a full Redis giving back ends the connection.",
        upstream="https://github.com/celery/kombu/issues/305",
        until="`QoS.append` is not replaced any more",
    ),
    Replacement(
        what="kombu.transport.redis:Channel.close",
        by="stalk_close:close",
        known=("101e9b9c",),
        reason="A worker ends where the connection that it lost is closed a second time: NoneType has no hostname.",
        upstream="https://github.com/celery/kombu/issues/582",
        until="kombu closes a channel whose connection is gone without an error",
    ),
    Replacement(
        what="kombu.transport.redis:QoS._remove_from_indices",
        by="stalk_full:remove_from_indices",
        known=("980a109d",),
        reason="A full Redis refuses an acknowledgement inside of MULTI, so that nobody makes room any more.",
        upstream="https://github.com/celery/celery/issues/5716",
        until="kombu acknowledges outside of a transaction",
    ),
    Replacement(
        what="kombu.transport.redis:QoS.restore_visible",
        by="stalk_full:unless_full",
        known=("56ab7a42", "d4a4a40a"),
        reason="The search for overdue messages needs a lock, and ends the connection of a worker on a full Redis.",
        upstream="https://github.com/celery/celery/issues/5716",
        until="kombu puts the search off where Redis is full",
    ),
    Replacement(
        what="kombu.transport.redis:Channel._size",
        by="stalk_full:size",
        known=("7cc839b4",),
        reason="A worker asks for the length of its queue when it starts; a full Redis refuses that inside of MULTI.",
        upstream="https://github.com/celery/celery/issues/5716",
        until="kombu asks outside of a transaction",
    ),
    Replacement(
        what="kombu.transport.redis:Channel._queue_bind",
        by="stalk_bindings:queue_bind",
        known=("ded28318", "29b73e02"),
        reason="A worker ends over a binding on a full Redis, and one that is killed leaves a binding for ever.",
        upstream="https://github.com/celery/celery/issues/5716",
        until="kombu does not write a binding that is there, nor any for an exchange of the type fanout",
    ),
    Replacement(
        what="kombu.transport.redis:Channel._lookup",
        by="stalk_bindings:lookup",
        known=("82b0e601",),
        reason="Who asks workers needs a binding for the answers; an asker that is killed leaves it for ever.",
        upstream=NONE,
        until="kombu's bindings of askers expire one by one",
    ),
    Replacement(
        what="kombu.transport.redis:Channel._put",
        by="stalk_bindings:put",
        known=("37bb64c9", "1c0cf974"),
        reason="Answers to an asker that was killed stay for ever.",
        upstream=NONE,
        until="kombu lets the list of answers expire also where the worker writes it",
    ),
    Replacement(
        what="kombu.transport.redis:Channel.maybe_refresh_binding_expiry",
        by="stalk_full:unless_full",
        known=("6a24d076",),
        reason="The expiry of bindings is written anew by the clock, and ends the connection on a full Redis.",
        upstream=NONE,
        until="kombu puts this off where Redis is full",
        since=(5, 7),
    ),
    Replacement(
        what="kombu.transport.redis:Channel.keyprefix_binding_deadlines",
        by="stalk_queues:binding_deadlines",
        known=("a98bf871",),
        reason="All tenants of a Redis would share this key, and one's sweep would delete what another's lists.",
        upstream=NONE,
        until="the key is a transport option",
        where=CONTROL,
        since=(5, 7),
    ),
    Replacement(
        what="kombu.transport.redis:Channel._subscribe",
        by="stalk_subscription:subscribe",
        known=("fb1dfee7", "e2d449e9"),
        reason="Where only the subscription breaks, redis-py connects again in the middle of a read; the worker hangs.",
        upstream="https://github.com/celery/celery/issues/8384",
        until="kombu gives the connection of its subscription no retry (the issue was closed by another fix)",
    ),
    Replacement(
        what="kombu.transport.redis:Transport.recoverable_connection_errors",
        by="stalk_sends:recoverable",
        known=("absent",),
        reason="A transport that does not say which errors it can recover from gets one more try of a send.",
        upstream=NONE,
        until="kombu's Redis transport says it",
    ),
    Replacement(
        what="kombu.connection:Connection.ensure",
        by="stalk_sends:ensure",
        known=("da18fc98", "7623780d"),
        reason="A Redis that answers and then goes, loads or is a replica gets one more try, at once; then a send fails.",
        upstream="https://github.com/celery/kombu/pull/1629",
        until="kombu follows the retry policy for each failure (the pull request did, and was reverted)",
    ),
    Replacement(
        what="kombu.messaging:Producer.maybe_declare",
        by="stalk_sends:maybe_declare",
        known=("63159a58",),
        reason="A declaration that is repeated by itself leaves its send on a closed channel: an AttributeError.",
        upstream=NONE,
        until="kombu repeats the declaration together with the send",
    ),
    Replacement(
        what="kombu.connection:Connection.completes_cycle",
        by="stalk_sentinel:completes_cycle",
        known=("5335ecb0",),
        reason="Each try asks all sentinels, and kombu pauses only after as many tries as there are sentinels.",
        upstream=NONE,
        until="kombu takes the URLs of sentinels for one broker",
        where=SENTINELS,
    ),
    Replacement(
        what="redis.sentinel:Sentinel.discover_master",
        by="stalk_sentinel:discover_master",
        known=("d15de9b7",),
        reason="redis-py believes the first sentinel that answers, which may not know of a failover yet.",
        upstream="https://github.com/redis/redis-py/issues/626",
        until="redis-py asks for the primary that most sentinels name",
        where=SENTINELS,
    ),
    Replacement(
        what="redis.sentinel:SentinelManagedConnection._connect",
        by="stalk_sentinel:connect",
        known=("26585eb4", "0efd8df3", "66074039"),
        reason="A connection that broke is made again to where it was: a primary that is gone, for minutes.",
        upstream="https://github.com/redis/redis-py/issues/3874",
        until="redis-py asks the sentinels at each try to connect",
        where=SENTINELS,
    ),
    Replacement(
        what="redis.connection:Connection._connect",
        by="stalk_silence:connect",
        known=("26585eb4", "0efd8df3", "66074039"),
        reason="A worker waits for ever for a message of a Redis whose machine went without a word.",
        upstream="https://github.com/celery/celery/issues/2906",
        until="redis-py or kombu lets its connections find that out within a time that can be set",
    ),
    Replacement(
        what="celery.app.amqp:AMQP.queues_cls",
        by="stalk_queues:queues_cls",
        known=("5d57ed61", "195e376c", "43a626e7"),
        reason="Celery has no setting that puts a tenant's queues under a name of their own.",
        upstream=NONE,
        until="Celery has such a setting",
        where=QUEUES,
    ),
    Replacement(
        what="celery.app.amqp:AMQP._create_task_sender",
        by="stalk_queues:create_task_sender",
        known=("615c7faf", "f648c9fd"),
        reason="What is sent to a queue or an exchange by its name must find it under the tenant's.",
        upstream=NONE,
        until="`AMQP.queues_cls` is not replaced any more",
        where=QUEUES,
    ),
    Replacement(
        what="celery.app.amqp:AMQP.TaskConsumer",
        by="stalk_queues:task_consumer",
        known=("b3be71d9",),
        reason="A worker that is told to leave a queue must find it under the tenant's name.",
        upstream=NONE,
        until="`AMQP.queues_cls` is not replaced any more",
        where=QUEUES,
    ),
    Replacement(
        what="celery.beat:PersistentScheduler._open_schedule",
        by="stalk_schedule:open_schedule",
        known=("d2d9e863",),
        reason="A beat that is killed while it writes its schedule file may never start again, or has forgotten it.",
        upstream="https://github.com/celery/celery/issues/8008",
        until="Celery writes its schedule file aside and renames it",
    ),
    Replacement(
        what="kombu.transport.redis:Channel._do_restore_message",
        by="stalk_deliveries:do_restore_message",
        known=("fccdf81a", "8b430df9"),
        reason="What a worker that lives gives back counts against the limit of a task that kills its process.",
        upstream=NONE,
        until="`WorkController._process_task` is not replaced any more",
        process=WORKER,
    ),
    Replacement(
        what="celery.worker.worker:WorkController._process_task",
        by="stalk_deliveries:process_task",
        known=("4ffb5148",),
        reason="A task that kills its process or its pod comes back for ever.",
        upstream="https://github.com/celery/celery/issues/9082",
        until="Celery or kombu has a limit of deliveries on Redis",
        process=WORKER,
    ),
    Replacement(
        what="celery.worker.request:Request.on_failure",
        by="stalk_deliveries:on_failure",
        known=("0b18a8d8", "8d61fddb", "21736ec6"),
        reason="A process that died counts like a worker that gave its task back.",
        upstream=NONE,
        until="`WorkController._process_task` is not replaced any more",
        process=WORKER,
    ),
    Replacement(
        what="celery.worker.strategy:default",
        by="stalk_etas:default",
        known=("bc6d3587", "b1378bad", "7d90575a"),
        reason="A worker takes all tasks with an ETA into its memory, until that is full.",
        upstream="https://github.com/celery/celery/issues/2541",
        until="`worker_eta_task_limit` lets other tasks pass, and gives back the prefetch that it took",
        process=WORKER,
    ),
    Replacement(
        what="celery.worker.strategy:create_request_cls",
        by="stalk_counts:create_request_cls",
        known=("871f30fe",),
        reason="A worker does not count how its tasks end without task events, which cost half of its CPU time again.",
        upstream=NONE,
        until="Celery has signals for all ends of a task in the worker's main process, with the queue",
        where=METRICS,
        process=WORKER,
    ),
    Replacement(
        what="celery.apps.worker:safe_say",
        by="stalk_logs:safe_say",
        known=("da9edb01", "e3152667", "2a997ad5"),
        reason="What a worker says when it gets a signal is text, past all logging.",
        upstream=NONE,
        until="Celery logs what it says when it gets a signal",
        where=LOGS,
        process=WORKER,
    ),
    Replacement(
        what="celery.concurrency.asynpool:ResultHandler._recv_message",
        by="stalk_pool:recv_message",
        known=("b6e78eca",),
        reason="A worker that loses its connection in the middle of a long answer reads on in the middle, and is deaf.",
        upstream="https://github.com/celery/celery/issues/4185",
        until="Celery keeps half an answer over a lost connection",
        process=WORKER,
    ),
    Replacement(
        what="celery.concurrency.asynpool:iterate_file_descriptors_safely",
        by="stalk_pool:iterate_file_descriptors",
        known=("3b431223", "7b18b564"),
        reason="A worker ends after an outage if a process of its pool went meanwhile: file descriptor is None.",
        upstream="https://github.com/celery/celery/issues/9250",
        until="Celery takes a ValueError of kombu for a file descriptor that is gone, as it takes an OSError",
        process=WORKER,
    ),
    Replacement(
        what="billiard.pool:Worker.workloop",
        by="stalk_pool:workloop",
        known=("ce4a856c", "9c8b33fc"),
        reason="A soft limit that comes late raises in the middle of an answer, and the worker waits for the other half.",
        upstream=NONE,
        until="billiard ignores the signal while it writes an answer",
        process=POOL,
    ),
)
