"""Sends `stalk.probe` to a tenant's workers as its web process would, and prints when each task was sent, begun, answered.

    python3 load.py --app acme.tasks --queue celery --tasks 100 --rate 20 --concurrent 10 --run try-1

Three phases: one task from each client (connections are made here), a burst of all tasks at once, the same number paced.
One line of JSON: {answers, queue, phases: [{name, redis: [begin, end], tasks: [[pod, sent, started, answered]]}]}, where
all are seconds: `sent` and `answered` by this clock, `started` by the pod's, `redis` by that of Redis. null is never.
Where the app keeps results, the answers are those; else each task calls back through a queue of this program's own.
Nothing stays: results are deleted, the queue of answers too; a task that nobody begins in time expires. Names of all
that it makes hold `stalk-load-<run>`.
"""
import argparse
import contextlib
import json
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from celery.app.utils import find_app
from celery.backends.base import DisabledBackend
from celery.exceptions import TimeoutError as Late
from kombu.serialization import prepare_accept_content
from kombu.utils.json import loads

POLL = 0.05  # seconds between two looks at a database; Redis tells by itself
SETTLE = 5  # seconds for the answers on their way, when this program is told to stop


class Task:
    def __init__(self, number, task_id):
        self.number, self.id = number, task_id
        self.pod = self.sent = self.started = self.answered = None

    def answer(self, value):
        self.answered = time.time()
        self.pod, self.started = value["pod"], value["started"]

    def row(self):
        return [self.pod, *(round(at, 6) if at else None for at in (self.sent, self.started, self.answered))]


class Results:
    """Answers that the workers store: what most apps wait for."""

    name = "results"

    def __init__(self, app, options, run):
        self.app, self.options = app, options

    def send(self, task):
        result = self.app.AsyncResult(task.id)
        result.then(lambda done: done.successful() and task.answer(done.result))
        task.sent = time.time()
        self.app.send_task("stalk.probe", task_id=task.id, **self.options)
        return result

    def forget(self, task):
        with contextlib.suppress(Exception):  # there may be none
            self.app.AsyncResult(task.id).forget()

    def close(self):
        pass


class Callbacks:
    """Answers where results are off: a task's link is sent to a queue that only this program reads."""

    name = "callbacks"

    def __init__(self, app, options, run):
        self.app, self.options, self.waiting, self.open = app, options, {}, True
        self.channel = app.connection_for_read().default_channel
        self.queue = app.amqp.queues[f"stalk-load-{run}"](self.channel)
        self.queue.declare()  # what is declared here can be deleted here
        self.accept = prepare_accept_content(app.conf.accept_content)
        self.listening = ThreadPoolExecutor(1).submit(self.listen)

    def listen(self):
        """No consumer of kombu's: it would look for lost messages as well, which a producer may not."""
        while self.open:
            if found := self.channel.client.brpop(self.queue.name, timeout=1):
                message = self.channel.Message(loads(found[1]), channel=self.channel, accept=self.accept)
                (value,), (task, done) = message.decode()[0], self.waiting[message.headers["parent_id"]]
                task.answer(value)
                done.set()

    def send(self, task):
        done = Done()
        self.waiting[task.id] = task, done
        link = self.app.signature("stalk.load.answered", queue=self.queue.name)
        task.sent = time.time()
        self.app.send_task("stalk.probe", task_id=task.id, link=link, **self.options)
        return done

    def forget(self, task):
        pass

    def close(self):
        self.open = False
        self.listening.result()  # or why it could not go on
        self.queue.delete()


class Done(threading.Event):
    def get(self, timeout, interval):
        if not self.wait(timeout):
            raise Late


class Phase:
    def __init__(self, run, name, tasks, rate=None):
        self.name, self.rate = name, rate
        self.tasks = [Task(number, f"stalk-load-{run}-{name}-{number}") for number in range(tasks)]

    def due(self, task):
        return self.begin + (task.number / self.rate if self.rate else 0)

    def report(self):
        return {"name": self.name, "redis": [self.redis, self.end], "tasks": [task.row() for task in self.tasks]}


