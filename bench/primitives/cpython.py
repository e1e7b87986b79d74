# The same loops as beside this file, in CPython's multiprocessing. Takes {counts, names} as JSON, prints {name: value}.
import json, sys, time
from multiprocessing import get_context

mp = get_context("fork")
perf = time.perf_counter


def best_ns(body, n=3000, rounds=300):
    """Many short rounds: the best one was not interrupted."""
    best = float("inf")
    for _ in range(rounds):
        t = perf()
        body(n)
        best = min(best, (perf() - t) / n)
    return best * 1e9


def pair_ns(lock):
    def body(n):
        for _ in range(n):
            lock.acquire()
            lock.release()

    return best_ns(body)


def event_ns():
    event = mp.Event()

    def is_set(n):
        for _ in range(n):
            event.is_set()

    def set_it(n):
        for _ in range(n):
            event.set()

    return best_ns(is_set, 1000, 50), best_ns(set_it, 1000, 50)


def value_ns():
    value = mp.Value("i", 0)

    def body(n):
        for _ in range(n):
            with value.get_lock():
                value.value += 1

    return best_ns(body, 1000, 50)


def produce(put, item, count, ready):
    for _ in range(count // 10):
        put(item)
    ready.wait()
    for _ in range(count):
        put(item)


def consume(get, count, ready):
    for _ in range(count // 10):
        get()
    ready.wait()
    for _ in range(count):
        get()


def messages_per_second(put, get, item, count, producers=1, consumers=1):
    ready = mp.Barrier(producers + consumers + 1)
    workers = [mp.Process(target=produce, args=(put, item, count // producers, ready)) for _ in range(producers)]
    workers += [mp.Process(target=consume, args=(get, count // consumers, ready)) for _ in range(consumers)]
    for worker in workers:
        worker.start()
    ready.wait()
    t = perf()
    for worker in workers:
        worker.join()
    return count / (perf() - t)


def barrier_party(barrier, rounds):
    for _ in range(rounds):
        barrier.wait()


def barrier_rounds(rounds=2000):
    barrier = mp.Barrier(4)
    workers = [mp.Process(target=barrier_party, args=(barrier, rounds + 1)) for _ in range(3)]
    for worker in workers:
        worker.start()
    barrier.wait()
    t = perf()
    for _ in range(rounds):
        barrier.wait()
    took = perf() - t
    for worker in workers:
        worker.join()
    return rounds / took


def condition_player(condition, turn, me, rounds):
    for _ in range(rounds):
        with condition:
            while turn.value != me:
                condition.wait()
            turn.value = 1 - me
            condition.notify()


def condition_trips(rounds=10_000):
    condition, turn = mp.Condition(), mp.Value("i", 0, lock=False)
    other = mp.Process(target=condition_player, args=(condition, turn, 1, rounds))
    other.start()
    t = perf()
    condition_player(condition, turn, 0, rounds)
    other.join()
    return rounds / (perf() - t)


ITEMS = {
    "int": 7,
    "100 B": b"x" * 100,
    "10 KB": b"x" * 10_000,
    "1 MB": b"x" * 1_000_000,
    "object": {"id": 7, "name": "n" * 60, "ok": True},
    "nested object": {"id": 7, "name": "ada", "at": {"x": 1.5, "y": -2.25}, "tags": ["new", "red"], "ok": True, "note": None},
}


def queue_rate(queue, size, count, producers=1, consumers=1):
    return messages_per_second(queue.put, queue.get, ITEMS[size], count, producers, consumers)


def pipe_rate(size, count):
    receiver, sender = mp.Pipe(False)
    return messages_per_second(sender.send, receiver.recv, ITEMS[size], count)


def measures(counts):
    yield "Lock pair", lambda: pair_ns(mp.Lock())
    yield "RLock pair", lambda: pair_ns(mp.RLock())
    yield "Semaphore pair", lambda: pair_ns(mp.Semaphore(1))
    yield "Event isSet", lambda: event_ns()[0]
    yield "Event set", lambda: event_ns()[1]
    yield "Value add", value_ns
    for size, count in counts.items():
        yield f"Queue {size}", lambda: queue_rate(mp.Queue(), size, count)
        yield f"SimpleQueue {size}", lambda: queue_rate(mp.SimpleQueue(), size, count)
        yield f"Pipe {size}", lambda: pipe_rate(size, count)
    for producers, consumers in ((4, 1), (1, 4)):
        name = f"Queue {producers} to {consumers}"
        yield name, lambda: queue_rate(mp.Queue(), "int", counts["int"], producers, consumers)
    yield "Barrier of 4", barrier_rounds
    yield "Condition round trip", condition_trips


def main():
    asked = json.loads(sys.argv[1])
    print(json.dumps({name: take() for name, take in measures(asked["counts"]) if name in asked["names"]}))


main()
