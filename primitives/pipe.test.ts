import { describe, expect, test } from "vitest";
import {
  BrokenPipeError,
  BufferTooShortError,
  ClosedError,
  DecodeError,
  DirectionError,
  EofError,
  MessageTooLongError,
  NotSharableError,
  TimeoutError,
} from "./errors.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { child } from "./fixtures/children.ts";
import { pipe } from "./pipe.ts";
import { Process } from "./process/process.ts";

describe("a pipe", () => {
  test("carries messages both ways, each whole", async () => {
    const [here, there] = pipe();
    await here.send({ question: 1 });
    here.sendSync("second");
    expect(await there.poll()).toBe(true);
    expect(await there.recv()).toEqual({ question: 1 });
    expect(there.recvSync()).toBe("second");
    await there.send([42]);
    expect(await here.recv()).toEqual([42]);
    expect(await here.poll()).toBe(false);
    await expect(here.recv({ timeoutMs: 1 })).rejects.toThrow(TimeoutError);
  });

  test("without duplex goes from the second end to the first", async () => {
    const [receiver, sender] = pipe({ duplex: false });
    expect([receiver.readable, receiver.writable, sender.readable, sender.writable]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    await expect(receiver.send(1)).rejects.toThrow(DirectionError);
    await expect(sender.recv()).rejects.toThrow(DirectionError);
    await expect(sender.poll()).rejects.toThrow(DirectionError);
    await sender.send(1);
    expect(await receiver.recv()).toBe(1);
  });

  test("ends when nobody holds the other end, after everything was received, again and again", async () => {
    const [here, there] = pipe();
    await here.send("last");
    const waiting = there.recv();
    here.close();
    here.close();
    expect(await waiting).toBe("last");
    expect(await there.poll()).toBe(true);
    await expect(there.recv()).rejects.toThrow(EofError);
    expect(() => there.recvSync({ timeoutMs: 0 })).toThrow(EofError);
    await expect(there.send(1)).rejects.toThrow(BrokenPipeError);
    await expect(here.send(1)).rejects.toThrow(ClosedError);
    expect(here.closed).toBe(true);
  });

  test("wakes a receiver and a sender that wait when the other end is closed", async () => {
    const [here, there] = pipe({ bytes: 64 });
    const receiving = there.recv();
    here.close();
    await expect(receiving).rejects.toThrow(EofError);
    const [first, second] = pipe({ bytes: 64 });
    const sending = (async () => {
      for (;;) await first.send("fills it up");
    })();
    await new Promise(setImmediate);
    second.close();
    await expect(sending).rejects.toThrow(BrokenPipeError);
  });

  test("is read to its end with for await", async () => {
    const [here, there] = pipe();
    for (const n of [1, 2, 3]) await here.send(n);
    here.close();
    const all: unknown[] = [];
    for await (const n of there) all.push(n);
    expect(all).toEqual([1, 2, 3]);
  });

  test("carries bytes, checked before anything is sent or received", async () => {
    const [here, there] = pipe();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    await expect(here.sendBytes(bytes, { offset: -1 })).rejects.toThrow(RangeError);
    await expect(here.sendBytes(bytes, { offset: 5 })).rejects.toThrow(RangeError);
    await expect(here.sendBytes(bytes, { offset: 2, size: 3 })).rejects.toThrow(RangeError);
    await here.sendBytes(bytes, { offset: 1, size: 2 });
    here.sendBytesSync(new Uint8Array(0));
    expect(await there.recvBytes({ maxLength: 2 })).toEqual(Uint8Array.of(2, 3));
    expect(there.recvBytesSync()).toEqual(new Uint8Array(0));
    await here.sendBytes(bytes);
    await here.sendBytes(bytes);
    const buffer = new Uint8Array(6);
    await expect(there.recvBytesInto(buffer, { offset: 7 })).rejects.toThrow(RangeError);
    expect(await there.recvBytesInto(buffer, { offset: 2 })).toBe(4);
    expect(buffer).toEqual(Uint8Array.of(0, 0, 1, 2, 3, 4));
    const short = await there.recvBytesInto(buffer, { offset: 4 }).catch((error: unknown) => error);
    expect(short).toBeInstanceOf(BufferTooShortError);
    expect((short as BufferTooShortError).bytes).toEqual(bytes);
  });

  test("checks what bytes are sent from and received into before a message is taken", async () => {
    const [here, there] = pipe({ bytes: 1024 });
    const bytes = Uint8Array.of(1, 2, 3, 4);
    await expect(here.sendBytes(bytes, { size: -1 })).rejects.toThrow(RangeError);
    await expect(here.sendBytes("1234" as unknown as Uint8Array)).rejects.toThrow(TypeError);
    expect(() => here.sendBytesSync([1] as unknown as Uint8Array)).toThrow(TypeError);
    expect(await there.poll()).toBe(false);
    here.sendBytesSync(bytes);
    await expect(there.recvBytes({ maxLength: -1 })).rejects.toThrow(RangeError);
    await expect(there.recvBytesInto(bytes, { offset: -1 })).rejects.toThrow(RangeError);
    await expect(there.recvBytesInto("1234" as unknown as Uint8Array)).rejects.toThrow(TypeError);
    expect(() => there.recvBytesIntoSync({} as unknown as Uint8Array)).toThrow(TypeError);
    expect(await there.recvBytes({ maxLength: 4 })).toEqual(bytes);
    here.sendBytesSync(new Uint8Array(0));
    expect(await there.recvBytesInto(bytes, { offset: 4 })).toBe(0);
    here.sendBytesSync(Uint8Array.of(5, 6));
    const short = there.recvBytesIntoSync.bind(there, bytes, { offset: 3 });
    expect(short).toThrow(BufferTooShortError);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(await there.poll()).toBe(false);
  });

  test("ends for who has not received what the other one had left unread", async () => {
    const [here, there] = pipe({ bytes: 1024 });
    await here.send("never read");
    there.close();
    await expect(here.recv()).rejects.toThrow(EofError);
  });

  test("answers nothing once it is closed here", async () => {
    const [here] = pipe({ bytes: 1024 });
    {
      using _ = here;
    }
    const bytes = new Uint8Array(1);
    const blocking: (() => unknown)[] = [
      () => here.sendSync(1),
      () => here.trySend(1),
      () => here.sendBytesSync(bytes),
      () => here.recvSync(),
      () => here.tryRecv(),
      () => here.recvBytesSync(),
      () => here.recvBytesIntoSync(bytes),
      () => here.pollSync(),
      () => here.open(),
    ];
    for (const member of blocking) expect(member).toThrow(ClosedError);
    const awaiting = [here.send(1), here.sendBytes(bytes), here.recv(), here.recvBytes(), here.recvBytesInto(bytes)];
    for (const pending of [...awaiting, here.poll(), here.ready()]) await expect(pending).rejects.toThrow(ClosedError);
    expect([here.readable, here.writable, here.closed]).toEqual([false, false, true]);
  });

  test.each([true, false])("is closed here by giving it away unless it is kept (keep: %s)", (keep) => {
    const [, there] = pipe({ keep, bytes: 1024 });
    void new Process("file:///role.js", "role", { args: [{ there }] });
    expect(there.closed).toBe(!keep);
  });

  test("has blocking forms of everything", () => {
    const [here, there] = pipe();
    expect(there.pollSync()).toBe(false);
    expect(there.pollSync({ timeoutMs: 1 })).toBe(false);
    here.sendBytesSync(Uint8Array.of(1, 2));
    expect(there.pollSync()).toBe(true);
    const buffer = new Uint8Array(3);
    expect(() => there.recvBytesIntoSync(buffer, { offset: 4 })).toThrow(RangeError);
    expect(there.recvBytesIntoSync(buffer, { offset: 1 })).toBe(2);
    expect(buffer).toEqual(Uint8Array.of(0, 1, 2));
    here.sendSync(1);
    expect(there.recvSync()).toBe(1);
    here.close();
    expect(there.pollSync()).toBe(true);
  });

  test("tries to send and to receive without waiting", () => {
    const [here, there] = pipe<Uint8Array>({ bytes: 64 });
    expect(() => there.tryRecv()).toThrow(TimeoutError);
    expect(here.trySend(Uint8Array.of(1))).toBe(true);
    expect(here.trySend(new Uint8Array(32))).toBe(false);
    expect(there.tryRecv()).toEqual(Uint8Array.of(1));
    expect(here.trySend(new Uint8Array(32))).toBe(true);
    there.close();
    expect(() => here.trySend(Uint8Array.of(2))).toThrow(BrokenPipeError);
  });

  test("loses a message that was received as the wrong thing, and no other", async () => {
    const [here, there] = pipe();
    await here.sendBytes(Uint8Array.of(1));
    await here.send(2);
    await expect(there.recv()).rejects.toThrow(DecodeError);
    expect(await there.recv()).toBe(2);
  });

  test("receives no more after a message that was too long", async () => {
    const [here, there] = pipe();
    await here.sendBytes(new Uint8Array(10));
    const tooLong = await there.recvBytes({ maxLength: 9 }).catch((error: unknown) => error);
    expect(tooLong).toBeInstanceOf(MessageTooLongError);
    expect((tooLong as MessageTooLongError).length).toBe(10);
    expect(there.readable).toBe(false);
    await there.send(1);
    const [receiver, sender] = pipe({ duplex: false });
    await sender.sendBytes(new Uint8Array(10));
    await expect(receiver.recvBytes({ maxLength: 9 })).rejects.toThrow(MessageTooLongError);
    expect(receiver.closed).toBe(true);
  });

  test("refuses what cannot travel and stays good", async () => {
    const [here, there] = pipe();
    await expect(here.send(there)).rejects.toThrow(NotSharableError);
    await here.send(1);
    expect(await there.recv()).toBe(1);
  });

  test("is closed here by giving it away, and ends when the child does, however that ends", async () => {
    const [here, there] = pipe<string>();
    const echo = child("echoes", [there]);
    expect(there.closed).toBe(true);
    await here.send("hello");
    expect(await here.recv()).toBe("hello");
    const waiting = here.recv();
    echo.kill();
    await expect(waiting).rejects.toThrow(EofError);
    await echo.join();
  });

  test("works in an arena, where an end is held by who uses it", async () => {
    const [here, there] = inFreshArena(() => pipe());
    await here.send(1);
    here.close();
    expect(await there.recv()).toBe(1);
    await expect(there.recv()).rejects.toThrow(EofError);
  });
});
