"""
What CPython's multiprocessing makes of a fault, for real: a process of it is killed, or stands still for a second, at a
named point. `cpython.py` prints the scenarios as JSON; `cpython.py NAME FAULT` plays one, and prints what came of it.

A victim comes to its point, says so, and waits there until it is told to go on, which a killed one never is. Then somebody
else uses the same object, in a bounded time.
"""

import json
import multiprocessing.connection
import os
import platform
import queue
import select
import signal
import sys
import threading
import time
from multiprocessing import get_context

mp = get_context("fork")
BOUND_S = 2.0
START_S = 10
PAUSE_S = 1.0
# A call may overrun its own time-out by so much.
GRACE_S = 0.4


class Point:
    """Where the victim stands when the fault strikes."""

    def __init__(self):
        self.reached_r, self.reached_w = os.pipe()
        self.go_r, self.go_w = os.pipe()

    def here(self):
        os.write(self.reached_w, b"x")
        os.read(self.go_r, 1)

    def wait(self):
        if not select.select([self.reached_r], [], [], START_S)[0]:
            raise TimeoutError("the victim does not come to its point")
        os.read(self.reached_r, 1)

    def release(self):
        os.write(self.go_w, b"xxxx")


class Halting:
    """Stands in for an inner object: comes to the point before `method` is called, then goes on as ever."""

    def __init__(self, inner, method, point):
        self._inner, self._method, self._point = inner, method, point

    def __enter__(self):
        return self._inner.__enter__()

    def __exit__(self, *args):
        return self._inner.__exit__(*args)

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        def halting(*args, **kwargs):
            self._point.here()
            return found(*args, **kwargs)

        return halting


def half_messages(point):
    """From here on this process writes a half of a message, comes to the point, and writes the other half."""

    def send(self, buf, write=os.write):
        middle = len(buf) // 2
        os.write(self._handle, buf[:middle])
        point.here()
        os.write(self._handle, buf[middle:])

    multiprocessing.connection.Connection._send = send


def played(fault, victim, survivor, point, prepare=None):
    """Plays the victim to its point, the fault, and then the survivor; says what came of it."""
    process = mp.Process(target=victim, daemon=True)
    process.start()
    point.wait()
    if prepare is not None:
        prepare()
    if fault == "kill":
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        os.kill(process.pid, signal.SIGSTOP)
        threading.Timer(PAUSE_S, lambda: (os.kill(process.pid, signal.SIGCONT), point.release())).start()
    answer_r, answer_w = os.pipe()

    def run():
        os.close(answer_r)
        try:
            answer = survivor() or "survives"
        except Exception as error:
            answer = f"error: {type(error).__name__}"
        os.write(answer_w, answer.encode())
        os._exit(0)

    other = mp.Process(target=run, daemon=True)
    other.start()
    bound = BOUND_S + (PAUSE_S if fault == "pause" else 0)
    deadline = time.monotonic() + bound
    other.join(bound)
    if other.is_alive():
        return f"waits for ever ({BOUND_S:g} s)"
    assert time.monotonic() < deadline + GRACE_S
    return os.read(answer_r, 1000).decode() or "error: died"


def in_time(limit_s, body):
    """The call keeps to its own time-out; what it answers is its affair."""
    began = time.monotonic()
    try:
        return body()
    finally:
        took = time.monotonic() - began
        if took > limit_s + GRACE_S:
            raise Overran()


class Overran(Exception):
    pass


def lock_holder(make):
    def scenario(fault):
        lock, point = make(), Point()

        def victim():
            with lock:
                point.here()

        def survivor():
            with lock:
                pass

        return played(fault, victim, survivor, point)

    return scenario


def event_waiter(fault):
    event, point = mp.Event(), Point()

    def victim():
        # The lock behind the condition is given back, and it waits.
        event._cond._wait_semaphore = Halting(event._cond._wait_semaphore, "acquire", point)
        event.wait()

    return played(fault, victim, event.set, point)


def event_asked(fault):
    event, point = mp.Event(), Point()

    def victim():
        event._flag = Halting(event._flag, "acquire", point)
        event.is_set()

    return played(fault, victim, event.set, point)


def condition_waiter(fault):
    condition, point = mp.Condition(), Point()

    def victim():
        condition._wait_semaphore = Halting(condition._wait_semaphore, "acquire", point)
        with condition:
            condition.wait(PAUSE_S * 3)

    def survivor():
        with condition:
            condition.notify()

    return played(fault, victim, survivor, point)


def condition_notifier(fault):
    condition, point = mp.Condition(), Point()

    def victim():
        with condition:
            condition.notify()
            point.here()

    def survivor():
        with condition:
            condition.wait(0.1)

    return played(fault, victim, survivor, point)


def barrier_party(fault):
    barrier, point = mp.Barrier(2), Point()

    def victim():
        barrier._cond._wait_semaphore = Halting(barrier._cond._wait_semaphore, "acquire", point)
        barrier.wait()

    def survivor():
        try:
            barrier.wait(1.5)
        except threading.BrokenBarrierError:
            return None
        return None if fault == "pause" else "wrong: a dead one takes part"

    return played(fault, victim, survivor, point)


