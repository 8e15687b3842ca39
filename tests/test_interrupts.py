from __future__ import annotations

import signal
import threading

import pytest

from dreambrush.interrupts import STOPS, all_stops, held_back


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_ctrl_c_waits_until_the_work_is_done() -> None:
    done = []
    with held_back() as pressed:
        press()
        done.append(1)
        press()
        done.append(2)
    assert done == [1, 2] and pressed == [signal.SIGINT] * 2


def test_nothing_was_pressed() -> None:
    with held_back() as pressed:
        pass
    assert not pressed


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="something else"), held_back():
        assert signal.getsignal(signal.SIGINT) is not before
        raise ValueError("something else")
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        press()


def test_one_within_another() -> None:
    with held_back() as outer:
        with held_back() as inner:
            press()
        press()
    assert len(inner) == len(outer) == 1


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held_back() as pressed:
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            press()
        assert not pressed
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_changes() -> None:
    found = []

    def work() -> None:
        with held_back() as pressed:
            found.append((pressed, signal.getsignal(signal.SIGINT)))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [([], before)]


@pytest.mark.parametrize("number", STOPS)
def test_whatever_bids_to_stop_interrupts_and_can_be_held_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with all_stops():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        with held_back() as pressed:
            signal.raise_signal(number)
        assert pressed == [number]
    assert signal.getsignal(number) is before


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with all_stops(), held_back() as pressed:
            signal.raise_signal(signal.SIGHUP)
        assert not pressed and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_change_nothing() -> None:
    seen = []

    def work() -> None:
        with all_stops():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
