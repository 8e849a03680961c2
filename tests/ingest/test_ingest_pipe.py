"""Messages between the process that parses and the one that asked: taken ahead, ended at any moment."""

import os
import pickle
import threading
import time

import pytest

from yibao_cli.ingest import pipe as module
from yibao_cli.ingest.pipe import Incoming, Pipe

ROWS = ("rows", 1, [["0012", 3.5, ""]] * 1000)


@pytest.fixture
def ends():
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def packed(message):
    return memoryview(pickle.dumps(message))


def test_messages_come_in_order_and_then_no_more(ends):
    reading, writing = ends
    incoming = Incoming(reading)
    with Pipe(writing) as pipe:
        for number in range(5):
            pipe.send_bytes(packed((number, ROWS)))
    assert [incoming.recv()[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    for _again in range(2):
        with pytest.raises(EOFError):
            incoming.recv()
    incoming.close()
    assert reading.closed


def test_a_sender_goes_on_while_nobody_takes_but_not_without_end(ends):
    reading, writing = ends
    sent = []

    def send():
        with Pipe(writing) as pipe:
            for number in range(module._MOST_AHEAD + 20):
                pipe.send_bytes(packed((number, ROWS)))
                sent.append(number)

    incoming = Incoming(reading)
    sender = threading.Thread(target=send)
    sender.start()
    deadline = time.monotonic() + 10
    while len(sent) < module._MOST_AHEAD and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)  # it would send more now if it could
    # What lies packed, and what fits into the pipe itself.
    assert module._MOST_AHEAD <= len(sent) < module._MOST_AHEAD + 20
    numbers = [incoming.recv()[0] for _ in range(module._MOST_AHEAD + 20)]
    sender.join()
    incoming.close()
    assert numbers == list(range(module._MOST_AHEAD + 20))


@pytest.mark.parametrize("cut", [1, 7, 8, 9, -1])
def test_half_a_message_is_none(ends, cut):
    reading, writing = ends
    whole = module._LENGTH.pack(len(packed(ROWS))) + bytes(packed(ROWS))
    with writing:
        writing.write(whole + whole[:cut])
    incoming = Incoming(reading)
    assert incoming.recv() == ROWS
    with pytest.raises(EOFError):
        incoming.recv()
    incoming.close()


def test_closing_early_lets_the_thread_end(ends):
    reading, writing = ends
    incoming = Incoming(reading)
    with Pipe(writing) as pipe:
        for _number in range(3):
            pipe.send_bytes(packed(ROWS))
    assert incoming.recv() == ROWS
    incoming.close()
    assert "incoming" not in {thread.name for thread in threading.enumerate()}
