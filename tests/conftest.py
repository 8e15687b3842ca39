from __future__ import annotations

import os
import signal

from hypothesis import settings

# How long an example takes depends on what else the machine does; no test is about that.  The same examples every
# time, so that a failure is the change's and not the day's; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("dreambrush", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dreambrush"))

# A shell has what it runs in the background ignore Ctrl-C, and with that the tests that press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