class Load:
    def __init__(self, app, answers, phases, clients, patience):
        self.answers, self.phases, self.clients, self.patience = answers, phases, clients, patience
        self.clock = app.connection_for_write().default_channel.client
        self.coming, self.run, self.broken, self.stopped = iter(phases), [], None, False
        self.together = threading.Barrier(clients, action=self.turn)

    def turn(self):
        """Between two phases, while every client waits; the first phase nobody answers is the last."""
        seconds, micros = self.clock.time()
        last = self.run[-1] if self.run else None
        if last:
            last.end = seconds + micros / 1e6
        self.phase = None if last and not any(task.answered for task in last.tasks) else next(self.coming, None)
        if self.phase:
            self.phase.redis, self.phase.begin = seconds + micros / 1e6, time.time()
            self.run.append(self.phase)

    def client(self, number):
        """One thread of a web server: Celery keeps connections for each thread, so they stay for all phases."""
        try:
            while self.together.wait() >= 0 and (phase := self.phase):
                waiting = []
                for task in phase.tasks[number::self.clients]:
                    self.collect(waiting, phase.due(task))
                    time.sleep(max(0, phase.due(task) - time.time()))
                    if self.stopped:
                        return
                    waiting.append(self.answers.send(task))
                self.collect(waiting, time.time() + self.patience)
        except threading.BrokenBarrierError:
            pass  # another client said why
        except Exception as error:
            self.broken = error
            self.together.abort()

    def collect(self, waiting, until):
        while waiting and (left := until - time.time()) > 0:
            try:
                waiting[0].get(timeout=left, interval=POLL)
            except Late:
                return
            except Exception:  # the task failed: it has no answer
                pass
            waiting.pop(0)

    def sent(self):
        return [task for phase in self.run for task in phase.tasks if task.sent]

    def __call__(self):
        threads = [threading.Thread(target=self.client, args=(n,), daemon=True) for n in range(self.clients)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except SystemExit:
            self.stopped, end = True, time.time() + SETTLE
            while time.time() < end and not all(task.answered for task in self.sent()):
                time.sleep(0.1)
            raise
        finally:
            for task in self.sent():
                self.answers.forget(task)
            self.answers.close()
        if self.broken:
            raise self.broken
        return [phase.report() for phase in self.run]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--app", required=True, help="module of the app, as for celery -A")
    parser.add_argument("--queue", required=True, help="a queue that workers consume, as the app calls it")
    parser.add_argument("--tasks", type=int, required=True, help="tasks in the burst, and as many again paced")
    parser.add_argument("--rate", type=float, required=True, help="tasks a second, when paced")
    parser.add_argument("--concurrent", type=int, required=True, help="clients that send and wait, a thread each")
    parser.add_argument("--patience", type=float, default=60,
                        help="seconds to wait for answers after the last task of a phase")
    parser.add_argument("--run", required=True, help="in the names of its tasks, results and queue")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # as an exception: what was made is deleted

    app = find_app(asked.app)
    app.loader.import_default_modules()  # Django is set up here
    app.finalize()
    clients = min(asked.concurrent, asked.tasks)
    span = asked.tasks / asked.rate + asked.patience
    options = {"queue": asked.queue, "expires": span}
    answers = (Callbacks if isinstance(app.backend, DisabledBackend) else Results)(app, options, asked.run)
    sizes = [("first", clients), ("burst", asked.tasks), ("paced", asked.tasks, asked.rate)]
    phases = [Phase(asked.run, *size) for size in sizes]
    run = Load(app, answers, phases, clients, asked.patience)()
    print(json.dumps({"answers": answers.name, "queue": app.amqp.queues[asked.queue].name, "phases": run}))


if __name__ == "__main__":
    main()