def queue_consumer_waiting(make):
    def scenario(fault):
        items, point = make(), Point()

        def victim():
            # It has the readers' lock, and waits for an item.
            items._reader = Halting(items._reader, "recv_bytes", point)
            items._recv_bytes = items._reader.recv_bytes
            items.get()

        def survivor():
            items.put(1)
            items.put(2)
            items.get()

        return played(fault, victim, survivor, point)

    return scenario


def queue_consumer_slot(fault):
    items, point = mp.Queue(1), Point()
    items.put(1)

    def victim():
        # It has the item, and the slot is not free yet.
        items._sem = Halting(items._sem, "release", point)
        items.get()

    def survivor():
        in_time(1.5, lambda: items.put(2, timeout=1.5))

    return played(fault, victim, survivor, point)


def queue_producer_get(fault):
    items, point = mp.Queue(), Point()

    def victim():
        half_messages(point)
        items.put("x" * 100)
        time.sleep(BOUND_S)

    def survivor():
        try:
            in_time(0.3, lambda: items.get(timeout=0.3))
        except queue.Empty:
            pass

    return played(fault, victim, survivor, point)


def queue_producer_put(fault):
    items, point = mp.Queue(), Point()

    def victim():
        half_messages(point)
        items.put("x" * 100)
        items.close()
        items.join_thread()

    def survivor():
        # Its own item has to leave the process.
        items.put("y")
        items.close()
        items.join_thread()

    return played(fault, victim, survivor, point)


def joinable_worker(fault):
    items, point = mp.JoinableQueue(), Point()

    def victim():
        items.get()
        point.here()
        items.task_done()

    items.put(1)
    return played(fault, victim, items.join, point)


def joinable_done(fault):
    items, point = mp.JoinableQueue(), Point()

    def victim():
        items.get()
        # Inside task_done, with its lock.
        items._unfinished_tasks = Halting(items._unfinished_tasks, "acquire", point)
        items.task_done()

    items.put(1)
    return played(fault, victim, items.join, point)


def pipe_sender(fault):
    receiving, sending = mp.Pipe(duplex=False)
    point = Point()

    def victim():
        half_messages(point)
        sending.send("x" * 100)

    def survivor():
        try:
            in_time(0.3, lambda: receiving.recv() if receiving.poll(0.3) else None)
        except EOFError:
            pass

    # Nobody else holds the sender's end.
    return played(fault, victim, survivor, point, sending.close)


def value_holder(fault):
    value, point = mp.Value("i", 0), Point()

    def victim():
        with value.get_lock():
            point.here()

    def survivor():
        assert value.value == 0

    return played(fault, victim, survivor, point)


def array_holder(fault):
    array, point = mp.Array("i", 2), Point()

    def victim():
        with array.get_lock():
            point.here()

    def survivor():
        assert array[1] == 0

    return played(fault, victim, survivor, point)


# name: (primitive, as ours is called; where the victim is; what the survivor does; how)
SCENARIOS = {
    "lock-holder": ("lock", "holds the lock", "acquire", lock_holder(mp.Lock)),
    "rlock-holder": ("rlock", "holds the lock", "acquire", lock_holder(mp.RLock)),
    "semaphore-holder": ("semaphore", "has the only permit", "acquire", lock_holder(lambda: mp.Semaphore(1))),
    "event-waiter": ("event", "waits", "set", event_waiter),
    "event-asked": ("event", "asks is_set", "set", event_asked),
    "condition-waiter": ("condition", "waits", "notify", condition_waiter),
    "condition-notifier": ("condition", "has notified, holds the lock", "wait", condition_notifier),
    "barrier-party": ("barrier", "waits", "wait", barrier_party),
    "queue-consumer-waiting": ("queue", "waits in get", "put, get", queue_consumer_waiting(mp.Queue)),
    "queue-consumer-slot": ("queue", "has the item, not yet freed its place", "put", queue_consumer_slot),
    "queue-producer-get": ("queue", "has written half of an item", "get with a time-out", queue_producer_get),
    "queue-producer-put": ("queue", "has written half of an item", "put", queue_producer_put),
    "simple-queue-consumer": ("simple-queue", "waits in get", "put, get", queue_consumer_waiting(mp.SimpleQueue)),
    "joinable-worker": ("joinable-queue", "has an item, not done", "join", joinable_worker),
    "joinable-done": ("joinable-queue", "in task_done", "join", joinable_done),
    "pipe-sender": ("pipe", "has sent half of a message", "poll, recv", pipe_sender),
    "value-holder": ("value", "holds the value's lock", "read", value_holder),
    "array-holder": ("shared-array", "holds the array's lock", "read", array_holder),
}


def main():
    if len(sys.argv) == 1:
        scenarios = [
            {"name": name, "primitive": primitive, "where": where, "next": then}
            for name, (primitive, where, then, _) in SCENARIOS.items()
        ]
        print(json.dumps({"version": f"{platform.python_implementation()} {platform.python_version()}", "scenarios": scenarios}))
        return
    outcome = SCENARIOS[sys.argv[1]][3](sys.argv[2])
    print(json.dumps({"outcome": outcome.replace("error: Overran", "outlives its time-out")}), flush=True)
    # What hangs is killed, and not waited for.
    for child in mp.active_children():
        os.kill(child.pid, signal.SIGKILL)
    os._exit(0)


main()
